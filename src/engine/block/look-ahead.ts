/**
 * How well the two lanes of a trial foresee: both are taken back by the lateness and go on without corrections, with the inputs
 * as they came, and what each says is held against what was then measured, at a quarter, half, three quarters and all of it.
 *
 * It costs a lane about one tick more a tick: each trial has its turn once in every lateness, so that the spans of a twin do
 * not overlap, and those whose turn it is are computed together. A trial with no lateness, or where a lane stands still, has none.
 */

import type { AheadError, LaneAhead } from '../protocol/index.ts';
import { statusCodes } from '../snapshot/index.ts';
import type { Block } from './block.ts';
import { advance, kOf, rehearse, type Rehearsed } from './rehearsal.ts';

interface TrialLane {
  readonly block: Block;
  readonly lane: number;
}

/** Two lanes that have made the same tick. */
export interface TrialPair {
  /** The number of the live lane. */
  readonly twin: number;
  readonly live: TrialLane;
  readonly shadow: TrialLane;
}

/** Parts of the lateness. */
const parts = [0.25, 0.5, 0.75, 1] as const;

/** What a lane said on its own, by horizon in ticks and measurement: how far off it was, and the sample's time. */
type Said = ReadonlyMap<number, ReadonlyMap<string, { readonly error: number; readonly timeMs: number }>>;

/** Changes no lane. @returns undefined if it is no trial's turn. */
export function lookAhead(pairs: readonly TrialPair[]): readonly LaneAhead[] | undefined {
  const due = pairs.filter(isDue);
  if (due.length === 0) return undefined;
  const live = sayAll(due.map((pair) => pair.live));
  const shadow = sayAll(due.map((pair) => pair.shadow));
  return due.flatMap(({ twin, live: { block } }, at) => {
    const errors = compare(live[at], shadow[at], block.periodMs);
    return errors.length === 0 ? [] : [{ twin, errors }];
  });
}

function isDue({ twin, live, shadow }: TrialPair): boolean {
  const ticks = ticksOf(live.block);
  if (ticks === 0 || (kOf(live.block) + twin) % ticks !== 0) return false;
  return [live, shadow].every(({ block, lane }) => {
    const { memory } = block;
    return memory.note(lane, memory.frameLayout.status) === statusCodes.running;
  });
}

/** The longest horizon. */
function ticksOf({ latenessMs, periodMs }: Block): number {
  return Math.floor(latenessMs / periodMs);
}

/** A lane that is asked, and its place in the list of all. */
interface Asked extends Rehearsed {
  readonly at: number;
}

/** What each lane says, those that go from the same tick of a block computed together; undefined for one that cannot. */
function sayAll(lanes: readonly TrialLane[]): (Said | undefined)[] {
  const said = new Array<Said | undefined>(lanes.length).fill(undefined);
  const groups = new Map<string, [Asked, ...Asked[]]>();
  const blocks = [...new Set(lanes.map(({ block }) => block))];
  for (const block of blocks) block.workIn();
  for (const [at, { block, lane }] of lanes.entries()) {
    const from = kOf(block) - ticksOf(block);
    const copy = block.side(lane)?.history.copies.findLast(({ k }) => k <= from);
    // One that has not been there for so long.
    if (copy === undefined) continue;
    const key = `${blocks.indexOf(block)} ${copy.k}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ block, lane, copy, at }]);
    else group.push({ block, lane, copy, at });
  }
  for (const group of groups.values()) {
    const results = say(group);
    for (const [i, { at }] of group.entries()) said[at] = results[i];
  }
  return said;
}

function say(group: readonly [Rehearsed, ...Rehearsed[]]): Said[] {
  const [{ block }] = group;
  const ticks = ticksOf(block);
  const from = kOf(block) - ticks;
  const aside = rehearse(group, Number.POSITIVE_INFINITY);
  advance(aside, from);
  aside.isOpenLoop = true;
  const said = group.map(() => new Map<number, Map<string, { error: number; timeMs: number }>>());
  const { memory, model } = aside;
  const { status, measuredTimes, innovations } = memory.frameLayout;
  for (const part of parts) {
    const horizon = Math.max(1, Math.round(part * ticks));
    const sinceMs = aside.beliefMs;
    advance(aside, from + horizon);
    for (const [lane, horizons] of said.entries()) {
      if (memory.note(lane, status) !== statusCodes.running) continue;
      const errors = new Map<string, { error: number; timeMs: number }>();
      for (const [i, { name }] of model.measurements.entries()) {
        const timeMs = memory.note(lane, measuredTimes + i);
        if (timeMs > sinceMs) errors.set(name, { error: memory.note(lane, innovations + i), timeMs });
      }
      if (errors.size > 0) horizons.set(horizon, errors);
    }
  }
  return said;
}

/** What both have said of the same samples. */
function compare(live: Said | undefined, shadow: Said | undefined, periodMs: number): AheadError[] {
  return [...(live ?? [])].flatMap(([horizon, errors]) =>
    [...errors].flatMap(([measurement, { error, timeMs }]) => {
      const other = shadow?.get(horizon)?.get(measurement);
      if (other?.timeMs !== timeMs || !Number.isFinite(error) || !Number.isFinite(other.error)) return [];
      return [{ measurement, horizonSeconds: (horizon * periodMs) / 1000, live: error, shadow: other.error }];
    }),
  );
}
