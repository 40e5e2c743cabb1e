/** A thread of a replay: reads the journal itself and runs the twins that are its own. */

import { enableCompileCache } from 'node:module';
import { setTimeout as later } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../../core/model/index.ts';
import { Outbox } from './outbox.ts';
import type { CheckpointSource, FromReplay, ReplayWork } from './work.ts';

// As in src/adapters/workers/start.ts.
enableCompileCache();
const { readPages } = await import('../../adapters/journal/index.ts');
const { readCheckpointFile } = await import('../../adapters/checkpoint/index.ts');
const { decodeCheckpoint, lookUp, Replayer } = await import('../../engine/index.ts');
const { compileModelDocument } = await import('../../core/model/index.ts');
const { createBackend } = await import('../backend.ts');

await replay(workerData as ReplayWork);

async function replay(work: ReplayWork): Promise<void> {
  const { journal, kernel, models, twins, start, toMs, last, speed } = work;
  const parts = await partsOf(journal, start);
  const told = new Set<number>();
  if (parentPort === null) throw new Error('this is for the inside of a worker thread');
  const outbox = new Outbox(parentPort);
  const checked = new Map<unknown, number>();
  const replayer = new Replayer({
    backend: await createBackend(kernel, () => undefined),
    models,
    twins,
    owns: ownerOf(work),
    parts,
    untilMs: toMs,
    ...trialOf(work),
    onTick: ({ of, ...tick }) => {
      if (!told.has(of.number)) tell({ kind: 'block', block: of });
      told.add(of.number);
      outbox.put({ ...tick, of: of.number });
    },
    onCheckpoint: (part, compared) =>
      tell({ kind: 'checked', savedMs: checked.get(part) ?? part.savedMs, compared }),
  });
  const left = [...work.checks];
  const began = performance.now();
  const beganMs = replayer.atMs;

  /** Waits for whom it feeds, and for the past, if that is to go by at a speed. */
  const rest = async (): Promise<void> => {
    if (outbox.isFull) await outbox.send(replayer.atMs);
    const aheadMs = (replayer.atMs - beganMs) / speed - (performance.now() - began);
    if (aheadMs > 1) await later(aheadMs);
  };

  const first = Math.min(...parts.map((part) => part.journal ?? 0)) + 1;
  /** The record that should come next, and how many did not come. */
  let [due, lost] = [first, 0];
  reading: for await (const page of readPages(journal, first)) {
    const { bytes, spans } = page;
    lost += Math.max(0, Math.min(page.first, last + 1) - due);
    due = Math.max(due, page.first + page.count);
    for (let i = Math.max(0, first - page.first); i < page.count; i++) {
      const number = page.first + i;
      if (number > last || replayer.isOver) break reading;
      for (let [next] = left; next !== undefined && next.needs <= number; [next] = left) {
        left.shift();
        const expected = await partsOf(journal, next);
        for (const part of expected) checked.set(part, next.savedMs);
        replayer.expect(expected);
      }
      const [from = 0, to = 0] = [spans[2 * i], spans[2 * i + 1]];
      replayer.take(number, bytes, { from, to });
      if (outbox.isFull || (i & 255) === 0) await rest();
    }
  }
  for (const next of left) replayer.expect(await partsOf(journal, next));
  const shown = replayer.end();
  await outbox.send(replayer.atMs);
  const tried = replayer.tried();
  const damaged = replayer.counters.damaged + lost;
  tell({ kind: 'done', ...replayer.counters, damaged, shown, ...(tried && { tried }) });
  parentPort?.unref();
}

function trialOf({ trial }: ReplayWork): { trial?: { model: Model; sinceMs: number } } {
  const model = trial && compileModelDocument(trial.document, trial.id).model;
  return model === undefined ? {} : { trial: { model, sinceMs: trial?.sinceMs ?? 0 } };
}

/** Those it begins with, and of those that come a share. */
function ownerOf({ twins, others, thread, threads }: ReplayWork): (id: string) => boolean {
  const [own, foreign] = [new Set(twins.map(({ id }) => id)), new Set(others)];
  return (id) => {
    if (own.has(id) || foreign.has(id)) return own.has(id);
    let sum = 0;
    for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) % threads;
    return sum === thread;
  };
}

async function partsOf(journal: string, { file, content }: CheckpointSource) {
  const bytes = content ?? (await readCheckpointFile(file));
  if (bytes === undefined) {
    tell({ kind: 'unread', file });
    return [];
  }
  const pages = (from: number) => readPages(journal, from);
  return (await lookUp(decodeCheckpoint(bytes).parts, { pages })).parts;
}

function tell(message: FromReplay): void {
  parentPort?.postMessage(message);
}
