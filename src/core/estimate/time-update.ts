/** Runs a time update over selections, a chunk of twins at a time in a scratch memory that fits the cache. */

import type { Backend, Kernel, Lanes, Program } from '../kernel/index.ts';
import { type Frame, twinSlot } from './frame.ts';
import { Exchange, type Selection, type SlotPair } from './selection.ts';

/** A chunk takes at most so many bytes, and it has at least 8 twins and at most 64. */
const chunkBytes = 262_144;

/** Advances the listed lanes, with their uncertainty, `times` times. */
export type TimeUpdate = (selection: Selection, times: number) => void;

export interface Phases {
  /** Over the twins of a chunk: makes its members. */
  readonly before: Program;
  /** Over the first `advanced` members of all twins, as lanes. */
  readonly run: Kernel;
  readonly advanced: number;
  /** Over the twins again: makes mean and factor. */
  readonly after: Program;
  /** The slot of the block that says how long one time is, in seconds. */
  readonly spanSlot: number;
}

export function createTimeUpdate(
  frame: Frame,
  { before, run, advanced, after, spanSlot }: Phases,
  backend: Backend,
): TimeUpdate {
  const prepare = backend(before);
  const finish = backend(after);
  const chunk = chunkOf(frame);
  const exchange = new Exchange(backend.allocate(frame.slots * chunk), pairsOf(frame));
  const scratch = exchange.memory;
  const twins = { memory: scratch, capacity: 0, from: 0, to: 0 };
  const members = { memory: scratch, capacity: 0, from: 0, to: 0 };

  const runChunk = (selection: Selection, first: number, count: number, times: number): void => {
    exchange.gather(selection, first, count);
    const { memory, capacity, lanes } = selection;
    for (let i = 0; i < count; i++) {
      const seconds = memory[spanSlot * capacity + (lanes[first + i] ?? 0)] ?? NaN;
      scratch[frame.span * count + i] = times * seconds;
    }
    resize(twins, count, count);
    resize(members, frame.members * count, advanced * count);
    prepare(twins);
    run(members, times);
    finish(twins);
    exchange.scatter(selection, first, count);
  };
  return (selection, times) => {
    for (let first = 0; first < selection.count; first += chunk) {
      runChunk(selection, first, Math.min(chunk, selection.count - first), times);
    }
  };
}

function resize(lanes: { -readonly [K in keyof Lanes]: Lanes[K] }, capacity: number, to: number): void {
  lanes.capacity = capacity;
  lanes.to = to;
}

function pairsOf(frame: Frame): Record<'gathered' | 'scattered', SlotPair[]> {
  const { layout, touched } = frame;
  const pair = (block: number): SlotPair => ({ block, scratch: twinSlot(frame, block) });
  const n = layout.estimated.length;
  const factor = Array.from({ length: (n * (n + 1)) / 2 }, (_, i) => ({
    block: layout.factor + i,
    scratch: frame.factor + i,
  }));
  const kept = Array.from({ length: layout.spanSlots }, (_, i) => ({
    block: layout.spans + i,
    scratch: frame.kept + i,
  }));
  const states = layout.estimated.map((state) => layout.states + state);
  const timers = layout.periods.map((_, order) => layout.everyTimers + order);
  const told = [layout.finite, layout.offender];
  const gathered = new Set([...touched.reads, ...touched.writes, ...states, ...timers, ...told]);
  const scattered = new Set([...touched.writes, ...states, ...told]);
  return {
    gathered: [...[...gathered].map(pair), ...factor],
    scattered: [...[...scattered].map(pair), ...factor, ...kept],
  };
}

/** How many twins at once: a multiple of 8, so that no group of lanes has parts of two members. */
function chunkOf({ touched, members, matrix, span }: Frame): number {
  const slots = new Set([...touched.reads, ...touched.writes]).size * members + span - matrix;
  const fitting = Math.floor(chunkBytes / (8 * slots) / 8) * 8;
  return Math.min(64, Math.max(8, fitting));
}
