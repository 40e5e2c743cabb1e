/**
 * The health of a twin: how much of a quantity's life is left, in percent between its limit and its value when new.
 *
 * Notation  value the quantity, SI · percent = 100 · (value − limit) / (nominal − limit), whichever of the two is greater
 *           low, high the ends of its 95 % interval, for a belief that is normal: ± 1.96 standard deviations
 */

import type { Health, Model } from '../core/model/index.ts';
import { fromSi, type Unit } from '../core/units/index.ts';
import type { FrameLayout } from './frame.ts';

/** Two-sided 95 % of the standard normal distribution. */
const deviationsOf95 = 1.959963984540054;

/** A health in the model document's units; percentages as they are shown, from 0 to 100. */
export interface HealthReading {
  readonly value: number;
  readonly percent: number;
  /** The 95 % interval of `percent`; absent where the model estimates none. */
  readonly low?: number;
  readonly high?: number;
}

/** Where a health stands in the frames of its model. */
export interface HealthColumn {
  readonly health: Health;
  readonly unit: Unit;
  readonly column: number;
}

/** Not held to 0 … 100: what is worse than failed tells how far. Without interval both ends are `percent`. */
export interface HealthLevel {
  readonly value: number;
  readonly percent: number;
  readonly low: number;
  readonly high: number;
  readonly estimated: boolean;
}

export function healthColumnsOf(model: Model, layout: FrameLayout): readonly HealthColumn[] {
  return model.health.map((health) => {
    const state = model.states.findIndex(({ name }) => name === health.of);
    const output = model.outputs.findIndex(({ name }) => name === health.of);
    const signal = model.states[state] ?? model.outputs[output];
    if (signal === undefined) throw new RangeError(`no signal ${health.of} for a health`);
    const column = state >= 0 ? layout.states + state : layout.outputs + output;
    return { health, unit: signal.unit, column };
  });
}

/** @param deviation - standard deviation of the value, SI; NaN where there is none. */
export function healthLevel({ nominal, limit }: Health, value: number, deviation: number): HealthLevel {
  const whole = nominal - limit;
  // Adding 0 makes −0 the 0 that people know.
  const percent = (100 * (value - limit)) / whole + 0;
  const half = (100 * deviationsOf95 * deviation) / Math.abs(whole);
  const estimated = Number.isFinite(half);
  return {
    value,
    percent,
    low: estimated ? percent - half : percent,
    high: estimated ? percent + half : percent,
    estimated,
  };
}

export function healthReading(
  { value, percent, low, high, estimated }: HealthLevel,
  unit: Unit,
): HealthReading {
  return {
    value: fromSi(value, unit),
    percent: shownPercent(percent),
    ...(estimated && { low: shownPercent(low), high: shownPercent(high) }),
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
