/** A calibration as text for people: a table of the values, how the measurements are met, and what to be wary of. */

import type { CalibrationView, EstimateView, MeasurementView } from '../core/calibrate/index.ts';
import { columns } from './columns.ts';

export function describeCalibration(
  view: CalibrationView,
  about: { readonly title: string; readonly ignored: readonly string[] },
): string {
  const { interrupted, widened, findings } = view;
  const lines = [
    `${about.title} (${view.model})${interrupted ? ', interrupted: the best so far' : ''}`,
    '',
    ...columns([['', 'before', 'value', '95 %', ''], ...view.estimates.map(estimateRow)]),
    '',
    ...columns([
      ['', 'error', 'fit', 'largest', ''],
      ...view.measurements.flatMap((it) => errorRows(it, view.method)),
    ]),
  ];
  const remarks = [
    ...findings.map(({ text }) => text),
    ...(widened
      ? ['what the model leaves over follows itself in time, so the intervals were widened for it']
      : []),
    ...remarksOnData(view),
    ...(about.ignored.length > 0 ? [`columns not used: ${about.ignored.join(', ')}`] : []),
  ];
  if (remarks.length > 0) lines.push('', ...remarks.map((text) => `- ${text}`));
  return `${lines.join('\n')}\n`;
}

/** What was missing in the record. */
export function remarksOnData({ gaps, constantInputs }: CalibrationView): string[] {
  return [
    ...gaps.map(({ signal, missing, longestSeconds }) =>
      signal === undefined
        ? `about ${missing} rows are missing, up to ${brief(longestSeconds)} s at once: inputs were held`
        : `${missing} values of \`${signal}\` are missing, up to ${brief(longestSeconds)} s at once: they were passed over`,
    ),
    ...constantInputs.map((name) => `\`${name}\` stands still in what was fitted: nothing is learnt of it`),
  ];
}

export function nameOf({ name, of }: EstimateView): string {
  return of === 'start' ? `start of ${name}` : name;
}

function estimateRow(estimate: EstimateView): string[] {
  const { unit, before, value, low, high } = estimate;
  const half = low === null || high === null ? null : (high - low) / 2;
  return [nameOf(estimate), brief(before), valueText(value, half), intervalText(estimate), unit];
}

export function intervalText({ low, high, bound }: EstimateView): string {
  if (bound !== undefined) return `at its ${bound}`;
  return low === null || high === null ? 'not determined' : `± ${brief((high - low) / 2, 3)}`;
}

/** As many digits as the interval leaves, and two more. */
export function valueText(value: number, half: number | null): string {
  if (half === null || !(half > 0)) return brief(value);
  const digits = Math.ceil(Math.log10(Math.abs(value) / half)) + 2;
  return brief(value, Math.min(10, Math.max(3, digits)));
}

function errorRows(
  { name, unit, train, test, whiteness }: MeasurementView,
  method: CalibrationView['method'],
): string[][] {
  const row = (label: string, it: typeof train): string[] => [
    label,
    it.rmse === null ? '' : brief(it.rmse, 4),
    it.fitPercent === null ? '' : `${brief(it.fitPercent, 4)} %`,
    brief(it.largest, 4),
    unit,
  ];
  const what = method === 'output-error' ? 'rest' : 'innovation';
  const white = whiteness === undefined ? '' : `, ${what} is ${whiteness.isWhite ? '' : 'not '}noise`;
  return [
    row(`${name}, fitted${white}`, train),
    ...(test === undefined ? [] : [row(`${name}, tested`, test)]),
  ];
}

export function brief(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)));
}
