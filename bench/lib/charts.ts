/**
 * The charts of the page: bars from 1 × (times as fast as a peer, on a logarithmic axis), bars of how much of a limit is used, and
 * curves. A limit is a mark with its number beside it; what does not keep its limit says so in words, not by colour alone.
 */

import { type Figure, type Plot, ratioOf, readable } from './report.ts';
import { escape, round, type Scale, scaleOf } from './svg.ts';

const width = 720;
const labelWidth = 220;
const rowHeight = 24;

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly limit: number | undefined;
  readonly met: boolean | undefined;
}

/** Times as fast as each peer; empty if there is none. Labels leave the section's name out. */
export function ratioChart(section: string, figures: readonly Figure[]): string {
  const bars = figures.flatMap((figure): Bar[] => {
    const ratio = ratioOf(figure);
    // Where the value itself is promised, the peer only says how much of it is not ours.
    if (figure.peer === undefined || figure.limit?.of === 'value') return [];
    if (ratio === undefined || !(ratio > 0 && ratio < Infinity)) return [];
    // A limit from above is one of costs: drawn as it stands, it would read the wrong way round.
    const isRate = figure.unit.endsWith('/s');
    const times = isRate ? ratio : 1 / ratio;
    const bound = figure.limit?.of === 'ratio' ? figure.limit.bound : undefined;
    const limit = bound === undefined || isRate ? bound : 1 / bound;
    const label = `${shortened(figure.name, section)} / ${figure.peer.name}`;
    return [{ label, value: times, text: `${readable(times)} ×`, limit, met: figure.limit?.met }];
  });
  if (bars.length === 0) return '';
  const values = [1, ...bars.flatMap(({ value, limit }) => [value, limit ?? value])];
  const axis = { title: 'times as fast as the peer', scale: 'log' } as const;
  const x = scaleOf(axis, [...values, Math.max(...values) * 1.6], { from: labelWidth, to: width - 64 });
  return barChart(bars, { x, base: 1, title: 'Times as fast as the peer (logarithmic; 1 × is as fast)' });
}

/** How much of the limit each figure without a peer uses; empty if there is none. */
export function limitChart(section: string, figures: readonly Figure[]): string {
  const bars = figures.flatMap(({ name, value, unit, limit }): Bar[] => {
    if (limit?.of !== 'value' || !(limit.bound > 0)) return [];
    const text = `${readable(value)} of ${readable(limit.bound)} ${unit}`;
    return [{ label: shortened(name, section), value: value / limit.bound, text, limit: 1, met: limit.met }];
  });
  if (bars.length === 0) return '';
  const values = [1, ...bars.map(({ value }) => value)];
  const axis = { title: 'part of the limit', scale: 'linear' } as const;
  const x = scaleOf(axis, values, { from: labelWidth, to: width - 160 });
  return barChart(bars, { x, base: 0, title: 'Part of the limit that is used' });
}

/** `kernel.pump.wasm` in the section `kernel.pump` is `wasm`. */
function shortened(name: string, section: string): string {
  return name.startsWith(`${section}.`) ? name.slice(section.length + 1) : name;
}

interface BarOptions {
  readonly x: Scale;
  /** Where bars begin. */
  readonly base: number;
  readonly title: string;
}

function barChart(bars: readonly Bar[], { x, base, title }: BarOptions): string {
  const top = 8;
  const bottom = top + bars.length * rowHeight;
  const grid = x.ticks.map(({ value, text }) => {
    const at = round(x.at(value));
    const kind = value === base ? 'axis' : 'grid';
    return `<line class="${kind}" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text class="tick" x="${at}" y="${bottom + 16}" text-anchor="middle">${text}</text>`;
  });
  const rows = bars.map((bar, row) => rowOf(bar, { x, base, y: top + row * rowHeight }));
  return svg({ width, height: bottom + 24, title }, [...grid, ...rows]);
}

function rowOf(bar: Bar, { x, base, y }: Omit<BarOptions, 'title'> & { readonly y: number }): string {
  const { label, value, text, limit, met } = bar;
  const [from, to] = [x.at(base), x.at(value)];
  const [left, right] = from < to ? [from, to] : [to, from];
  const middle = y + rowHeight / 2;
  const mark = limit === undefined ? undefined : round(x.at(limit));
  const says = met === false ? `${text} ✗` : text;
  // The number stands beyond the bar's end and the mark, whichever is further right.
  const textAt = round(Math.max(right, limit === undefined ? right : x.at(limit)) + 6);
  return [
    `<g><title>${escape(label)}: ${escape(text)}${met === undefined ? '' : met ? ', limit kept' : ', limit not kept'}</title>`,
    `<text class="label" x="${labelWidth - 10}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="bar" x="${round(left)}" y="${y + 5}" width="${round(Math.max(1, right - left))}" height="${rowHeight - 10}" rx="2"/>`,
    mark === undefined
      ? ''
      : `<line class="limit" x1="${mark}" x2="${mark}" y1="${y + 2}" y2="${y + rowHeight - 2}"/>`,
    `<text class="value${met === false ? ' missed' : ''}" x="${textAt}" y="${middle + 4}">${escape(says)}</text></g>`,
  ].join('');
}

/** Curves over the points; `compact` for one of many side by side. */
export function lineChart(plot: Plot, size: 'full' | 'compact'): string {
  const [w, h] = size === 'full' ? [width, 300] : [340, 240];
  const points = plot.series.flatMap((series) => series.points);
  if (points.length === 0) return '';
  const [left, right, top, bottom] = [54, w - 12, 10, h - 40];
  const x = scaleOf(
    plot.x,
    points.map((point) => point.x),
    { from: left, to: right },
  );
  const y = scaleOf(
    plot.y,
    points.map((point) => point.y),
    { from: bottom, to: top },
  );
  const grid = [
    ...x.ticks.map(({ value, text }) => {
      const at = round(x.at(value));
      return `<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text class="tick" x="${at}" y="${bottom + 15}" text-anchor="middle">${text}</text>`;
    }),
    ...y.ticks.map(({ value, text }) => {
      const at = round(y.at(value));
      return `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="tick" x="${left - 6}" y="${at + 4}" text-anchor="end">${text}</text>`;
    }),
  ];
  const titles = [
    `<text class="tick" x="${right}" y="${h - 8}" text-anchor="end">${escape(plot.x.title)}</text>`,
    `<text class="tick" x="4" y="${h - 8}">${escape(plot.y.title)} ↑</text>`,
  ];
  const curves = plot.series.map((series, index) => {
    const placed = series.points.map((point) => ({
      x: round(x.at(point.x)),
      y: round(y.at(point.y)),
      point,
    }));
    const path = placed.map((at) => `${at.x},${at.y}`).join(' ');
    const marks = placed.map((at) => {
      const says = `${series.name}: ${plot.x.title} ${at.point.x.toPrecision(3)}, ${readable(at.point.y)} ${plot.y.title}`;
      return `<g class="mark"><title>${escape(says)}</title>${shapeOf(index, at.x, at.y)}</g>`;
    });
    return `<g class="series${index}"><polyline points="${path}"/>${marks.join('')}</g>`;
  });
  return svg({ width: w, height: h, title: plot.title }, [...grid, ...titles, ...curves.toReversed()]);
}

/** Series differ in shape as well as in colour. */
export function shapeOf(series: number, x: number, y: number): string {
  if (series === 0) return `<circle cx="${x}" cy="${y}" r="4"/>`;
  if (series === 1) return `<rect x="${x - 3.5}" y="${y - 3.5}" width="7" height="7"/>`;
  if (series === 2) return `<path d="M${x} ${y - 4.5}l4.5 8h-9z"/>`;
  return `<path d="M${x} ${y - 5}l5 5-5 5-5-5z"/>`;
}

function svg(
  { width: w, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  content: readonly string[],
): string {
  return `<svg viewBox="0 0 ${w} ${height}" style="max-width:${w}px" role="img" aria-label="${escape(title)}">${content.join('')}</svg>`;
}
