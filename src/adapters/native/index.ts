/** Kernels in machine code: C compiled on the spot and called through a foreign function interface. */

export { createNativeBackend, type NativeOptions } from './backend.ts';
