/**
 * `npm run prove`: holds what the program says of machines against what is known of them: published results, closed
 * forms, simulated machines whose truth is known, recorded ones.
 *
 * Exit code: 0 every limit is met, 1 one is not or a proof could not be run, 2 the command line was wrong.
 */

import { parseArgs } from 'node:util';
import { consistency } from './consistency.ts';
import { kalman } from './kalman.ts';
import { rig } from './rig.ts';
import { tanks } from './tanks.ts';
import { type Finding, type Proof, toJsonLine, toTable } from './lib/report.ts';
import { temperature } from './temperature.ts';

const proofs: readonly Proof[] = [kalman, consistency, tanks, rig, temperature];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (typeof wanted === 'number') return wanted;
  const { chosen, json, quick } = wanted;
  const findings: Finding[] = [];
  let failed = false;
  for (const proof of chosen) {
    if (process.stderr.isTTY) console.error(`… ${proof.name}`);
    const note = (text: string) => (json ? console.error(text) : console.log(`  ${text}`));
    try {
      const found = await proof.run({ quick, note });
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

interface Wanted {
  readonly chosen: readonly Proof[];
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
    const unknown = positionals.find((name) => !proofs.some((proof) => proof.name === name));
    if (unknown !== undefined) throw new Error(`no proof ${unknown}`);
    const chosen =
      positionals.length === 0 ? proofs : proofs.filter(({ name }) => positionals.includes(name));
    return { chosen, json: values.json, quick: values.quick };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help()}`);
    return 2;
  }
}

function help(): string {
  const width = Math.max(...proofs.map(({ name }) => name.length));
  const list = proofs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'npm run prove -- [NAME…] [--json] [--quick]',
    '',
    ...list,
    '',
    '  --json   one JSON object a line: name, value, unit, limit, met',
    '  --quick  fewer runs; limits are then not to be trusted',
  ].join('\n');
}
