/** Programs as C: compiled on the spot by `adapters/native`, and what an exported model is made of. */

export { compilerFlags, programToC } from './emit.ts';
export type { CMode } from './expression.ts';
