/**
 * Late samples: the lanes that have some go back to before them and make their ticks again, those of all lanes together,
 * until they are where the others are. The ticks are the same as those of samples in time, so the outcome is, too.
 */

import { type BlockMemory, type LaneEvents, LaneList, type LaneSide } from '../lanes/index.ts';
import type { LateTarget, Reporter } from '../protocol/index.ts';
import { statusCodes } from '../snapshot/index.ts';
import type { Ticker } from './ticker.ts';

export interface LateOptions {
  readonly memory: BlockMemory;
  readonly sides: readonly LaneSide[];
  readonly ticker: Ticker;
  readonly events: LaneEvents;
  readonly reporter: Reporter;
  /** The newest tick. */
  readonly k: number;
  readonly periodMs: number;
}

export interface Returned {
  readonly lane: number;
  readonly side: LaneSide;
  /** The tick after which it is now. */
  readonly k: number;
  readonly status: number;
}

export function workInLate(options: LateOptions): void {
  const returned = options.sides.flatMap((side, lane) => {
    const { late } = side;
    side.late = undefined;
    // Whether it can go back was asked when the sample was taken.
    return late === undefined ? [] : (goBack(options, lane, late) ?? []);
  });
  remake(returned, options);
  for (const one of returned) tellStatus(one, options);
}

/** Makes the ticks of lanes again, each from where it is, up to the newest. */
export function remake(
  returned: readonly Returned[],
  { memory, ticker, reporter, k }: Pick<LateOptions, 'memory' | 'ticker' | 'reporter' | 'k'>,
): void {
  const list = new LaneList();
  const first = returned.reduce((least, one) => Math.min(least, one.k), k);
  for (let tick = first; tick < k; tick++) {
    list.clear(memory);
    for (const { lane, side, k: from } of returned) {
      if (from > tick) continue;
      memory.rememberLane(lane);
      side.history.begin(tick, side.samples.applied, { memory, lane });
      list.push(lane);
    }
    ticker.run(list, tick, 'again');
    reporter.counters.repeatedTicks += list.count;
  }
}

/** Takes a lane back to a copy of before the target; undefined if it has none. */
export function goBack(
  { memory, sides }: Pick<LateOptions, 'memory' | 'sides'>,
  lane: number,
  target: LateTarget,
): Returned | undefined {
  const side = sides[lane];
  const copy = side?.history.back(target);
  if (side === undefined || copy === undefined) return undefined;
  const status = memory.note(lane, memory.frameLayout.status);
  if ('recent' in copy) memory.undo(lane);
  else memory.load(lane, copy.numbers);
  side.samples.rewind(copy.place);
  return { lane, side, k: copy.k, status };
}

/** The events of ticks made again are old news, but not that the twin stands still now, or moves. */
export function tellStatus({ lane, status }: Returned, { memory, events, k, periodMs }: LateOptions): void {
  const now = memory.note(lane, memory.frameLayout.status);
  if (now === status) return;
  if (now === statusCodes.quarantined) {
    events.quarantined(lane, 'with a late sample a state left the finite numbers', k * periodMs);
  } else if (status === statusCodes.quarantined) {
    events.recovered(lane, k * periodMs - memory.note(lane, memory.frameLayout.beliefMs), k * periodMs);
  }
}
