/** An estimated record in the units of its model: as CSV, as JSON, as a summary for people, as lines of a plot. */

import type { RecordEstimate, StateEstimate } from '../core/estimate/index.ts';
import type { Model } from '../core/model/index.ts';
import { fromSi, fromSiDifference, type Unit } from '../core/units/index.ts';
import type { PlotData } from './plot/index.ts';
import { deviationUnit, shownUnit } from './units.ts';

/** A state over time, in its own unit. */
interface StateSeries {
  readonly name: string;
  readonly unit: Unit;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

interface SensorSeries {
  readonly name: string;
  readonly unit: Unit;
  readonly innovation: Float64Array;
  readonly deviation: Float64Array;
  readonly rejected: Uint8Array;
}

/** Columns `time [s]`, then of each state its mean and `sd(name)`, then of each measurement `innovation(name)` and its `sd`. */
export function csvOf(model: Model, estimate: RecordEstimate): string {
  const columns: { readonly title: string; readonly values: Float64Array }[] = [];
  const add = (title: string, unit: string, values: Float64Array): void => {
    columns.push({ title: unit === '' ? title : `${title} [${unit}]`, values });
  };
  for (const { name, unit, mean, deviation } of statesOf(model, estimate)) {
    add(name, shownUnit(unit), mean);
    add(`sd(${name})`, deviationUnit(unit), deviation);
  }
  for (const { name, unit, innovation, deviation } of sensorsOf(model, estimate)) {
    add(`innovation(${name})`, deviationUnit(unit), innovation);
    add(`sd(innovation(${name}))`, deviationUnit(unit), deviation);
  }
  const cell = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : String(value);
  const lines = Array.from(estimate.times, (time, row) =>
    [Number(time.toPrecision(13)), ...columns.map(({ values }) => cell(values[row]))].join(','),
  );
  return `${['time [s]', ...columns.map(({ title }) => title)].join(',')}\n${lines.join('\n')}\n`;
}

/** Where the record ends, and how the sensors agree with the model. */
export function jsonOf(model: Model, estimate: RecordEstimate) {
  const { times, samples, rejected, logLikelihood, smoothed } = estimate;
  const states = statesOf(model, estimate).map(
    ({ name, unit, mean, deviation }) =>
      [name, { value: mean.at(-1) ?? null, deviation: deviation.at(-1) ?? null, unit: unit.symbol }] as const,
  );
  return {
    model: model.id,
    rows: times.length,
    seconds: (times.at(-1) ?? 0) - (times[0] ?? 0),
    smoothed: smoothed !== undefined,
    states: Object.fromEntries(states),
    measurements: Object.fromEntries(sensorsOf(model, estimate).map((it) => [it.name, agreementOf(it)])),
    samples,
    rejected,
    logLikelihood,
  };
}

/** For people: where each state began and ended, and what each sensor made of the model. */
export function summaryOf(model: Model, estimate: RecordEstimate): string {
  const { times, samples, rejected, logLikelihood, smoothed } = estimate;
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const states = statesOf(model, estimate).map(({ name, unit, mean, deviation }) => [
    name,
    ...[0, -1].map((at) => `${brief(mean.at(at))} ± ${brief(deviation.at(at))}`),
    shownUnit(unit),
  ]);
  const sensors = sensorsOf(model, estimate).map((it) => {
    const { samples: count, rejected: out, bias, spread } = agreementOf(it);
    const said = spread === null ? ['', ''] : [`${brief(bias ?? NaN)}`, brief(spread)];
    return [it.name, String(count), String(out), ...said];
  });
  return [
    `${model.title} (${model.id}): ${times.length} rows, ${Number(seconds.toPrecision(9))} s${smoothed ? ', smoothed' : ''}`,
    '',
    ...table([['', 'start', 'end', ''], ...states]),
    '',
    ...table([['', 'samples', 'left out', 'bias', 'spread'], ...sensors]),
    '  bias and spread of the innovations in their own standard deviations: 0 and 1 where model and noises are right',
    '',
    `${samples} samples, ${rejected} left out by the gate; log-likelihood ${brief(logLikelihood)}`,
    '',
  ].join('\n');
}

/** Each state with two standard deviations to either side. */
export function plotOf(model: Model, estimate: RecordEstimate): PlotData {
  return {
    title: `${model.title} (${model.id})${estimate.smoothed === undefined ? '' : ', smoothed'}`,
    timeSeconds: estimate.times,
    lines: statesOf(model, estimate).flatMap(({ name, unit, mean, deviation }) => {
      const line = (title: string, sigmas: number) => ({
        name: title,
        unit: shownUnit(unit),
        values: mean.map((value, row) => value + sigmas * (deviation[row] ?? NaN)),
      });
      if (deviation.every((value) => value === 0)) return [line(name, 0)];
      return [line(name, 0), line(`${name} + 2 sd`, 2), line(`${name} - 2 sd`, -2)];
    }),
  };
}

/** Smoothed where they are. */
function statesOf(model: Model, { states, smoothed }: RecordEstimate): StateSeries[] {
  const better = new Map(smoothed?.map((it) => [it.name, it]));
  return model.states.flatMap(({ name, unit }, index) => {
    const found: StateEstimate | undefined = better.get(name) ?? states[index];
    if (found === undefined) return [];
    const mean = found.mean.map((si) => tidy(fromSi(si, unit)));
    const deviation = found.deviation.map((si) => tidy(fromSiDifference(si, unit)));
    return [{ name, unit, mean, deviation }];
  });
}

function sensorsOf(model: Model, { measurements }: RecordEstimate): SensorSeries[] {
  return model.measurements.flatMap(({ name, unit }, index) => {
    const found = measurements[index];
    if (found === undefined || found.innovation.every(Number.isNaN)) return [];
    const inUnit = (values: Float64Array) => values.map((si) => tidy(fromSiDifference(si, unit)));
    const { innovation, deviation, rejected } = found;
    return [{ name, unit, innovation: inUnit(innovation), deviation: inUnit(deviation), rejected }];
  });
}

/** Mean and root mean square of the innovations that corrected, in their own deviations; null without any. */
function agreementOf({ innovation, deviation, rejected }: SensorSeries) {
  let [samples, out, sum, squares] = [0, 0, 0, 0];
  for (const [row, value] of innovation.entries()) {
    const share = value / (deviation[row] ?? NaN);
    if (Number.isNaN(share)) continue;
    samples += 1;
    if (rejected[row] === 1) {
      out += 1;
      continue;
    }
    sum += share;
    squares += share * share;
  }
  const count = samples - out;
  return {
    samples,
    rejected: out,
    bias: count > 0 ? sum / count : null,
    spread: count > 0 ? Math.sqrt(squares / count) : null,
  };
}

/** Conversion leaves noise in the last digits that is of no use to a reader. */
function tidy(value: number): number {
  return Number(value.toPrecision(13));
}

function brief(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(5)));
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
