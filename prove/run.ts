/**
 * `npm run prove`: holds what the program says of machines against what is known of them: published results, closed
 * forms, simulated machines whose truth is known, recorded ones.
 *
 * Exit code: 0 every limit is met, 1 one is not or a proof could not be run, 2 the command line was wrong.
 */

import { parseArgs } from 'node:util';
import { common, readCommandLine } from '../bench/lib/command-line.ts';
import { consistency } from './consistency.ts';
import { kalman } from './kalman.ts';
import { rig } from './rig.ts';
import { tanks } from './tanks.ts';
import { type Finding, type Proof, toJsonLine, toTable } from './lib/report.ts';
import { temperature } from './temperature.ts';

const proofs: readonly Proof[] = [kalman, consistency, tanks, rig, temperature];

const options = { ...common, quick: { type: 'boolean', default: false } } as const;

const commandLine = {
  noun: 'proof',
  all: proofs,
  usage: 'npm run prove -- [NAME…] [--json] [--quick]',
  options: [
    '--json   one JSON object a line: name, value, unit, limit, met',
    '--quick  fewer runs; limits are then not to be trusted',
  ],
};

process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = readCommandLine(commandLine, () => parseArgs({ allowPositionals: true, options }));
  if (typeof wanted === 'number') return wanted;
  const { chosen, tell, begin } = wanted;
  const { json, quick } = wanted.values;
  const findings: Finding[] = [];
  let failed = false;
  for (const proof of chosen) {
    begin(proof);
    try {
      const found = await proof.run({ quick, note: (text) => tell(`  ${text}`) });
      if (json) for (const finding of found) console.log(toJsonLine(finding));
      findings.push(...found);
    } catch (error) {
      failed = true;
      console.error(`${proof.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (!json && findings.length > 0) console.log(`\n${toTable(findings)}`);
  return failed || findings.some(({ limit }) => limit?.met === false) ? 1 : 0;
}
