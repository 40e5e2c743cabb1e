/**
 * What counts at a certain moment of a lane, whenever it is heard of: a step by hand, a change of model.
 *
 * The moment is the end of a tick that the lane has certainly made. Like for a late sample, the lane goes back to a copy of
 * before it, and makes its ticks up to there; it takes all samples that came so far and are not of later; then the change is
 * made, and the ticks since are made again. So what comes out depends on what was told, and in which order, but not on how far
 * the lane was when it heard of it.
 */

import { goBack, type LateOptions, remake, type Returned, tellStatus } from './late.ts';

export interface Moment extends LateOptions {
  readonly lane: number;
  /** The tick after which it is. One that the lane cannot go back to counts as the newest, and so does one that is not made yet. */
  readonly at: number;
  /** Boundaries a tick. */
  readonly substeps: number;
}

/** @param act - changes the lane; told after which tick it is. Samples that came late must be worked in before. */
export function atMoment(moment: Moment, act: (k: number) => void): void {
  const { lane, sides, memory, ticker, k, substeps } = moment;
  const side = sides[lane];
  if (side === undefined) return;
  const status = memory.note(lane, memory.frameLayout.status);
  const target = { place: Number.POSITIVE_INFINITY, boundary: moment.at * substeps };
  const gone = moment.at < k ? goBack(moment, lane, target) : undefined;
  const at = gone === undefined ? k : moment.at;
  if (gone !== undefined) remake([gone], { ...moment, k: at });
  ticker.applyAt(lane, at);
  act(at);
  const returned: Returned = { lane, side, k: at, status };
  remake([returned], moment);
  tellStatus(returned, moment);
}
