/**
 * The report of a calibration: one HTML file with everything in it, plots included, and nothing loaded from elsewhere, so that
 * it can be mailed, kept and read anywhere.
 */

import {
  type CalibrationResult,
  type CalibrationView,
  type EstimateView,
  type MeasurementView,
  symbolOf,
  viewOf,
} from '../../core/calibrate/index.ts';
import { fromSi } from '../../core/units/index.ts';
import { brief, intervalText, nameOf, remarksOnData, valueText } from '../calibration-text.ts';
import { escapeText, timeUnitFor } from '../plot/index.ts';
import { type Chart, chartHtml } from './chart.ts';
import { style } from './style.ts';

/** @param about - `data`: the name of the record. */
export function calibrationReport(result: CalibrationResult, about: { readonly data: string }): string {
  const view = viewOf(result);
  const title = `${result.model.title}: calibration`;
  const parts = [
    heading(result, about.data),
    tiles(view),
    ...view.measurements.map((measurement, index) =>
      section(measurement.name, measurementCharts(result, measurement, index)),
    ),
    section('Values', estimateTable(view)),
    remarks(view),
    section('How the values hang together', correlationTable(view)),
    section('Starts', startTable(view)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title><style>${style}</style></head><body><main>
${parts.filter((part) => part !== '').join('\n')}
</main></body></html>
`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${escapeText(title)}</h2>\n${body}</section>`;
}

function heading({ model, times, split, interrupted }: CalibrationResult, data: string): string {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const unit = timeUnitFor(span);
  const length = `${brief(span / unit.seconds, 3)} ${unit.symbol}`;
  const tested = split.test === undefined ? '' : ', part of it kept back for the test';
  const stopped = interrupted ? ' It was interrupted: these are the best values so far.' : '';
  return `<h1>${escapeText(model.title)}</h1>
<p class="soft">Calibration of ${escapeText(model.id)} on ${escapeText(data)}, ${length} of record${tested}.${stopped}</p>`;
}

function tiles({ measurements, estimates }: CalibrationView): string {
  const many = measurements.length > 1;
  const tile = (value: string, label: string): string =>
    `<div class="tile"><b>${escapeText(value)}</b><span>${escapeText(label)}</span></div>`;
  const cells = measurements.slice(0, 4).flatMap(({ name, unit, train, test }) => {
    const of = many ? ` of ${name}` : '';
    const error = (it: typeof train): string => `${brief(it.rmse ?? NaN, 3)} ${unit}`;
    const shown = [tile(error(train), `typical error${of}, fitted`)];
    if (test !== undefined) shown.push(tile(error(test), `typical error${of}, tested`));
    const fit = (test ?? train).fitPercent;
    if (fit !== null && !many) shown.push(tile(`${brief(fit, 3)} %`, `fit, ${test ? 'tested' : 'fitted'}`));
    return shown;
  });
  cells.push(tile(String(estimates.length), 'values fitted'));
  return `<div class="tiles">${cells.join('')}</div>`;
}

function remarks(view: CalibrationView): string {
  const texts = [
    ...view.findings.map(({ text }) => text),
    ...(view.widened
      ? [
          'What the model leaves over is not noise: it follows itself in time. The intervals were widened for it; a better model would make them narrower.',
        ]
      : []),
    ...remarksOnData(view),
  ];
  if (texts.length === 0) return '';
  const items = texts.map((text) => `<li>${withCode(text)}</li>`).join('');
  return section('To be wary of', `<ul class="remarks">${items}</ul>`);
}

/** Names between backquotes, as code. */
function withCode(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return escapeText(first).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}

function estimateTable({ estimates }: CalibrationView): string {
  const rows = estimates.map((it) => {
    const half = it.low === null || it.high === null ? null : (it.high - it.low) / 2;
    const interval = intervalText(it);
    return `<tr><td>${escapeText(nameOf(it))}</td><td><b>${valueText(it.value, half)}</b></td><td>${interval}</td><td class="unit">${escapeText(it.unit)}</td><td>${brief(it.before, 5)}</td><td class="mark">${rangeMark(it)}</td></tr>`;
  });
  return `<p class="soft">With 95 % intervals. The dot is the value, the bar its interval, the mark where it stood before.</p>
<div class="wide"><table><tr><th></th><th>value</th><th>95 %</th><th></th><th>before</th><th class="mark"></th></tr>${rows.join('')}</table></div>`;
}

/** The interval and the value before, on a scale of their own. */
function rangeMark({ value, before, low, high }: EstimateView): string {
  const from = Math.min(before, value, low ?? value);
  const to = Math.max(before, value, high ?? value);
  if (!(to > from)) return '';
  const at = (x: number): number => Math.round((100 * (x - from)) / (to - from));
  const bar =
    low === null || high === null ? '' : `<i style="left:${at(low)}%;width:${at(high) - at(low)}%"></i>`;
  return `<span class="range">${bar}<u style="left:${at(before)}%"></u><b style="left:${at(value)}%"></b></span>`;
}

function measurementCharts(result: CalibrationResult, view: MeasurementView, index: number): string {
  const fit = result.measurements[index];
  if (fit === undefined) return '';
  const { unit } = fit.signal;
  const symbol = symbolOf(unit);
  const own = (values: Float64Array): Float64Array => values.map((value) => fromSi(value, unit));
  const measured = own(fit.measured);
  const simulated = own(fit.predicted);
  const times = result.times;
  const clock = timeUnitFor((times.at(-1) ?? 0) - (times[0] ?? 0));
  const x = { values: times.map((time) => time / clock.seconds), label: `time [${clock.symbol}]` };
  const { test, first } = result.split;
  const edge = (row: number): number => x.values[row - first] ?? 0;
  const shades =
    test === undefined ? {} : { shades: [{ from: edge(test.first), to: edge(test.last), name: 'test' }] };
  const inUnit = symbol === '' ? '' : ` [${symbol}]`;
  const charts: Chart[] = [
    {
      title: `${view.name}: measured and simulated over time`,
      x,
      y: { label: `${view.name}${inUnit}` },
      curves: [
        { name: 'measured', look: 'measured', values: measured },
        { name: 'simulated', look: 'simulated', values: simulated },
      ],
      ...shades,
      heightPixels: 280,
    },
    {
      title: `${view.name}: simulated less measured over time`,
      x,
      y: { label: `simulated less measured${inUnit}` },
      curves: [
        {
          name: 'rest',
          look: 'rest',
          values: simulated.map((value, i) => value - (measured[i] ?? NaN)),
        },
      ],
      levels: [0],
      ...shades,
      heightPixels: 140,
    },
  ];
  const { whiteness } = fit;
  const left =
    result.method === 'output-error'
      ? { name: 'rest', said: 'What is left over' }
      : { name: 'innovation', said: "What surprises the model's filter" };
  let said = '';
  if (whiteness !== undefined) {
    const { autocorrelation, band, isWhite, probability, lags } = whiteness;
    charts.push({
      title: `${view.name}: autocorrelation of the ${left.name}`,
      x: { values: autocorrelation.map((_, lag) => lag), label: 'samples apart' },
      y: {
        label: `correlation of the ${left.name} with itself`,
        range: { from: Math.min(-0.25, ...autocorrelation), to: 1 },
      },
      curves: [{ name: 'correlation', look: 'simulated', values: autocorrelation }],
      levels: [band, -band],
      bars: true,
      heightPixels: 140,
    });
    const chance = probability < 1e-4 ? 'below 0.0001' : brief(probability, 2);
    said = `<p class="soft">${
      isWhite
        ? `${left.said} can pass for noise`
        : `${left.said} is more than noise: there is something that the model does not know`
    } (Ljung–Box over ${lags} lags: p ${probability < 1e-4 ? '' : '= '}${chance}). Between the dashed lines lie 95 of 100 correlations of noise.</p>`;
  }
  return `${charts.map(chartHtml).join('\n')}${said}`;
}

function correlationTable({ estimates, correlations }: CalibrationView): string {
  if (estimates.length < 2) return '';
  const head = estimates.map((_, j) => `<th>${j + 1}</th>`).join('');
  const rows = estimates.map((estimate, i) => {
    const cells = estimates.map((_, j) => {
      const value = correlations[i]?.[j] ?? null;
      if (value === null || j > i) return '<td></td>';
      const share = Math.round(Math.min(1, Math.abs(value)) * 55);
      const colour = value < 0 ? 'var(--two)' : 'var(--one)';
      return `<td style="background:color-mix(in srgb,${colour} ${share}%,transparent)">${value.toFixed(2)}</td>`;
    });
    return `<tr><td>${i + 1} ${escapeText(nameOf(estimate))}</td>${cells.join('')}</tr>`;
  });
  return `<p class="soft">Correlations of the estimates. Near 1 or −1, the data know a combination of the two better than each.</p>
<div class="wide"><table class="heat"><tr><th></th>${head}</tr>${rows.join('')}</table></div>`;
}

function startTable({ starts, measurements }: CalibrationView): string {
  if (starts.length < 2) return '';
  const shown = starts.slice(0, 20);
  const unit = measurements[0]?.unit ?? '';
  const rows = shown.map(({ start, steps, state, errors }) => {
    const error = errors.find((it) => it !== null);
    return `<tr><td>${start === 0 ? "the document's values" : `start ${start}`}</td><td>${error === undefined || error === null ? '–' : brief(error, 4)}</td><td>${steps}</td><td>${escapeText(state)}</td></tr>`;
  });
  const rest =
    starts.length > shown.length ? `<p class="soft">and ${starts.length - shown.length} more</p>` : '';
  return `<p class="soft">Where the fits from different starts ended, the best first. Several that end alike speak for the result.</p>
<div class="wide"><table><tr><th></th><th>error${unit === '' ? '' : ` [${escapeText(unit)}]`}</th><th>steps</th><th></th></tr>${rows.join('')}</table></div>${rest}`;
}
