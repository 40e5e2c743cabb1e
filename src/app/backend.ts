/**
 * The kernels of a project or a simulation by name. Worker threads make their own (`worker.ts`), since a backend is a function
 * and cannot be sent to them.
 */

import {
  type Backend,
  defaultBackend,
  fastestArithmetic,
  javascriptBackend,
  webAssemblyBackend,
} from '../core/kernel/index.ts';
import type { KernelName } from './options.ts';

/**
 * Resolves always: where native kernels cannot be had, others are taken, and `tell` is given one line that says why.
 */
export async function createBackend(kernel: KernelName, tell: (text: string) => void): Promise<Backend> {
  if (kernel === 'javascript') return javascriptBackend;
  const fallback = defaultBackend();
  if (kernel === 'wasm') return fallback;
  if (kernel === 'wasm-fused') {
    if (fastestArithmetic() === 'relaxed') return webAssemblyBackend('relaxed');
    tell('this processor fuses nothing in WebAssembly: every operation is rounded for itself');
    return fallback;
  }
  const { createNativeBackend } = await import('../adapters/native/index.ts');
  return createNativeBackend({
    fallback,
    onFallback: (reason) => tell(`native kernels cannot be had, others are used instead: ${reason}`),
  });
}
