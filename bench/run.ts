/**
 * `npm run bench`: measures what the project promises, beside the peers it is compared with, and writes a page.
 *
 * Exit code: 0 measured (whether a limit is met is in the table), 1 a benchmark could not be run, 2 the command line
 * was wrong.
 */

import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { compile } from './compile.ts';
import { filterPump } from './filter-pump.ts';
import { detect } from './detect.ts';
import { fleet1000 } from './fleet-1000.ts';
import { fleet10000 } from './fleet-10000.ts';
import { history } from './history.ts';
import { ingest } from './ingest.ts';
import { httpState } from './http-state.ts';
import { kernelPump } from './kernel-pump.ts';
import { kernelScale } from './kernel-scale.ts';
import { kernelTutorial } from './kernel-tutorial.ts';
import { common, readCommandLine } from './lib/command-line.ts';
import { root } from './lib/engine.ts';
import { type Section, toPage } from './lib/page.ts';
import { type Bench, describeMachine, type Plot, toJsonLine, toTable } from './lib/report.ts';
import { endOnSignal } from './lib/interruption.ts';
import { Scope } from './lib/scope.ts';
import { math } from './math.ts';
import { memory } from './memory.ts';
import { recovery } from './recovery.ts';
import { replay } from './replay.ts';
import { start } from './start.ts';
import { workPrecision } from './work-precision.ts';

const benches: readonly Bench[] = [
  start,
  check,
  httpState,
  fleet1000,
  fleet10000,
  memory,
  detect,
  history,
  recovery,
  ingest,
  replay,
  kernelPump,
  kernelTutorial,
  kernelScale,
  filterPump,
  compile,
  math,
  workPrecision,
];

const options = {
  ...common,
  quick: { type: 'boolean', default: false },
  page: { type: 'string' },
} as const;

const commandLine = {
  noun: 'benchmark',
  all: benches,
  usage: 'npm run bench -- [NAME…] [--json] [--quick] [--page FILE]',
  options: [
    '--json   one JSON object a line: name, value, unit, peer, peer_value, ratio (value by peer_value)',
    '--quick  shorter and less exact',
    '--page   writes tables and plots into that file; bench-report.html if all are run and no --json is given',
    'NAME may be `kernel`, too: all that concerns kernels',
  ],
};

/** Written when everything is run; git does not see it. */
const defaultPage = join(root, 'bench-report.html');

process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = readCommandLine(commandLine, () => parseArgs({ allowPositionals: true, options }));
  if (typeof wanted === 'number') return wanted;
  const { chosen, tell, begin } = wanted;
  const {
    json,
    quick,
    page = chosen.length === benches.length && !json ? defaultPage : undefined,
  } = wanted.values;
  const machine = describeMachine();
  if (!json) console.log(machine);
  const sections: Section[] = [];
  for (const bench of chosen) {
    begin(bench);
    const section = await runOne(bench, { quick, tell });
    if (section === undefined) return 1;
    if (section.failure !== undefined) console.error(`${bench.name}: ${section.failure}`);
    if (json) for (const figure of section.figures) console.log(toJsonLine(figure));
    sections.push(section);
  }
  const figures = sections.flatMap((section) => section.figures);
  if (!json && figures.length > 0) console.log(`\n${toTable(figures)}`);
  if (page !== undefined) {
    writeFileSync(page, toPage({ machine, when: new Date(), quick, sections }));
    tell(`\nthe page with all plots: ${relative(process.cwd(), page)}`);
  }
  return sections.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

interface RunOptions {
  readonly quick: boolean;
  readonly tell: (text: string) => void;
}

/** Undefined if it was interrupted. */
async function runOne(bench: Bench, { quick, tell }: RunOptions): Promise<Section | undefined> {
  const { name, about } = bench;
  const notes: string[] = [];
  const plots: Plot[] = [];
  const note = (text: string): void => {
    notes.push(text);
    tell(`  ${text}`);
  };
  const scope = new Scope();
  const interruption = endOnSignal(scope);
  try {
    const figures = await bench.run({ scope, quick, note, plot: (plot) => plots.push(plot) });
    return { name, about, figures, plots, notes };
  } catch (error) {
    if (interruption.came()) return undefined;
    const failure = error instanceof Error ? error.message : String(error);
    return { name, about, figures: [], plots, notes, failure };
  } finally {
    await scope.end();
    interruption.release();
  }
}
