/**
 * A planned program as a WebAssembly function over a row of lanes.
 *
 * `fast(pointer, stride, groups, times)` takes groups of 2·U lanes: U vectors whose statements alternate, so that the
 * processor has U independent chains to work on. What it reads is loaded once a group and kept in locals while the
 * program is repeated; what it writes is stored at the end. As soon as one lane breaks a requirement, the group is
 * stored as it was before that repetition and `careful` does the rest of it.
 *
 * `careful(pointer, stride, vectors, times, second)` takes one vector at a time. `second` is how far the second lane
 * lies from the first: 8, or 0 for a single lane, which then is computed twice.
 *
 * Constants are globals that could change (but do not), copied into locals: V8 would place a constant that it knows anew
 * at each use, in the middle of the alternating statements.
 */

import { assertInvariant } from '../../diagnose/index.ts';
import type { VectorProgram } from '../vector/lower.ts';
import type { Plan } from '../vector/plan.ts';
import type { HostFunction, VectorId, VectorNode } from '../vector/vectors.ts';
import { Code } from './code.ts';

export interface FunctionOptions {
  readonly program: VectorProgram;
  readonly plan: Plan;
  /** Vectors side by side. */
  readonly interleaved: number;
  /** Whether relaxed SIMD instructions may be used. */
  readonly relaxed: boolean;
  /** The index of the global with these bits. */
  readonly globalOf: (bits: bigint) => number;
  readonly hostOf: (name: HostFunction) => number;
  /** The function that takes over; undefined for the careful one itself. */
  readonly carefulIndex: number | undefined;
}

export function functionOf(options: FunctionOptions): Code {
  return new Emitter(options).code;
}

const [pointer, stride, count, times, second] = [0, 1, 2, 3, 4];
const laneBytes = 8;
const allOnes = (1n << 64n) - 1n;
const vectorBytes = 16;

class Emitter {
  readonly code: Code;
  readonly #options: FunctionOptions;
  readonly #constants = new Map<VectorId, number>();
  /** Per statement, one local a vector. */
  readonly #named = new Map<VectorId, readonly number[]>();
  readonly #slots = new Map<number, readonly number[]>();
  /** Slots that are not read, but get the old value of one that is. */
  readonly #copied = new Map<number, readonly number[]>();
  readonly #free: (readonly number[])[] = [];
  readonly #address: number;
  /** One a vector: where all requirements so far hold. */
  readonly #holds: readonly number[];

  constructor(options: FunctionOptions) {
    this.#options = options;
    this.code = new Code(options.carefulIndex === undefined ? 5 : 4);
    this.#address = this.code.local('i32');
    this.#holds = this.#lanes(() => this.code.local('v128'));
    this.#emit();
  }

  #emit(): void {
    const { code } = this;
    const { plan, program } = this.#options;
    const repetition = code.local('i32');
    for (const id of plan.constants) {
      const node = program.vectors.node(id);
      if (node.kind !== 'bits') continue;
      const local = code.local('v128');
      this.#constants.set(id, local);
      code.getGlobal(this.#options.globalOf(node.bits)).setLocal(local);
    }
    code.loop();
    for (const slot of plan.loads) this.#load(slot);
    this.#assumeAll();
    for (const id of plan.invariant) this.#statement(id);
    code.getLocal(times).setLocal(repetition);
    code.block().block().loop();
    for (const id of plan.varying) {
      this.#statement(id);
      for (const done of plan.lastUses.get(id) ?? []) this.#release(done);
    }
    this.#leaveIfBroken();
    this.#advance();
    code.getLocal(repetition).i32(-1).i32Add().setLocal(repetition);
    code.getLocal(repetition).branchIf(0);
    code.end();
    for (const { slot, vector } of program.writes) this.#store(slot, (u) => this.#result(slot, vector, u));
    code.branch(1).end();
    this.#handOver(repetition);
    code.end();
    this.#next();
  }

  #lanes<T>(make: (u: number) => T): T[] {
    return Array.from({ length: this.#options.interleaved }, (_, u) => make(u));
  }

  #statement(id: VectorId): void {
    const locals = this.#free.pop() ?? this.#lanes(() => this.code.local('v128'));
    const node = this.#options.program.vectors.node(id);
    for (const [u, local] of locals.entries()) {
      this.#operation(node, u);
      this.code.setLocal(local);
    }
    this.#named.set(id, locals);
    if (!this.#options.program.vectors.requirements.has(id)) return;
    for (const [u, local] of locals.entries()) {
      const holds = this.#holds[u] ?? 0;
      this.code.getLocal(holds).getLocal(local).binary('and').setLocal(holds);
    }
  }

  #assumeAll(): void {
    if (this.#options.program.vectors.requirements.size === 0) return;
    for (const holds of this.#holds) this.code.constant(allOnes).setLocal(holds);
  }

  #release(id: VectorId): void {
    const locals = this.#named.get(id);
    if (locals) this.#free.push(locals);
  }

  /** Puts a vector onto the stack. */
  #push(id: VectorId, u: number): void {
    const constant = this.#constants.get(id);
    const named = this.#named.get(id)?.[u];
    const local = constant ?? named;
    if (local !== undefined) {
      this.code.getLocal(local);
      return;
    }
    const node = this.#options.program.vectors.node(id);
    if (node.kind === 'load') this.code.getLocal(this.#slotLocal(node.slot, u));
    else this.#operation(node, u);
  }

  #operation(node: VectorNode, u: number): void {
    const { code } = this;
    switch (node.kind) {
      case 'unary':
        this.#push(node.a, u);
        code.unary(node.operator);
        break;
      case 'binary':
        this.#push(node.a, u);
        this.#push(node.b, u);
        code.binary(node.operator);
        break;
      case 'shift':
        this.#push(node.a, u);
        code.shift(node.operator, node.by);
        break;
      case 'fused':
        this.#push(node.a, u);
        this.#push(node.b, u);
        this.#push(node.c, u);
        code.fused(node.operator);
        break;
      case 'choose':
        this.#push(node.yes, u);
        this.#push(node.no, u);
        this.#push(node.mask, u);
        if (this.#options.relaxed) code.relaxedSelect();
        else code.select();
        break;
      case 'host':
        this.#askHost(node, u);
        break;
      case 'bits':
      case 'load':
        assertInvariant(false, `a ${node.kind} is no statement`);
    }
  }

  /** Calls out for both lanes, if for any. */
  #askHost({ name, mask, a }: Extract<VectorNode, { kind: 'host' }>, u: number): void {
    const { code } = this;
    const index = this.#options.hostOf(name);
    this.#push(mask, u);
    code.anyTrue().ifGiving('v128');
    this.#push(a, u);
    code.extractLane(0).call(index).splat();
    this.#push(a, u);
    code.extractLane(1).call(index).replaceLane(1);
    code.otherwise();
    this.#push(a, u);
    code.end();
  }

  #slotLocal(slot: number, u: number): number {
    const local = this.#slots.get(slot)?.[u];
    if (local === undefined) assertInvariant(false, `slot ${slot} is not loaded`);
    return local;
  }

  #slotAddress(slot: number): void {
    this.code.getLocal(pointer).getLocal(stride).i32(slot).i32Multiply().i32Add().setLocal(this.#address);
  }

  #secondAddress(): void {
    this.code.getLocal(this.#address).getLocal(second).i32Add();
  }

  #load(slot: number): void {
    const { code } = this;
    const locals = this.#lanes(() => code.local('v128'));
    this.#slots.set(slot, locals);
    this.#slotAddress(slot);
    for (const [u, local] of locals.entries()) {
      if (this.#options.carefulIndex === undefined) {
        this.#secondAddress();
        code.getLocal(this.#address).loadFirst().loadLane(1);
      } else {
        code.getLocal(this.#address).load(u * vectorBytes);
      }
      code.setLocal(local);
    }
  }

  #store(slot: number, push: (u: number) => void): void {
    const { code } = this;
    this.#slotAddress(slot);
    for (let u = 0; u < this.#options.interleaved; u++) {
      if (this.#options.carefulIndex === undefined) {
        this.#secondAddress();
        push(u);
        code.storeLane(1);
        code.getLocal(this.#address);
        push(u);
        code.storeLane(0);
      } else {
        code.getLocal(this.#address);
        push(u);
        code.store(u * vectorBytes);
      }
    }
  }

  /** What a repetition left in a slot: in the slot's locals if it is read again. */
  #result(slot: number, vector: VectorId, u: number): void {
    const local = (this.#slots.get(slot) ?? this.#copied.get(slot))?.[u];
    if (local === undefined) this.#push(vector, u);
    else this.code.getLocal(local);
  }

  #leaveIfBroken(): void {
    const { code } = this;
    if (this.#options.program.vectors.requirements.size === 0) return;
    for (const [u, holds] of this.#holds.entries()) {
      code.getLocal(holds);
      if (u > 0) code.binary('and');
    }
    code.allTrue().i32IsZero().branchIf(1);
  }

  /** Moves results to where the next repetition reads them: all pushed before any is popped, for they may cross. */
  #advance(): void {
    const { code } = this;
    const { interleaved, program } = this.#options;
    const moves: { vector: VectorId; to: readonly number[] }[] = [];
    for (const { slot, vector } of program.writes) {
      let to = this.#slots.get(slot);
      if (to === undefined && program.vectors.node(vector).kind === 'load') {
        to = this.#lanes(() => code.local('v128'));
        this.#copied.set(slot, to);
      }
      if (to !== undefined) moves.push({ vector, to });
    }
    for (let u = 0; u < interleaved; u++) {
      for (const { vector } of moves) this.#push(vector, u);
      for (const { to } of moves.toReversed()) code.setLocal(to[u] ?? 0);
    }
  }

  /** Stores the group as it was before the repetition that broke a requirement. */
  #handOver(repetition: number): void {
    const { carefulIndex, interleaved, program } = this.#options;
    if (carefulIndex === undefined || program.vectors.requirements.size === 0) return;
    for (const { slot } of program.writes) {
      if (this.#slots.has(slot)) this.#store(slot, (u) => this.code.getLocal(this.#slotLocal(slot, u)));
    }
    this.code.getLocal(pointer).getLocal(stride).i32(interleaved).getLocal(repetition).i32(laneBytes);
    this.code.call(carefulIndex);
  }

  #next(): void {
    const { code } = this;
    code
      .getLocal(pointer)
      .i32(this.#options.interleaved * vectorBytes)
      .i32Add()
      .setLocal(pointer);
    code.getLocal(count).i32(-1).i32Add().setLocal(count);
    code.getLocal(count).branchIf(0).end();
  }
}
