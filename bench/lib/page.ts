/** What was found as one HTML file that needs nothing else: no script, no font, no image, and it follows light and dark. */

import { limitChart, lineChart, ratioChart, shapeOf } from './charts.ts';
import { type Figure, type Plot, ratioOf, readable } from './report.ts';
import { escape } from './svg.ts';

export interface Section {
  readonly name: string;
  /** What was measured, beside whom, and how fair that is. */
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly plots: readonly Plot[];
  readonly notes: readonly string[];
  /** Why it could not be run. */
  readonly failure?: string;
}

export interface Report {
  readonly machine: string;
  readonly when: Date;
  /** Shorter and less exact. */
  readonly quick: boolean;
  readonly sections: readonly Section[];
}

export function toPage({ machine, when, quick, sections }: Report): string {
  const limits = sections.flatMap(({ figures }) => figures.flatMap(({ limit }) => limit ?? []));
  const kept = limits.filter(({ met }) => met).length;
  const parts = [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Gemel benchmarks</title><style>${style}</style><main>`,
    '<h1>Gemel benchmarks</h1>',
    `<p class="quiet">${escape(machine)}<br>${when.toISOString().slice(0, 16).replace('T', ' ')} UTC${quick ? ' · with --quick: short and not exact' : ''}</p>`,
    `<p>${kept} of ${limits.length} limits are kept. Figures are medians of rounds that take turns, so what else the machine did fell on all alike; ratios hold better than absolute numbers. A thick line in a bar chart is a limit; ✗ marks one that is not kept.</p>`,
    ...sections.map(sectionOf),
    '</main></html>',
  ];
  return `${parts.join('\n')}\n`;
}

function sectionOf({ name, about, figures, plots, notes, failure }: Section): string {
  const compact = plots.length > 2;
  const curves = plots.map((plot) => {
    const heading = `<figcaption>${escape(plot.title)}</figcaption>`;
    return `<figure>${heading}${lineChart(plot, compact ? 'compact' : 'full')}${compact ? '' : legend(plot)}</figure>`;
  });
  const [first] = plots;
  return [
    `<section><h2>${escape(name)}</h2><p>${escape(about)}</p>`,
    failure === undefined ? '' : `<p class="missed">✗ could not be run: ${escape(failure)}</p>`,
    captioned('Times as fast as the peer. Logarithmic; 1 is as fast.', ratioChart(name, figures)),
    captioned('Part of its limit that each figure uses.', limitChart(name, figures)),
    compact && first ? legend(first) : '',
    curves.length > 0 ? `<div class="${compact ? 'many' : 'few'}">${curves.join('')}</div>` : '',
    table(figures),
    notes.length > 0
      ? `<details><summary>Notes of the run</summary><pre>${notes.map(escape).join('\n')}</pre></details>`
      : '',
    '</section>',
  ].join('\n');
}

function captioned(caption: string, chart: string): string {
  return chart === '' ? '' : `<figure><figcaption>${caption}</figcaption>${chart}</figure>`;
}

function legend({ series }: Plot): string {
  if (series.length < 2) return '';
  const entries = series.map(
    ({ name }, index) =>
      `<span><svg viewBox="0 0 12 12" class="key"><g class="series${index}">${shapeOf(index, 6, 6)}</g></svg>${escape(name)}</span>`,
  );
  return `<p class="legend">${entries.join('')}</p>`;
}

function table(figures: readonly Figure[]): string {
  if (figures.length === 0) return '';
  const columns = columnsOf(figures);
  const heads = columns.map(({ heading }) => `<th>${heading}</th>`).join('');
  const rows = figures.map((figure) => `<tr>${columns.map(({ cell }) => cell(figure)).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

interface Column {
  readonly heading: string;
  cell(figure: Figure): string;
}

/** No column is empty. */
function columnsOf(figures: readonly Figure[]): readonly Column[] {
  const peers: readonly Column[] = [
    { heading: 'peer', cell: ({ peer }) => `<td>${escape(peer?.name ?? '')}</td>` },
    {
      heading: "peer's value",
      cell: ({ peer, unit }) => number(peer ? `${readable(peer.value)} ${unit}` : ''),
    },
    {
      heading: 'value / peer',
      cell: (figure) => {
        const ratio = ratioOf(figure);
        return number(ratio === undefined ? '' : `${readable(ratio)} ×`);
      },
    },
  ];
  const limits: readonly Column[] = [
    { heading: 'limit', cell: ({ limit }) => number(limit?.text ?? '') },
    { heading: '', cell: ({ limit }) => `<td>${limit === undefined ? '' : verdict(limit.met)}</td>` },
  ];
  return [
    { heading: 'figure', cell: ({ name }) => `<td>${escape(name)}</td>` },
    { heading: 'value', cell: ({ value, unit }) => number(`${readable(value)} ${unit}`) },
    ...(figures.some(({ peer }) => peer) ? peers : []),
    ...(figures.some(({ limit }) => limit) ? limits : []),
  ];
}

function verdict(met: boolean): string {
  return met ? '✓ kept' : '<span class="missed">✗ not kept</span>';
}

function number(text: string): string {
  return `<td class="number">${escape(text)}</td>`;
}

const style = `
:root { color-scheme: light dark; --ground: #fcfcfb; --ink: #1c1c1a; --quiet: #62625d; --line: #e2e2dd; --axis: #a3a39c;
  --s0: #2a78d6; --s1: #e0662a; --s2: #14875f; --s3: #8a5bd0; --missed: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #1a1a19; --ink: #ececea; --quiet: #a5a59f; --line: #33332f;
  --axis: #6d6d66; --s0: #4f97ee; --s1: #ef8650; --s2: #3db88b; --s3: #ab85e6; --missed: #ff8a80; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 0; }
p { margin: .4rem 0; max-width: 48rem; } .quiet { color: var(--quiet); }
section { margin-top: 2.2rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
figure { margin: 1rem 0; } figcaption { color: var(--quiet); font-size: .85rem; margin-bottom: .2rem; }
svg { display: block; width: 100%; height: auto; }
.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 0 1rem; } .many figure { margin: .6rem 0; }
text { fill: var(--ink); font: 12px system-ui, sans-serif; } .tick { fill: var(--quiet); font-size: 11px; }
.grid { stroke: var(--line); } .axis { stroke: var(--axis); } .bar { fill: var(--s0); } .limit { stroke: var(--ink); stroke-width: 2.5; }
.value { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; font-variant-numeric: tabular-nums; }
text.missed { fill: var(--missed); } .missed { color: var(--missed); }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } .mark { stroke: var(--ground); stroke-width: 1.5; }
.series0 { fill: var(--s0); } .series0 polyline { stroke: var(--s0); } .series1 { fill: var(--s1); } .series1 polyline { stroke: var(--s1); }
.series2 { fill: var(--s2); } .series2 polyline { stroke: var(--s2); } .series3 { fill: var(--s3); } .series3 polyline { stroke: var(--s3); }
.legend { display: flex; gap: 1.2rem; font-size: .85rem; } .legend span { display: flex; align-items: center; gap: .35rem; }
.key { width: 12px; height: 12px; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th { text-align: left; font-weight: 500; color: var(--quiet); } th, td { padding: .18rem 1rem .18rem 0; border-bottom: 1px solid var(--line); }
.number { text-align: right; } details { margin-top: .8rem; } summary { cursor: pointer; color: var(--quiet); font-size: .85rem; }
pre { overflow-x: auto; font-size: .75rem; line-height: 1.4; }
`;
