/**
 * Takes the history away for a while: another program holds its file locked, so that nothing can be written. Twins tick and machines are
 * served meanwhile, and afterwards the history has every sample of every sensor, and every tick, without a hole.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { wait } from '../bench/lib/scope.ts';
import { look, missedBetween, sumOf } from './lib/look.ts';
import { periodMs, twinIds } from './lib/project.ts';
import { recordedSamples } from './lib/reference.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

const missedAtMost = 0.02;
/** A sample comes up to 5 s after its time; what was gathered is written every half second, and tried again every second. */
const writtenMs = 6000;
/** Between two ticks in the history: one may be late, and come together with the next. */
const holeMs = 3 * periodMs;

export const historyAway: Fault = {
  name: 'history-away',
  summary: 'the history cannot be written for up to a minute, and has no hole afterwards',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const trial = await Trial.make(scope, seed, { more: ['history: { every: 0.2 s }'] });
    trial.launch();
    await trial.recovered();
    await wait(3000);
    const beganMs = Date.now();
    const before = await look(trial);
    const file = join(trial.directory, '.gemel', 'history.sqlite');
    const rounds = Math.max(1, Math.floor(times / 100));
    const awayMs = Math.min(60_000, 1000 * times);
    for (let round = 0; round < rounds; round++) {
      const give = take(file);
      await wait(awayMs);
      // A fault that does nothing proves nothing.
      if (sumOf(await trial.get('/metrics'), 'gemel_history_waiting') === 0)
        throw new Error('nothing waits for the history');
      give();
      await wait(2000);
    }
    await wait(writtenMs);
    const endedMs = Date.now() - writtenMs;
    const after = await look(trial);
    const found = await holes(trial, { fromMs: beganMs, toMs: endedMs });
    note(
      `away ${rounds} × ${awayMs / 1000} s: ${found.samples} samples of sensors and ${found.ticks} ticks looked for`,
    );
    const missed = missedBetween(before, after);
    const broken = [
      ...found.broken,
      ...(missed <= missedAtMost ? [] : [`${(100 * missed).toFixed(1)} % of the ticks were late`]),
    ];
    return { fault: historyAway.name, tried: rounds, ...(await trial.account()), broken };
  },
};

/** Holds the file so that nobody else can write it. @returns what lets go. */
function take(file: string): () => void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the journal has and the history has not, and ticks that are further apart than they were made. */
async function holes(
  trial: Trial,
  { fromMs, toMs }: Span,
): Promise<{ readonly samples: number; readonly ticks: number; readonly broken: readonly string[] }> {
  const recorded = await recordedSamples(trial.journal);
  const broken: string[] = [];
  let samples = 0;
  let ticks = 0;
  for (const twin of twinIds) {
    const read = async (signal: string) => {
      const query = `signal=${encodeURIComponent(signal)}&from=${fromMs}&to=${toMs}`;
      const answer: unknown = JSON.parse(await trial.get(`/api/v1/twins/${twin}/history?${query}`));
      const { signals } = answer as { readonly signals: readonly { readonly times: readonly number[] }[] };
      return signals[0]?.times ?? [];
    };
    // The history counts in milliseconds.
    const present = new Set((await read('measured thermometer')).map(Math.floor));
    const wanted = recorded.filter(
      (one) =>
        one.twin === twin &&
        one.signal === 'thermometer' &&
        one.timeMs >= fromMs + 1 &&
        one.timeMs < toMs - 1,
    );
    const missing = wanted.filter(
      ({ timeMs }) => !present.has(Math.floor(timeMs)) && !present.has(Math.round(timeMs)),
    );
    samples += wanted.length;
    if (missing.length > 0)
      broken.push(`${twin}: the history lacks ${missing.length} of ${wanted.length} samples`);
    const times = await read('temperature');
    ticks += times.length;
    const gaps = times.flatMap((at, i) => (i > 0 && at - (times[i - 1] ?? at) > holeMs ? [at] : []));
    if (gaps.length > 0) broken.push(`${twin}: the history has ${gaps.length} holes between ticks`);
  }
  return { samples, ticks, broken };
}
