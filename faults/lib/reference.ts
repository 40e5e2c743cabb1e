/** What the twins would be if nothing had happened: the journal's samples, in order of arrival, given to an engine that never stops. */

import { existsSync, linkSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readJournal } from '../../src/adapters/journal/index.ts';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  decodeSamples,
  type RecordedSample,
} from '../../src/engine/index.ts';
import { atticOf } from './breakable.ts';
import { keyOf } from './ledger.ts';
import { periodMs, readProject } from './project.ts';

/** All samples of the journal, in order of arrival; those that came twice are there twice. */
export async function recordedSamples(directory: string): Promise<readonly RecordedSample[]> {
  const samples: RecordedSample[] = [];
  const whole = gathered(directory);
  for await (const { number, content } of readJournal(whole ?? directory)) {
    // The first byte is the kind of the record.
    if (content[0] !== 1) continue;
    const some = decodeSamples(content);
    if (some === undefined) throw new Error(`record ${number} is not whole`);
    samples.push(...some);
  }
  if (whole !== undefined) rmSync(whole, { recursive: true });
  return samples;
}

/** The segments that are there beside those that were deleted; undefined if none were. */
function gathered(journal: string): string | undefined {
  const attic = atticOf(journal);
  if (!existsSync(attic)) return undefined;
  const whole = mkdtempSync(path.join(journal, '..', 'whole-'));
  for (const name of readdirSync(journal)) linkSync(path.join(journal, name), path.join(whole, name));
  // One without a record may have been deleted, and another made by its name.
  for (const name of readdirSync(attic)) {
    if (!existsSync(path.join(whole, name))) linkSync(path.join(attic, name), path.join(whole, name));
  }
  return whole;
}

export interface ReferenceOptions {
  readonly project: string;
  readonly samples: readonly RecordedSample[];
  /** When each twin was born. */
  readonly bornMs: ReadonlyMap<string, number>;
  /** The tick that is asked for. */
  readonly untilMs: number;
}

/** The states at `untilMs`, as text, by twin. Each sample is given once, the first time that it came. */
export async function referenceStates(options: ReferenceOptions): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  for (const bornMs of new Set(options.bornMs.values())) {
    for (const [id, text] of await statesOf(bornMs, options)) states.set(id, text);
  }
  return states;
}

/** Of the twins that were born at one time. */
async function statesOf(fromMs: number, options: ReferenceOptions): Promise<ReadonlyMap<string, string>> {
  const { models, twins: all } = readProject(options.project);
  const twins = all.filter(({ id }) => options.bornMs.get(id) === fromMs);
  const clock = createManualClock(fromMs);
  const fleet = await createFleet({ models, twins, clock, shards: [createLocalShard(clock)] });
  const given = new Set<string>();
  for (const sample of options.samples) {
    if (options.bornMs.get(sample.twin) !== fromMs || sample.receivedMs >= options.untilMs) continue;
    if (given.has(keyOf(sample))) continue;
    given.add(keyOf(sample));
    await clock.advance(Math.max(0, sample.receivedMs - clock.nowMs()));
    const { refused } = fleet.setInputs(sample.twin, { [sample.signal]: sample.value }, sample.timeMs);
    if (refused[0] !== undefined) throw new Error(`the reference refuses a sample: ${refused[0].message}`);
  }
  await clock.advance(options.untilMs + periodMs / 2 - clock.nowMs());
  const states = new Map(twins.map(({ id }) => [id, fleet.snapshot(id)?.toJson() ?? '']));
  await fleet.stop();
  return states;
}
