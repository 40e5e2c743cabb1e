/** Programs over graphs, and the backends that make kernels out of them. */

export { type CMode, compilerFlags, programToC } from './c/index.ts';
export { checkLanes, slotsOf } from './check.ts';
export { defaultBackend } from './default.ts';
export { javascriptBackend } from './javascript.ts';
export type { Backend, Kernel, Lanes, Program, SlotWrite } from './kernel.ts';
export { webAssemblyBackend } from './wasm/backend.ts';
export type { Arithmetic } from './wasm/module.ts';
export { fastestArithmetic } from './wasm/probe.ts';
