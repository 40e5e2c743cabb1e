/** A thread of a replay: runs the twins that are its own through the past that it is told. */

import { on } from 'node:events';
import { enableCompileCache } from 'node:module';
import { setTimeout as later } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../../core/model/index.ts';
import type { Checkpoint } from '../../engine/index.ts';
import type { FromFed, FromReplay, PastRecords, ReplayStart, ReplayWork, ToFed } from './work.ts';

// As in src/adapters/workers/start.ts.
enableCompileCache();
const { Outbox } = await import('./outbox.ts');
const { Replayer } = await import('../../engine/index.ts');
const { compileModelDocument } = await import('../../core/model/index.ts');
const { createBackend } = await import('../backend.ts');

if (parentPort === null) throw new Error('this is for the inside of a worker thread');
const port = parentPort;
await listen((workerData as ReplayStart).feed);
port.unref();

async function listen(feed: MessagePort): Promise<void> {
  let replay: Replay | undefined;
  for await (const [message] of on(feed, 'message') as AsyncIterable<readonly [ToFed]>) {
    switch (message.kind) {
      case 'begin':
        replay = await begin(message.work);
        break;
      case 'records':
        await replay?.take(message);
        feed.postMessage({ isOver: replay?.isOver === true } satisfies FromFed);
        break;
      case 'expect':
        replay?.expect(message.savedMs, message.parts);
        break;
      case 'end':
        await replay?.end();
        return;
    }
  }
}

interface Replay {
  readonly isOver: boolean;
  take(records: PastRecords): Promise<void>;
  expect(savedMs: number, parts: Checkpoint['parts']): void;
  end(): Promise<void>;
}

async function begin(work: ReplayWork): Promise<Replay> {
  const { kernel, models, twins, parts, toMs, speed } = work;
  const told = new Set<number>();
  const outbox = new Outbox(port);
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
  const began = performance.now();
  const beganMs = replayer.atMs;

  /** Waits for whom it feeds, and for the past, if that is to go by at a speed. */
  const rest = async (): Promise<void> => {
    if (outbox.isFull) await outbox.send(replayer.atMs);
    const aheadMs = (replayer.atMs - beganMs) / speed - (performance.now() - began);
    if (aheadMs > 1) await later(aheadMs);
  };

  return {
    get isOver() {
      return replayer.isOver;
    },
    async take({ first, count, bytes, spans }) {
      for (let i = 0; i < count && !replayer.isOver; i++) {
        replayer.take(first + i, bytes, { from: spans[2 * i] ?? 0, to: spans[2 * i + 1] ?? 0 });
        if (outbox.isFull || (i & 255) === 0) await rest();
      }
    },
    expect(savedMs, expected) {
      for (const part of expected) checked.set(part, savedMs);
      replayer.expect(expected);
    },
    async end() {
      const shown = replayer.end();
      await outbox.send(replayer.atMs);
      const tried = replayer.tried();
      tell({ kind: 'done', ...replayer.counters, shown, ...(tried && { tried }) });
    },
  };
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

function tell(message: FromReplay): void {
  port.postMessage(message);
}
