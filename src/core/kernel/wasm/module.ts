/**
 * A program as the bytes of a WebAssembly module: two functions, `fast` and `careful`, over one imported memory.
 *
 * Source    WebAssembly Specification 3.0, section 5.5.
 */

import { checkOperations } from '../check.ts';
import type { Program } from '../kernel.ts';
import type { VectorProgram } from '../vector/lower.ts';
import { lowerProgram } from '../vector/lower.ts';
import type { Plan } from '../vector/plan.ts';
import { planOf } from '../vector/plan.ts';
import type { HostFunction } from '../vector/vectors.ts';
import { Bytes } from './bytes.ts';
import type { Code } from './code.ts';
import { valueTypes } from './code.ts';
import { functionOf } from './function.ts';

/** `strict` rounds every operation on its own; `relaxed` fuses multiplication and addition. */
export type Arithmetic = 'strict' | 'relaxed';

export interface KernelModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many slots the program's highest slot makes necessary. */
  readonly slots: number;
  /** Lanes in a group of `fast`. */
  readonly groupLanes: number;
  /** The slots that are read or written, ascending. */
  readonly touched: readonly number[];
  readonly operations: number;
}

/** The functions that a module imports, in this order. */
export const hostFunctions: readonly HostFunction[] = ['sin', 'cos', 'tan'];

export function encodeProgram(program: Program, arithmetic: Arithmetic): KernelModule {
  const { graph, writes } = program;
  checkOperations(graph.reachable(writes.map(({ node }) => node)).length);
  const fused = arithmetic === 'relaxed';
  const fast = lowerProgram(program, { fused, careful: false });
  const careful = lowerProgram(program, { fused, careful: true });
  return encode({ fast, careful }, arithmetic);
}

export interface Variants {
  readonly fast: VectorProgram;
  readonly careful: VectorProgram;
}

export function encode({ fast, careful }: Variants, arithmetic: Arithmetic): KernelModule {
  const plan = planOf(fast);
  const carefulPlan = planOf(careful);
  const interleaved = interleavedFor(plan);
  const constants = new Map<bigint, number>();
  const shared = {
    relaxed: arithmetic === 'relaxed',
    globalOf: (bits: bigint): number => {
      const index = constants.get(bits) ?? constants.size;
      constants.set(bits, index);
      return index;
    },
    hostOf: (name: HostFunction): number => hostFunctions.indexOf(name),
  };
  const fastIndex = hostFunctions.length;
  const functions = [
    functionOf({ ...shared, program: fast, plan, interleaved, carefulIndex: fastIndex + 1 }),
    functionOf({
      ...shared,
      program: careful,
      plan: carefulPlan,
      interleaved: 1,
      carefulIndex: undefined,
    }),
  ];
  const touched = new Set([...carefulPlan.loads, ...careful.writes.map(({ slot }) => slot)]);
  return {
    bytes: moduleOf(functions, [...constants.keys()]),
    slots: Math.max(-1, ...touched) + 1,
    groupLanes: 2 * interleaved,
    touched: [...touched].sort((a, b) => a - b),
    operations: plan.operations,
  };
}

/**
 * The larger a program, the sooner side by side no longer pays: neither for its compilation nor, since it has more values
 * than registers anyway, for its speed.
 */
function interleavedFor({ operations }: Plan): number {
  if (operations > 40_000) return 1;
  return operations > 3_000 ? 2 : 4;
}

const sectionIds = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 };
const functionType = 0x60;

function moduleOf(functions: readonly Code[], constants: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const { i32, f64, v128 } = valueTypes;
  const types = new Bytes().unsigned(3);
  types.all([functionType, 1, f64, 1, f64]);
  types.all([functionType, 4, i32, i32, i32, i32, 0]);
  types.all([functionType, 5, i32, i32, i32, i32, i32, 0]);

  const imports = new Bytes().unsigned(1 + hostFunctions.length);
  for (const name of hostFunctions) imports.name('host').name(name).all([0x00, 0]);
  imports.name('host').name('memory').all([0x02, 0x00]).unsigned(0);

  const globals = new Bytes().unsigned(constants.length);
  for (const bits of constants) {
    globals.all([v128, 0x01]).all([0xfd, 0x0c]).bits64(bits).bits64(bits).byte(0x0b);
  }

  const exports = new Bytes().unsigned(2);
  for (const [index, name] of ['fast', 'careful'].entries()) {
    exports.name(name).all([0x00, hostFunctions.length + index]);
  }

  const code = new Bytes().unsigned(functions.length);
  for (const body of functions) code.sized(body.finished());

  const module = new Bytes().all([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  module.byte(sectionIds.type).sized(types);
  module.byte(sectionIds.import).sized(imports);
  module.byte(sectionIds.function).sized(new Bytes().all([2, 1, 2]));
  module.byte(sectionIds.global).sized(globals);
  module.byte(sectionIds.export).sized(exports);
  module.byte(sectionIds.code).sized(code);
  return module.view();
}
