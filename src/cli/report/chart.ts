/**
 * Charts inside a page: the curves as SVG that stretches with the page, the labels as text beside it that does not, so that
 * both can be read on a phone. Colours come from the page's style, in light and dark.
 */

import { escapeText, pathOf, type Range, rangeOf, short, tickLabels, ticksIn } from '../plot/index.ts';

interface Curve {
  /** For the legend. */
  readonly name: string;
  /** Class of the page's style: `measured`, `simulated`, `rest`. */
  readonly look: string;
  readonly values: ArrayLike<number>;
}

export interface Chart {
  /** What it shows, for those who cannot see it. */
  readonly title: string;
  readonly x: { readonly values: ArrayLike<number>; readonly label: string };
  readonly y: { readonly label: string; readonly range?: Range };
  readonly curves: readonly Curve[];
  /** Stretches of x with a shade and a word. */
  readonly shades?: readonly (Range & { readonly name: string })[];
  /** Level lines of y. */
  readonly levels?: readonly number[];
  /** Curves from 0 upwards as bars. */
  readonly bars?: boolean;
  readonly heightPixels: number;
}

/** The SVG's own coordinates; the page stretches them. */
const size = 1000;

export function chartHtml(chart: Chart): string {
  const { x, curves, shades = [], levels = [] } = chart;
  const across = rangeOf([x.values]) ?? { from: 0, to: 1 };
  const up = chart.y.range ?? padded(rangeOf(curves.map(({ values }) => values)) ?? { from: 0, to: 1 });
  const toX = (value: number): number => ((value - across.from) / (across.to - across.from)) * size;
  const toY = (value: number): number => size - ((value - up.from) / (up.to - up.from)) * size;
  const xTicks = ticksIn(across, 6);
  const yTicks = ticksIn(up, 5);
  const line = (look: string, at: { x?: number; y?: number }): string =>
    `<line class="${look}" x1="${short(at.x ?? 0)}" x2="${short(at.x ?? size)}" y1="${short(at.y ?? 0)}" y2="${short(at.y ?? size)}"/>`;
  const drawn = [
    ...shades.map(
      ({ from, to }) =>
        `<rect class="shade" x="${short(toX(from))}" width="${short(toX(to) - toX(from))}" y="0" height="${size}"/>`,
    ),
    ...xTicks.map((tick) => line('grid', { x: toX(tick) })),
    ...yTicks.map((tick) => line('grid', { y: toY(tick) })),
    ...levels.map((level) => line('level', { y: toY(level) })),
    ...curves.map(({ look, values }) =>
      chart.bars === true
        ? `<path class="bar" d="${barsOf(x.values, values, { x: toX, y: toY })}"/>`
        : `<path class="curve ${look}" d="${pathOf(x.values, values, { x: toX, y: toY, columns: size })}"/>`,
    ),
  ];
  const percent = (value: number): string => `${short(value / 10)}%`;
  const labels = [
    ...tickLabels(yTicks).map(
      (text, i) => `<span class="y" style="top:${percent(toY(yTicks[i] ?? 0))}">${text}</span>`,
    ),
    ...tickLabels(xTicks).map(
      (text, i) => `<span class="x" style="left:${percent(toX(xTicks[i] ?? 0))}">${text}</span>`,
    ),
    ...shades.map(
      ({ from, name }) =>
        `<span class="shade-name" style="left:${percent(toX(from))}">${escapeText(name)}</span>`,
    ),
  ];
  const legend =
    curves.length < 2
      ? ''
      : curves
          .map(({ name, look }) => `<span class="key ${look}"><i></i>${escapeText(name)}</span>`)
          .join('');
  return `<figure class="chart"><figcaption><span>${escapeText(chart.y.label)}</span>${legend}</figcaption>
<div class="plot" style="height:${chart.heightPixels}px"><svg viewBox="0 0 ${size} ${size}" preserveAspectRatio="none" role="img" aria-label="${escapeText(chart.title)}">${drawn.join('')}</svg>${labels.join('')}</div>
<div class="x-label">${escapeText(x.label)}</div></figure>`;
}

function barsOf(
  x: ArrayLike<number>,
  values: ArrayLike<number>,
  to: { readonly x: (value: number) => number; readonly y: (value: number) => number },
): string {
  return Array.from(
    values,
    (value, i) => `M${short(to.x(x[i] ?? 0))} ${short(to.y(0))}V${short(to.y(value))}`,
  ).join('');
}

function padded({ from, to }: Range): Range {
  const room = (to - from) * 0.06;
  return { from: from - room, to: to + room };
}
