/**
 * The health of a twin: how much of a quantity's life is left, in percent between its limit and its value when new.
 *
 * Notation  value the quantity, SI · percent = 100 · (value − limit) / (nominal − limit), whichever of the two is greater
 *           low, high the ends of its 95 % interval, for a belief that is normal: ± 1.96 standard deviations
 */

import type { Health, Model } from '../../core/model/index.ts';
import { fromSi, fromSiDifference, type Unit } from '../../core/units/index.ts';
import type { Frame, FrameLayout } from './frame.ts';

/** Two-sided 95 % of the standard normal distribution. */
const deviationsOf95 = 1.959963984540054;

/** A health in the model document's units; percentages as they are shown, from 0 to 100. */
export interface HealthReading {
  readonly value: number;
  readonly percent: number;
  /** The 95 % interval of `percent`; absent where the model estimates none. */
  readonly low?: number;
  readonly high?: number;
  /** Standard deviation of `value`, a difference in its unit; absent where the model estimates none. */
  readonly deviation?: number;
}

/** Where a health stands in the frames of its model. */
export interface HealthColumn {
  readonly health: Health;
  readonly unit: Unit;
  readonly column: number;
  /** That of its standard deviation; undefined where none is estimated. */
  readonly deviation: number | undefined;
}

export interface LaneOfFrame {
  readonly frame: Frame;
  readonly lane: number;
}

/**
 * Not held to 0 … 100: what is worse than failed tells how far. Without interval both ends are `percent`; they are NaN where the
 * interval is not known yet.
 */
export interface HealthLevel {
  readonly value: number;
  readonly percent: number;
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the value, SI; 0 where none is estimated. */
  readonly deviation: number;
  readonly estimated: boolean;
}

export function healthColumnsOf(model: Model, layout: FrameLayout): readonly HealthColumn[] {
  return model.health.map((health, index) => {
    const state = model.states.findIndex(({ name }) => name === health.of);
    const output = model.outputs.findIndex(({ name }) => name === health.of);
    const signal = model.states[state] ?? model.outputs[output];
    if (signal === undefined) throw new RangeError(`no signal ${health.of} for a health`);
    const column = state >= 0 ? layout.states + state : layout.outputs + output;
    const estimated = index < layout.healthDeviationCount;
    const deviation = estimated ? layout.healthDeviations + index : undefined;
    return { health, unit: signal.unit, column, deviation };
  });
}

/** The health of one twin of a frame. */
export function healthIn(
  { health, column, deviation }: HealthColumn,
  { frame, lane }: LaneOfFrame,
): HealthLevel {
  const { values, lanes } = frame;
  const at = (index: number): number => values[index * lanes + lane] ?? Number.NaN;
  return healthLevel(health, at(column), deviation === undefined ? undefined : at(deviation));
}

/** @param deviation - standard deviation of the value, SI; undefined where none is estimated, NaN where it is not known yet. */
export function healthLevel(
  { nominal, limit }: Health,
  value: number,
  deviation: number | undefined,
): HealthLevel {
  const whole = nominal - limit;
  // Adding 0 makes −0 the 0 that people know.
  const percent = (100 * (value - limit)) / whole + 0;
  const half = (100 * deviationsOf95 * (deviation ?? 0)) / Math.abs(whole);
  // What a filter knows exactly, such as a count of hours, has no interval to show.
  const estimated = half > 0 && half < Infinity;
  return {
    value,
    percent,
    low: percent - half,
    high: percent + half,
    deviation: deviation ?? 0,
    estimated,
  };
}

export function healthReading(
  { value, percent, low, high, deviation, estimated }: HealthLevel,
  unit: Unit,
): HealthReading {
  return {
    value: fromSi(value, unit),
    percent: shownPercent(percent),
    ...(estimated && { low: shownPercent(low), high: shownPercent(high) }),
    ...(estimated && { deviation: fromSiDifference(deviation, unit) }),
  };
}

/** To a hundredth, since nobody reads more, and within what a life can be. */
export function shownPercent(percent: number): number {
  return Math.round(Math.min(100, Math.max(0, percent)) * 100) / 100;
}

/** All of a twin, `{"cooler":{"value":98.2,"percent":57}}`. */
export function healthJson(
  columns: readonly HealthColumn[],
  read: (column: HealthColumn) => HealthReading,
): string {
  const texts = columns.map((column) => {
    const { value, percent, low, high } = read(column);
    const interval = low === undefined ? '' : `,"low":${jsonNumber(low)},"high":${jsonNumber(high)}`;
    const shown = Number(value.toPrecision(12));
    return `"${column.health.name}":{"value":${jsonNumber(shown)},"percent":${jsonNumber(percent)}${interval}}`;
  });
  return `{${texts.join(',')}}`;
}

/** JSON has no infinity and no NaN. */
function jsonNumber(value: number | undefined): string {
  return value !== undefined && Number.isFinite(value) ? String(value) : 'null';
}
