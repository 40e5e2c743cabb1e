/**
 * `npm run faults`: breaks a running project on purpose, and counts what that cost.
 *
 * Exit code: 0 nothing was lost, had twice or changed, 1 something was or a fault could not be done, 2 the command line was wrong.
 */

import { parseArgs } from 'node:util';
import { common, readCommandLine } from '../bench/lib/command-line.ts';
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

const options = {
  ...common,
  kills: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '60' },
} as const;

const commandLine = {
  noun: 'fault',
  all: faults,
  usage: 'npm run faults -- [NAME…] [--kills 20] [--seed 1] [--minutes 60] [--json]',
  options: [
    '--kills    how often: kills at random moments; the others take a part of it, each what it needs at least',
    '--minutes  how long the soak takes',
    '--seed     decides the moments and what is sent',
    '--json     one JSON object a line: fault, tried, acknowledged, lost, duplicated, diverged, worst_recovery_s',
  ],
};

process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = readCommandLine(commandLine, readOptions);
  if (typeof wanted === 'number') return wanted;
  const { chosen, tell, begin } = wanted;
  const { json, kills: times, seed, minutes } = wanted.values;
  const outcomes: Outcome[] = [];
  let failed = false;
  for (const fault of chosen) {
    begin(fault);
    const scope = new Scope();
    const interruption = endOnSignal(scope);
    try {
      const outcome = await fault.run({ seed, times, minutes, scope, note: (text) => tell(`  ${text}`) });
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

function readOptions() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const kills = wholeNumber('--kills', values.kills, 1000);
  const seed = wholeNumber('--seed', values.seed, 2 ** 32);
  const minutes = wholeNumber('--minutes', values.minutes, 10_000);
  return { values: { ...values, kills, seed, minutes }, positionals };
}

function wholeNumber(option: string, written: string, most: number): number {
  const number = Number(written);
  if (Number.isSafeInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${option}: \`${written}\` is not a whole number from 1 to ${most}`);
}
