/**
 * A model's equations inside the graph of a step: the same formulas, looked at in different points.
 *
 * A point says which nodes stand for time, dt and the states; inputs and parameters are always those of the block.
 */

import { assertInvariant } from '../diagnose/index.ts';
import type { NodeId } from '../graph/index.ts';
import { Graph } from '../graph/index.ts';
import type { SlotWrite } from '../kernel/index.ts';
import type { Model, State } from '../model/index.ts';
import type { BlockLayout } from './layout.ts';

export interface Point {
  readonly time: NodeId;
  readonly dt: NodeId;
  readonly states: readonly NodeId[];
}

/** One program under construction. */
export class Formulas {
  readonly graph = new Graph();
  readonly writes: SlotWrite[] = [];
  readonly model: Model;
  readonly layout: BlockLayout;

  constructor(model: Model, layout: BlockLayout) {
    this.model = model;
    this.layout = layout;
  }

  /** The value of each of the model's roots in a point; `graph` is the model's own, or one with the same slots. */
  at(point: Point, roots: readonly NodeId[], graph = this.model.equations.graph): NodeId[] {
    const { slots } = this.model.equations;
    const bySlot = new Map<number, NodeId>([
      [slots.time, point.time],
      [slots.dt, point.dt],
    ]);
    for (const [index, node] of point.states.entries()) bySlot.set(slots.states + index, node);
    for (const index of this.model.inputs.keys()) {
      bySlot.set(slots.inputs + index, this.graph.load(this.layout.inputs + index));
    }
    for (const index of this.model.parameters.keys()) {
      bySlot.set(slots.parameters + index, this.graph.load(this.layout.parameters + index));
    }
    return this.graph.adopt(graph, roots, bySlot);
  }

  /** The states as the block has them. */
  loadStates(): NodeId[] {
    return this.model.states.map((_, index) => this.graph.load(this.layout.states + index));
  }

  write(slot: number, node: NodeId): void {
    this.writes.push({ slot, node });
  }

  /** The value held within its state's bounds. NaN stays NaN. */
  bounded(state: State, value: NodeId): NodeId {
    const { graph } = this;
    let held = value;
    if (state.max !== undefined)
      held = graph.select(this.above(state.max, value), graph.constant(state.max), held);
    if (state.min !== undefined)
      held = graph.select(this.below(state.min, value), graph.constant(state.min), held);
    return held;
  }

  boundedAll(values: readonly NodeId[]): NodeId[] {
    return this.model.states.map((state, index) => this.bounded(state, present(values[index])));
  }

  below(min: number, value: NodeId): NodeId {
    return this.graph.binary('lt', value, this.graph.constant(min));
  }

  above(max: number, value: NodeId): NodeId {
    return this.graph.binary('gt', value, this.graph.constant(max));
  }

  isFinite(value: NodeId): NodeId {
    return this.graph.binary('lt', this.graph.unary('abs', value), this.graph.constant(Infinity));
  }

  and(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('and', a, b);
  }

  or(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('or', a, b);
  }

  not(a: NodeId): NodeId {
    return this.graph.unary('not', a);
  }

  add(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('add', a, b);
  }

  sub(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('sub', a, b);
  }

  mul(a: NodeId, b: NodeId): NodeId {
    return this.graph.binary('mul', a, b);
  }
}

/** A value that is there by construction: an element of an array of known length, say. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) assertInvariant(false, 'a value is missing');
  return value;
}
