/**
 * A tick of an adaptive method in pieces, from one `every` update to the next, and the time within them.
 *
 * Within a piece the time is that of its beginning and the seconds since, so that its end is hit exactly; from piece to
 * piece it grows by compensated summation, as with a fixed step.
 */

import type { UnderWay } from './under-way.ts';
import { phases } from './work.ts';

export function beginTick(lanes: UnderWay, lane: number): void {
  lanes.put(lanes.work.tried, lane, 0);
  beginPiece(lanes, lane, lanes.read(lanes.layout.tickSeconds, lane));
}

/** Begins a piece with so many seconds of the tick to go. */
export function beginPiece(lanes: UnderWay, lane: number, rest: number): void {
  const { work, layout } = lanes;
  const length = pieceLength(lanes, lane, rest);
  lanes.put(layout.stepSeconds, lane, length);
  lanes.put(work.base, lane, lanes.read(layout.time, lane));
  lanes.put(work.length, lane, length);
  lanes.put(work.rest, lane, length === rest ? 0 : rest - length);
  lanes.put(work.since, lane, 0);
  lanes.put(work.phase, lane, phases.fresh);
  lanes.put(work.rejected, lane, 0);
  lanes.put(work.events, lane, 0);
  lanes.put(work.lastEvent, lane, -Infinity);
}

/** How long until the next `every` update or the end of the tick, whichever comes first. */
function pieceLength(lanes: UnderWay, lane: number, rest: number): number {
  const { periods, everyTimers } = lanes.layout;
  let length = rest;
  for (let order = 0; order < periods.length; order++) {
    const period = periods[order] ?? rest;
    const due = period - lanes.read(everyTimers + order, lane);
    if (due < length - 1e-9 * period) length = Math.max(due, 1e-9 * period);
  }
  return length;
}

/** Sets the time to the part θ of the step that was tried. */
export function moveTime(lanes: UnderWay, lane: number): void {
  const { work, layout } = lanes;
  const length = lanes.read(work.length, lane);
  const since = lanes.read(work.since, lane);
  const h = lanes.read(work.h, lane);
  const theta = lanes.read(work.theta, lane);
  const later = theta === 1 && h === length - since ? length : since + theta * h;
  lanes.put(work.since, lane, later);
  lanes.put(layout.time, lane, lanes.read(work.base, lane) + later);
}

/** Sets the time to the end of the piece. */
export function endPiece(lanes: UnderWay, lane: number): void {
  const { work, layout } = lanes;
  const start = lanes.read(work.base, lane);
  const step = lanes.read(work.length, lane) - lanes.read(layout.timeError, lane);
  lanes.put(layout.time, lane, start + step);
  lanes.put(layout.timeError, lane, start + step - start - step);
}

/** What of the time can be told apart in the piece. */
export function resolutionOf(lanes: UnderWay, lane: number): number {
  const length = lanes.read(lanes.work.length, lane);
  return 1e-15 * Math.max(Math.abs(lanes.read(lanes.work.base, lane) + length), length);
}
