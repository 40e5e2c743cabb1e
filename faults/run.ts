/**
 * `npm run faults`: breaks a running project on purpose, and counts what that cost.
 *
 * Exit code: 0 nothing was lost, had twice or changed, 1 something was or a fault could not be done, 2 the command line was wrong.
 */

import { parseArgs } from 'node:util';
import { endOnSignal } from '../bench/lib/interruption.ts';
import { Scope } from '../bench/lib/scope.ts';
import { broker } from './broker.ts';
import { clock } from './clock.ts';
import { diskFull } from './disk-full.ts';
import { failPoints } from './fail-points.ts';
import { flood } from './flood.ts';
import { historyAway } from './history-away.ts';
import { ioErrors } from './io-errors.ts';
import { kill } from './kill.ts';
import { type Fault, isGood, type Outcome, toJsonLine, toTable } from './lib/report.ts';
import { network } from './network.ts';
import { soak } from './soak.ts';
import { swaps } from './swaps.ts';
import { torn } from './torn.ts';

const faults: readonly Fault[] = [
  kill,
  failPoints,
  swaps,
  torn,
  diskFull,
  ioErrors,
  historyAway,
  clock,
  network,
  broker,
  flood,
  soak,
];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'number') return wanted;
  const { chosen, json, times, seed, minutes } = wanted;
  const outcomes: Outcome[] = [];
  let failed = false;
  for (const fault of chosen) {
    const scope = new Scope();
    const interruption = endOnSignal(scope);
    const note = (text: string) => (json ? console.error(text) : console.log(`  ${text}`));
    try {
      const outcome = await fault.run({ seed, times, minutes, scope, note });
      if (json) console.log(toJsonLine(outcome));
      for (const text of outcome.broken) console.error(`${fault.name}: ${text}`);
      outcomes.push(outcome);
    } catch (error) {
      failed = true;
      console.error(`${fault.name}: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      interruption.release();
      await scope.end();
    }
  }
  if (!json && outcomes.length > 0) console.log(`\n${toTable(outcomes)}`);
  return failed || !outcomes.every(isGood) ? 1 : 0;
}

interface Wanted {
  readonly chosen: readonly Fault[];
  readonly json: boolean;
  readonly times: number;
  readonly seed: number;
  readonly minutes: number;
}

/** What to do, or the exit code if nothing is to be done. */
function readArguments(args: readonly string[]): Wanted | number {
  const options = {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      console.log(help());
      return 0;
    }
    const unknown = positionals.find((name) => !faults.some((fault) => fault.name === name));
    if (unknown !== undefined) throw new Error(`no fault ${unknown}`);
    const chosen =
      positionals.length === 0
        ? faults.filter(({ isLong }) => isLong !== true)
        : faults.filter(({ name }) => positionals.includes(name));
    const times = wholeNumber('--kills', values.kills, 1000);
    const minutes = wholeNumber('--minutes', values.minutes, 10_000);
    return { chosen, json: values.json, times, minutes, seed: wholeNumber('--seed', values.seed, 2 ** 32) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help()}`);
    return 2;
  }
}

function wholeNumber(option: string, written: string, most: number): number {
  const number = Number(written);
  if (Number.isSafeInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${option}: \`${written}\` is not a whole number from 1 to ${most}`);
}

function help(): string {
  const width = Math.max(...faults.map(({ name }) => name.length));
  const list = faults.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'npm run faults -- [NAME…] [--kills 20] [--seed 1] [--minutes 60] [--json]',
    '',
    ...list,
    '',
    '  --kills    how often: kills at random moments; the others take a part of it, each what it needs at least',
    '  --minutes  how long the soak takes',
    '  --seed     decides the moments and what is sent',
    '  --json     one JSON object a line: fault, tried, acknowledged, lost, duplicated, diverged, worst_recovery_s',
  ].join('\n');
}
