/** The kernels that run where nobody chose any. */

import { javascriptBackend } from './javascript.ts';
import type { Backend } from './kernel.ts';
import { webAssemblyBackend } from './wasm/backend.ts';
import { fastestArithmetic } from './wasm/probe.ts';

let chosen: Backend | undefined;

/**
 * Strict WebAssembly, or JavaScript on a machine without SIMD. The same backend each time, so that the machine is probed
 * once and the small blocks of a program with many twins share memories.
 *
 * Strict, since a twin's states are to be the same bits on every machine, and in `gemel simulate` as in the twin. Who
 * prefers speed takes `webAssemblyBackend('relaxed')` or native code.
 */
export function defaultBackend(): Backend {
  chosen ??= fastestArithmetic() === undefined ? javascriptBackend : webAssemblyBackend('strict');
  return chosen;
}
