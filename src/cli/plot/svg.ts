/**
 * Plots as SVG: one panel for each unit, above a common time axis. Plain shapes and text without scripts or outside
 * fonts, so that the file can be opened, mailed and printed anywhere.
 */

import { escapeText, pathOf, short } from './path.ts';
import { panelsOf, type Panel, type PlotData } from './panels.ts';
import { type Range, rangeOf, tickLabels, ticksIn, timeUnitFor } from './scale.ts';

const width = 900;
const panelHeight = 220;
const gap = 34;
const margin = { left: 84, right: 24, top: 48, bottom: 52 };
/** Okabe and Ito's colours, which people with any colour vision can tell apart. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const style = `text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:15px;font-weight:600}
.grid{stroke:#e4e4e4}.frame{fill:none;stroke:#888}.line{fill:none;stroke-width:1.6;stroke-linejoin:round}`;

/** The whole SVG document. */
export function plotAsSvg(data: PlotData): string {
  const panels = panelsOf(data.lines);
  const span = rangeOf([data.timeSeconds]) ?? { from: 0, to: 1 };
  const unit = timeUnitFor(span.to - span.from);
  const height = margin.top + panels.length * (panelHeight + gap) - gap + margin.bottom;
  const body = panels.map((panel, index) =>
    drawPanel(panel, { data, span, top: margin.top + index * (panelHeight + gap), unit }),
  );
  const label = `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 12}" text-anchor="middle">time [${unit.symbol}]</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeText(data.title)}</title><style>${style}</style><rect width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="${margin.left}" y="24">${escapeText(data.title)}</text>
${body.join('\n')}
${label}
</svg>
`;
}

interface Frame {
  readonly data: PlotData;
  readonly span: Range;
  readonly top: number;
  readonly unit: { readonly symbol: string; readonly seconds: number };
}

function drawPanel(panel: Panel, frame: Frame): string {
  const { top, span, unit } = frame;
  const bottom = top + panelHeight;
  const range = padded(rangeOf(panel.lines.map((line) => line.values)) ?? { from: 0, to: 1 });
  const x = (seconds: number) => margin.left + ((seconds - span.from) / (span.to - span.from)) * plotWidth;
  const y = (value: number) => bottom - ((value - range.from) / (range.to - range.from)) * panelHeight;

  const yTicks = ticksIn(range, 5);
  const yLabels = tickLabels(yTicks);
  const rows = yTicks.map(
    (tick, i) =>
      `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${short(y(tick))}" y2="${short(y(tick))}"/>` +
      `<text x="${margin.left - 8}" y="${short(y(tick) + 4)}" text-anchor="end">${yLabels[i]}</text>`,
  );
  const xTicks = ticksIn({ from: span.from / unit.seconds, to: span.to / unit.seconds }, 8);
  const xLabels = tickLabels(xTicks);
  const columns = xTicks.map((tick, i) => {
    const at = short(x(tick * unit.seconds));
    return (
      `<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/>` +
      `<text x="${at}" y="${bottom + 17}" text-anchor="middle">${xLabels[i]}</text>`
    );
  });
  const curves = panel.lines.map(
    (line, i) =>
      `<path class="line" stroke="${colors[i % colors.length]}" d="${pathOf(frame.data.timeSeconds, line.values, { x, y, columns: plotWidth })}"/>`,
  );
  const middle = (top + bottom) / 2;
  const axis = panel.lines.length === 1 ? (panel.lines[0]?.name ?? '') : '';
  const title = [axis, panel.unit ? `[${panel.unit}]` : ''].filter((text) => text !== '').join(' ');
  return `<g>${rows.join('')}${columns.join('')}<rect class="frame" x="${margin.left}" y="${top}" width="${plotWidth}" height="${panelHeight}"/>
${curves.join('\n')}
<text x="20" y="${middle}" text-anchor="middle" transform="rotate(-90 20 ${middle})">${escapeText(title)}</text>
${legendOf(panel, top)}</g>`;
}

const plotWidth = width - margin.left - margin.right;

function legendOf(panel: Panel, top: number): string {
  if (panel.lines.length < 2) return '';
  let at = margin.left;
  return panel.lines
    .map((line, i) => {
      const entry = `<line x1="${at}" x2="${at + 18}" y1="${top - 10}" y2="${top - 10}" stroke="${colors[i % colors.length]}" stroke-width="3"/><text x="${at + 24}" y="${top - 6}">${escapeText(line.name)}</text>`;
      at += 44 + 7.2 * line.name.length;
      return entry;
    })
    .join('');
}

/** Room above and below the curve, so that a level stretch at the edge is seen. */
function padded(range: Range): Range {
  const room = (range.to - range.from) * 0.05;
  return { from: range.from - room, to: range.to + room };
}
