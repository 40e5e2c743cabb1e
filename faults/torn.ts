/**
 * Tears and cuts the journal's end while the engine lies killed.
 *
 * Torn: what a crash leaves in the middle of a write, part of a record or noise, stands behind the last record. It must be
 * found and cut, and cost nothing. Every second time the newest checkpoint is spoiled as well: the one before it must do.
 *
 * Cut: a disk that lies loses or garbles some of what it had confirmed, at any byte. Everything before that place must be
 * there afterwards, and the journal must go on; how many acknowledged samples the disk took is told, and is no loss.
 */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { keyOf } from './lib/ledger.ts';
import { recordedSamples } from './lib/reference.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

export const torn: Fault = {
  name: 'torn',
  summary:
    "a killed engine's journal ends in half a record, in noise, or too early; its checkpoint is spoiled",
  async run(context: Context): Promise<Outcome> {
    const { seed, scope, note } = context;
    const times = roundsOf(context);
    const rng = new Rng(seed);
    const trial = await Trial.make(scope, seed);
    trial.launch();
    await trial.recovered();
    for (let i = 0; i < times; i++) {
      await wait(200 + 800 * rng.uniform());
      await trial.kill();
      tear(trial.journal, rng);
      if (rng.uniform() < 0.5) spoilCheckpoint(path.join(trial.directory, '.gemel'), rng);
      trial.launch();
      await trial.recovered();
    }
    const account = await trial.account();
    note(`torn ${times} times; now the same with what was confirmed`);
    const { taken, missing } = await cutOften(context, rng);
    note(`cut ${times} times: the disk took ${taken} acknowledged samples, and ${missing} more are missing`);
    return {
      fault: torn.name,
      tried: 2 * times,
      ...account,
      lost: account.lost + missing,
      broken: [],
    };
  },
};

/** @returns how many acknowledged samples went with what was cut, and how many of those before the cut are missing. */
async function cutOften(context: Context, rng: Rng): Promise<{ taken: number; missing: number }> {
  const { seed, scope } = context;
  const trial = await Trial.make(scope, seed + 1);
  trial.launch();
  await trial.recovered();
  let [taken, missing] = [0, 0];
  for (let i = 0; i < roundsOf(context); i++) {
    await wait(200 + 800 * rng.uniform());
    await trial.kill();
    cut(trial.journal, rng);
    // What an independent reader finds before the damage is what must be there.
    const before = (await recordedSamples(trial.journal)).map(keyOf);
    taken += trial.forgetAllBut(new Set(before));
    trial.launch();
    await trial.recovered();
    // What is acknowledged while the journal is read may stand behind what is found.
    const told = new Set([...before, ...trial.ledger.acknowledged.keys()]);
    const after = new Set((await recordedSamples(trial.journal)).map(keyOf));
    missing += [...told].filter((key) => !after.has(key)).length;
  }
  await trial.end();
  return { taken, missing };
}

function roundsOf({ times }: Context): number {
  return Math.max(2, Math.ceil(times / 4));
}

function newestSegment(directory: string): string {
  const [newest = ''] = readdirSync(directory).toSorted().toReversed();
  return path.join(directory, newest);
}

/** As if a write had been under way. */
function tear(directory: string, rng: Rng): void {
  const file = newestSegment(directory);
  const bytes = readFileSync(file);
  const length = 1 + rng.below(200);
  // The beginning of an older record would be taken for good if its number were not part of the checksum.
  const tail =
    rng.uniform() < 0.5 ? bytes.subarray(24, 24 + length) : Uint8Array.from({ length }, () => rng.below(256));
  writeFileSync(file, Buffer.concat([bytes, tail]));
}

/** Changes a byte of the newest, or cuts it off there, if there is another. */
function spoilCheckpoint(directory: string, rng: Rng): void {
  const files = readdirSync(directory)
    .filter((name) => /^checkpoint-[ab]$/.test(name))
    .map((name) => path.join(directory, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const [newest, other] = files;
  if (newest === undefined || other === undefined) return;
  const bytes = Buffer.from(readFileSync(newest));
  const at = rng.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(newest, rng.uniform() < 0.5 ? bytes : bytes.subarray(0, at));
}

/** Somewhere within the last two kilobytes. */
function cut(directory: string, rng: Rng): void {
  const file = newestSegment(directory);
  const bytes = Buffer.from(readFileSync(file));
  const at = Math.max(0, bytes.length - 1 - rng.below(2000));
  if (rng.uniform() < 0.5) {
    writeFileSync(file, bytes.subarray(0, at));
    return;
  }
  bytes[at] = (bytes[at] ?? 0) ^ (1 + rng.below(255));
  writeFileSync(file, bytes);
}
