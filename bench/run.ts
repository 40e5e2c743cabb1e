/**
 * `npm run bench`: measures what the project promises, beside the peers it is compared with.
 *
 * Exit code: 0 measured (whether a limit is met is in the table), 1 a benchmark could not be run, 2 the command line
 * was wrong.
 */

import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { fleet1000 } from './fleet-1000.ts';
import { httpState } from './http-state.ts';
import { compile } from './compile.ts';
import { kernelPump } from './kernel-pump.ts';
import { kernelScale } from './kernel-scale.ts';
import { kernelTutorial } from './kernel-tutorial.ts';
import { type Bench, describeMachine, type Figure, toJsonLine, toTable } from './lib/report.ts';
import { Scope } from './lib/scope.ts';
import { math } from './math.ts';
import { start } from './start.ts';
import { workPrecision } from './work-precision.ts';

const benches: readonly Bench[] = [
  start,
  check,
  httpState,
  fleet1000,
  kernelPump,
  kernelTutorial,
  kernelScale,
  compile,
  math,
  workPrecision,
];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'number') return wanted;
  const { chosen, json, quick } = wanted;
  const tell = (text: string) => (json ? console.error(text) : console.log(text));
  if (!json) console.log(describeMachine());
  const figures: Figure[] = [];
  let failed = false;
  for (const bench of chosen) {
    if (process.stderr.isTTY) console.error(`… ${bench.name}`);
    const scope = new Scope();
    const interruption = endOnSignal(scope);
    try {
      const found = await bench.run({
        scope,
        quick,
        note: (text) => tell(`  ${text}`),
        plot: () => undefined,
      });
      if (json) for (const figure of found) console.log(toJsonLine(figure));
      figures.push(...found);
    } catch (error) {
      if (interruption.came()) return 1;
      failed = true;
      console.error(`${bench.name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await scope.end();
      interruption.release();
    }
  }
  if (!json && figures.length > 0) console.log(`\n${toTable(figures)}`);
  return failed ? 1 : 0;
}

interface Wanted {
  readonly chosen: readonly Bench[];
  readonly json: boolean;
  readonly quick: boolean;
}

/** What to do, or the exit code if nothing is to be done. */
function readArguments(args: readonly string[]): Wanted | number {
  const options = {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      console.log(help());
      return 0;
    }
    const unknown = positionals.find((name) => !benches.some((bench) => answersTo(bench, name)));
    if (unknown !== undefined) throw new Error(`no benchmark ${unknown}`);
    const chosen =
      positionals.length === 0
        ? benches
        : benches.filter((bench) => positionals.some((name) => answersTo(bench, name)));
    return { chosen, json: values.json, quick: values.quick };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help()}`);
    return 2;
  }
}

function answersTo(bench: Bench, name: string): boolean {
  return name === bench.name || name === bench.group;
}

function help(): string {
  const width = Math.max(...benches.map(({ name }) => name.length));
  const list = benches.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'npm run bench -- [NAME…] [--json] [--quick]',
    '',
    ...list,
    '',
    '  --json   one JSON object a line: name, value, unit, peer, peer_value, ratio (value by peer_value)',
    '  --quick  shorter and less exact',
  ].join('\n');
}

interface Interruption {
  came(): boolean;
  release(): void;
}

/** Ctrl-C leaves no process and no directory behind. */
function endOnSignal(scope: Scope): Interruption {
  let came = false;
  const end = (signal: NodeJS.Signals) => {
    came = true;
    console.error(`\n${signal}: ending what was started`);
    void scope.end().finally(() => process.exit(1));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return {
    came: () => came,
    release() {
      for (const signal of signals) process.off(signal, end);
    },
  };
}
