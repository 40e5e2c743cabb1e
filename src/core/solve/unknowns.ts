/**
 * The moving states of a model as the unknowns of x′ = f(t, x), inside a program over lanes under way.
 *
 * A state that its bound holds, since its equation points outwards, is at rest: its slope is 0 until the equation
 * points back inside. The equations are looked at only within the bounds.
 *
 * The error of a step is measured against the size of each state, so that it is relative: a tenth of `tolerance·|x|`, and
 * below a hundred-millionth of the state's nominal size (its start or bound, else 1) against that.
 *
 * Notation  x (n) the moving states, in model order · held (n) −1 or 1 where the lower or upper side holds, else 0
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), II.4.
 */

import type { NodeId } from '../graph/index.ts';
import type { Model, State } from '../model/index.ts';
import { Formulas, present } from './formulas.ts';
import type { BlockLayout } from './layout.ts';
import type { Work } from './work.ts';

/** The part of the tolerance that one step may use up, since errors add up over the steps. */
export const share = 0.1;

/** Below this part of its nominal size a state counts as 0. */
const negligible = 1e-8;

/** A size that is not small for the state. */
export function nominal({ start, min = 0, max = 0 }: State): number {
  return Math.max(Math.abs(start), Math.abs(min), Math.abs(max)) || 1;
}

/** One program under construction. */
export class Unknowns extends Formulas {
  readonly work: Work;
  readonly moving: readonly number[];
  /** As the lanes have them. */
  readonly x: readonly NodeId[];
  readonly time: NodeId;
  readonly #roots: readonly NodeId[];

  constructor(model: Model, layout: BlockLayout, work: Work) {
    super(model, layout);
    this.work = work;
    this.moving = work.moving;
    this.x = this.moving.map((index) => this.graph.load(layout.states + index));
    this.time = this.graph.load(layout.time);
    this.#roots = this.moving.map((index) => present(model.equations.derivatives[index]));
  }

  constant(value: number): NodeId {
    return this.graph.constant(value);
  }

  /** One node for each unknown. */
  each(make: (i: number) => NodeId): NodeId[] {
    return this.moving.map((_, i) => make(i));
  }

  loadEach(group: 'slope' | 'next'): NodeId[] {
    return this.each((i) => this.graph.load(this.work[group] + i));
  }

  writeEach(group: 'slope' | 'next', nodes: readonly NodeId[]): void {
    for (const [i, node] of nodes.entries()) this.write(this.work[group] + i, node);
  }

  /** All states, the unknowns among them with these values. */
  statesWith(x: readonly NodeId[]): NodeId[] {
    const states = this.loadStates();
    for (const [i, index] of this.moving.entries()) states[index] = present(x[i]);
    return states;
  }

  /** The slopes as the equations have them, held states included. */
  freeSlopes(time: NodeId, x: readonly NodeId[]): NodeId[] {
    const dt = this.graph.load(this.layout.stepSeconds);
    return this.at({ time, dt, states: this.boundedAll(this.statesWith(x)) }, this.#roots);
  }

  slopes(time: NodeId, x: readonly NodeId[]): NodeId[] {
    return this.freeSlopes(time, x).map((slope, i) => this.unlessHeld(i, slope));
  }

  /** The value, or 0 while the unknown is held. */
  unlessHeld(i: number, value: NodeId): NodeId {
    if (this.work.holdable[i] !== true) return value;
    return this.graph.select(this.held(i), this.constant(0), value);
  }

  held(i: number): NodeId {
    return this.graph.load(this.work.held + i);
  }

  /** Σ factor·vector, left to right; terms whose factor is 0 are left out. */
  sum(factors: readonly number[], vectors: readonly (readonly NodeId[])[]): NodeId[] {
    return this.each((i) => {
      let total: NodeId | undefined;
      for (const [j, factor] of factors.entries()) {
        if (factor === 0) continue;
        const term = this.mul(this.constant(factor), present(present(vectors[j])[i]));
        total = total === undefined ? term : this.add(total, term);
      }
      return total ?? this.constant(0);
    });
  }

  /** x + factor·vector. */
  advanced(x: readonly NodeId[], factor: NodeId, vector: readonly NodeId[]): NodeId[] {
    return this.each((i) => this.add(present(x[i]), this.mul(factor, present(vector[i]))));
  }

  /** What an error of each unknown is measured by, between two states. */
  scale(one: readonly NodeId[], other: readonly NodeId[]): NodeId[] {
    const allowed = this.model.tolerance * share;
    return this.each((i) => {
      const [a, b] = [this.abs(present(one[i])), this.abs(present(other[i]))];
      const size = a === b ? a : this.graph.select(this.graph.binary('gt', a, b), a, b);
      const floor = allowed * negligible * nominal(present(this.model.states[present(this.moving[i])]));
      return this.add(this.mul(this.constant(allowed), size), this.constant(floor));
    });
  }

  /** The largest part of its scale; NaN if one is not finite. */
  norm(values: readonly NodeId[], scale: readonly NodeId[]): NodeId {
    const parts = this.each((i) => this.div(this.abs(present(values[i])), present(scale[i])));
    return parts.reduce((a, b) => this.graph.binary('max', a, b), this.constant(0));
  }

  abs(a: NodeId): NodeId {
    return this.graph.unary('abs', a);
  }

  div(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('div', a, b);
  }

  /** The first index whose condition holds, or −1. */
  first(conditions: readonly (NodeId | undefined)[]): NodeId {
    return conditions.reduceRight<NodeId>(
      (found, condition, index) =>
        condition === undefined ? found : this.graph.select(condition, this.constant(index), found),
      this.constant(-1),
    );
  }
}
