/** The kernels that run where nobody chose any. */

import { javascriptBackend } from './javascript.ts';
import type { Backend } from './kernel.ts';
import { webAssemblyBackend } from './wasm/backend.ts';
import { fastestArithmetic } from './wasm/probe.ts';

/**
 * Strict WebAssembly, or JavaScript on a machine without SIMD.
 *
 * Strict, since a twin's states are to be the same bits on every machine, and in `gemel simulate` as in the twin. Who
 * prefers speed takes `webAssemblyBackend('relaxed')` or native code.
 */
export function defaultBackend(): Backend {
  return fastestArithmetic() === undefined ? javascriptBackend : webAssemblyBackend('strict');
}
