/** Of signals the last sample at or before a moment: of which series it is looked for, and which of several it is. */

import type { HistoryMoment, HistoryReading } from '../../engine/index.ts';
import type { Points } from './codec.ts';
import type { OpenSeries, Series } from './open-series.ts';

/** The series that are asked for, by signal: one for each unit that it had. */
export function seriesAsked(
  all: OpenSeries,
  { twins, signals }: HistoryMoment,
): readonly (readonly Series[])[] {
  return twins.flatMap((twin) => {
    const names = signals ?? all.of(twin).map(({ signal }) => signal);
    return names.map((signal) => all.find({ twin, signal }));
  });
}

/** Undefined if all samples are later. */
export function lastIn(
  { twin, signal, unit }: Series,
  { timesMs, values }: Points,
  timeMs: number,
): HistoryReading | undefined {
  const at = timesMs.findLastIndex((one) => one <= timeMs);
  if (at < 0) return undefined;
  return { twin, signal, unit, timeMs: timesMs[at] ?? Number.NaN, value: values[at] ?? Number.NaN };
}

/** Of several at the same time the last counts: it is of the unit now. */
export function newestOf(readings: readonly HistoryReading[]): readonly HistoryReading[] {
  return readings.toSorted((a, b) => a.timeMs - b.timeMs).slice(-1);
}
