/** Runs a time update by points over selections, a chunk of twins at a time in a scratch memory that fits the cache. */

import type { Backend, Kernel, Lanes } from '../kernel/index.ts';
import { advancedMembers, gatherProgram, type PointPlan, spreadProgram, twinSlot } from './points.ts';
import { Exchange, type Selection, type SlotPair } from './selection.ts';

/** A chunk's members take at most so many bytes, and it has at least 8 twins and at most 64. */
const chunkBytes = 262_144;

/** Advances the listed lanes, with their uncertainty, `times` times; `spanSlot` holds how long one of these is. */
export type TimeUpdate = (selection: Selection, times: number) => void;

export interface Advance {
  /** The slot of the block that says how long one time is, in seconds. */
  readonly spanSlot: number;
  /** Advances members as ordinary lanes. */
  readonly run: Kernel;
}

export function createTimeUpdate(plan: PointPlan, { run, spanSlot }: Advance, backend: Backend): TimeUpdate {
  const { layout, touched, members } = plan;
  const spread = backend(spreadProgram(plan));
  const gather = backend(gatherProgram(plan));
  const chunk = chunkOf(plan);
  const exchange = new Exchange(backend.allocate(plan.slots * chunk), pairsOf(plan));
  const scratch = exchange.memory;
  const twins = { memory: scratch, capacity: 0, from: 0, to: 0 };
  const points = { memory: scratch, capacity: 0, from: 0, to: 0 };
  const advanced = advancedMembers(plan);

  const runChunk = (selection: Selection, first: number, count: number, times: number): void => {
    exchange.gather(selection, first, count);
    const { memory, capacity, lanes } = selection;
    for (let i = 0; i < count; i++) {
      const seconds = memory[spanSlot * capacity + (lanes[first + i] ?? 0)] ?? NaN;
      scratch[plan.span * count + i] = times * seconds;
    }
    setLanes(twins, count, count);
    setLanes(points, members * count, advanced * count);
    spread(twins);
    run(points, times);
    gather(twins);
    exchange.scatter(selection, first, count);
  };
  return (selection, times) => {
    for (let first = 0; first < selection.count; first += chunk) {
      runChunk(selection, first, Math.min(chunk, selection.count - first), times);
    }
  };

  function setLanes(lanes: { -readonly [K in keyof Lanes]: Lanes[K] }, capacity: number, to: number): void {
    lanes.capacity = capacity;
    lanes.to = to;
  }

  function pairsOf(it: PointPlan): Record<'gathered' | 'scattered', SlotPair[]> {
    const pair = (block: number): SlotPair => ({ block, scratch: twinSlot(it, block) });
    const n = layout.estimated.length;
    const factor = Array.from({ length: (n * (n + 1)) / 2 }, (_, i) => ({
      block: layout.factor + i,
      scratch: it.factor + i,
    }));
    const states = layout.estimated.map((state) => layout.states + state);
    const timers = layout.periods.map((_, order) => layout.everyTimers + order);
    const gathered = new Set([...touched.reads, ...touched.writes, ...states, ...timers]);
    const scattered = new Set([...touched.writes, ...states]);
    return {
      gathered: [...[...gathered].map(pair), ...factor],
      scattered: [...[...scattered].map(pair), ...factor],
    };
  }
}

/** How many twins at once: a multiple of 8, so that no group of lanes has parts of two members. */
function chunkOf(plan: PointPlan): number {
  const { touched, members } = plan;
  const slots = new Set([...touched.reads, ...touched.writes]).size * members;
  const fitting = Math.floor(chunkBytes / (8 * slots) / 8) * 8;
  return Math.min(64, Math.max(8, fitting));
}
