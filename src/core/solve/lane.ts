/**
 * One lane taken out of its block, for a method that chooses its steps itself: the model's equations as functions.
 *
 * The lane is copied to the beginning of a memory of its own; what the programs compute for the method comes after it.
 *
 * A state that its bound holds, since its equation points outwards, is at rest: its slope is 0 until the equation
 * points back inside. The equations are looked at only within the bounds.
 *
 * Notation  x (n) the moving states, in model order · held (n) −1 or 1 where the lower or upper bound holds
 */

import { jacobian } from '../graph/index.ts';
import type { Backend, Kernel, Lanes, Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Formulas, present } from './formulas.ts';
import { movingStates } from './integrate.ts';
import type { BlockLayout } from './layout.ts';
import { conditionStates, everyProgram, settleProgram } from './programs.ts';
import type { System } from './system.ts';
import { truthOf } from './watch.ts';

export class Lane implements System {
  readonly layout: BlockLayout;
  readonly size: number;
  /** The lane's slots first. */
  readonly memory: Float64Array;
  readonly held: Int8Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly moving: readonly number[];
  readonly #work: Work;
  readonly #places: readonly Place[];
  readonly #truths: Float64Array;
  readonly #lanes: Lanes;
  readonly #slopes: Kernel;
  readonly #jacobian: () => Kernel;
  readonly #conditions: Kernel;
  readonly #settle: Kernel;
  readonly #every: Kernel;

  constructor(model: Model, layout: BlockLayout, backend: Backend) {
    this.layout = layout;
    this.moving = movingStates(model);
    this.size = this.moving.length;
    this.held = new Int8Array(this.size);
    const bounds = this.moving.map((index) => present(model.states[index]));
    this.min = Float64Array.from(bounds, ({ min = -Infinity }) => min);
    this.max = Float64Array.from(bounds, ({ max = Infinity }) => max);
    const jacobianPart = jacobianProgram(model, layout, this.moving);
    this.#work = workAfter(layout, { size: this.size, entries: jacobianPart.places.length, model });
    this.memory = backend.allocate(this.#work.slots);
    this.#truths = this.memory.subarray(this.#work.truths);
    this.#lanes = { memory: this.memory, capacity: 1, from: 0, to: 1 };
    this.#places = jacobianPart.places;
    this.#slopes = backend(slopesProgram(model, layout, this.#work));
    // Most models never need it, and it is the largest of the programs.
    let compiled: Kernel | undefined;
    this.#jacobian = () => (compiled ??= backend(jacobianPart.program(this.#work.jacobian)));
    this.#conditions = backend(conditionsProgram(model, layout, this.#work));
    this.#settle = backend(settleProgram(model, layout));
    this.#every = layout.periods.length > 0 ? backend(everyProgram(model, layout)) : () => {};
  }

  slopes(seconds: number, x: Float64Array, out: Float64Array): void {
    this.freeSlopes(seconds, x, out);
    for (let i = 0; i < this.size; i++) if (this.held[i] !== 0) out[i] = 0;
  }

  /** The slopes as the equations have them, held states included. */
  freeSlopes(seconds: number, x: Float64Array, out: Float64Array): void {
    this.put(seconds, x);
    this.#slopes(this.#lanes);
    const { slopes } = this.#work;
    for (let i = 0; i < this.size; i++) out[i] = this.memory[slopes + i] ?? NaN;
  }

  jacobian(seconds: number, x: Float64Array, byState: Float64Array, byTime: Float64Array): void {
    this.put(seconds, x);
    this.#jacobian()(this.#lanes);
    byState.fill(0);
    byTime.fill(0);
    const n = this.size;
    for (let at = 0; at < this.#places.length; at++) {
      const { row, column } = present(this.#places[at]);
      if (this.held[row] !== 0) continue;
      // √x has no finite derivative at 0, where a tank is empty: a wrong Jacobian costs steps, none would end it all.
      const computed = this.memory[this.#work.jacobian + at] ?? NaN;
      const value = Number.isFinite(computed) ? computed : 0;
      if (column < n) byState[row * n + column] = value;
      else byTime[row] = value;
    }
  }

  /** Whether each `when` condition holds at a point; the result is overwritten by the next call. */
  conditions(seconds: number, x: Float64Array): Float64Array {
    this.put(seconds, x);
    this.#conditions(this.#lanes);
    return this.#truths;
  }

  /** Bounds and `when` clauses at the present time and states. */
  settle(): void {
    this.#settle(this.#lanes);
  }

  /** Updates of `every` that are due after a piece of `stepSeconds`. */
  updateEvery(): void {
    this.#every(this.#lanes);
  }

  /** Writes the time and the moving states into the lane. */
  put(seconds: number, x: Float64Array): void {
    this.memory[this.layout.time] = seconds;
    for (let i = 0; i < this.size; i++) {
      this.memory[this.layout.states + (this.moving[i] ?? 0)] = x[i] ?? NaN;
    }
  }

  /** Reads the moving states. */
  get(x: Float64Array): void {
    for (let i = 0; i < this.size; i++) {
      x[i] = this.memory[this.layout.states + (this.moving[i] ?? 0)] ?? NaN;
    }
  }
}

interface Place {
  readonly row: number;
  /** The number of the unknown; n stands for time. */
  readonly column: number;
}

interface Work {
  readonly slopes: number;
  readonly jacobian: number;
  readonly truths: number;
  readonly slots: number;
}

function workAfter(
  layout: BlockLayout,
  { size, entries, model }: { readonly size: number; readonly entries: number; readonly model: Model },
): Work {
  const slopes = layout.slots;
  const jacobianSlots = slopes + size;
  const truths = jacobianSlots + entries;
  return { slopes, jacobian: jacobianSlots, truths, slots: truths + model.whens.length };
}

function slopesProgram(model: Model, layout: BlockLayout, work: Work): Program {
  const formulas = new Formulas(model, layout);
  for (const [i, node] of slopesWithinBounds(formulas).entries()) formulas.write(work.slopes + i, node);
  return formulas;
}

function slopesWithinBounds(formulas: Formulas) {
  const { graph, layout, model } = formulas;
  const point = {
    time: graph.load(layout.time),
    dt: graph.load(layout.stepSeconds),
    states: formulas.boundedAll(formulas.loadStates()),
  };
  const roots = movingStates(model).map((index) => present(model.equations.derivatives[index]));
  return formulas.at(point, roots);
}

/** The Jacobian's structure, and the program that computes its entries into consecutive slots. */
function jacobianProgram(model: Model, layout: BlockLayout, moving: readonly number[]) {
  const formulas = new Formulas(model, layout);
  const slopes = slopesWithinBounds(formulas);
  const slots = [...moving.map((index) => layout.states + index), layout.time];
  const entries = jacobian(formulas.graph, slopes, slots);
  return {
    places: entries.map(({ row, column }): Place => ({ row, column })),
    program(first: number): Program {
      return { graph: formulas.graph, writes: entries.map(({ node }, i) => ({ slot: first + i, node })) };
    },
  };
}

function conditionsProgram(model: Model, layout: BlockLayout, work: Work): Program {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const point = {
    time: graph.load(layout.time),
    dt: graph.load(layout.stepSeconds),
    states: conditionStates(formulas, formulas.loadStates()),
  };
  const conditions = formulas.at(
    point,
    model.equations.whens.map(({ condition }) => condition),
  );
  for (const [i, condition] of conditions.entries())
    formulas.write(work.truths + i, truthOf(formulas, condition));
  return formulas;
}
