/**
 * What the threads of a replay are told of the past: the journal, read and verified once for all of them, and the checkpoints
 * to compare with, whose samples are looked up in it.
 *
 * Pages of the journal stand in memory that the threads share. So much may be on its way: the slowest thread decides.
 */

import type { MessagePort } from 'node:worker_threads';
import { readCheckpointFile } from '../../adapters/checkpoint/index.ts';
import { readPages } from '../../adapters/journal/index.ts';
import { type Checkpoint, decodeCheckpoint, lookUp } from '../../engine/index.ts';
import { SharedRing } from './ring.ts';
import type { CheckpointSource, FromFed, PastRecords, ToFed } from './work.ts';

const limits = { onTheirWay: 8_388_608, page: 1_048_576 } as const;

/** What there is to tell. */
export interface Past {
  /** Directory of the journal. */
  readonly journal: string;
  /** Numbers of the first and the last record. */
  readonly first: number;
  readonly last: number;
  /** Later checkpoints, in order. */
  readonly checks: readonly CheckpointSource[];
}

/** Hears what there should be and is not. */
export interface Lacking {
  /** Later checkpoints that are damaged, or gone since. */
  readonly unread: string[];
  lacks(records: number): void;
}

export class Feed {
  readonly #ports: readonly MessagePort[];
  readonly #lacking: Lacking;
  readonly #ring = new SharedRing(limits.onTheirWay + limits.page);
  /** Of each page that not all have read: its bytes, and the numbers of the ring that it takes. */
  readonly #onTheirWay: { readonly bytes: number; readonly inRing: number }[] = [];
  /** How many pages each thread has read, and all have. */
  readonly #read: number[];
  #readByAll = 0;
  readonly #over = new Set<number>();
  #isStopped = false;
  #answered: (() => void) | undefined;

  /** @param ports - of the threads. */
  constructor(ports: readonly MessagePort[], lacking: Lacking) {
    this.#ports = ports;
    this.#lacking = lacking;
    this.#read = ports.map(() => 0);
    for (const [thread, port] of ports.entries())
      port.on('message', (said: FromFed) => this.#hear(said, thread));
  }

  /** Resolves once all is told, or the threads want no more, or it was stopped. */
  async tell({ journal, first, last, checks }: Past): Promise<void> {
    const left = [...checks];
    /** The record that should come next. */
    let due = first;
    for await (const { first: number, bytes, spans, count } of readPages(journal, first)) {
      if (number > last || this.#isStopped || this.#over.size === this.#ports.length) break;
      const end = Math.min(number + count, last + 1);
      const from = Math.max(number, due);
      if (end <= from) continue;
      this.#lacking.lacks(from - due);
      due = end;
      for (let [next] = left; next !== undefined && next.needs < end; [next] = left) {
        left.shift();
        await this.#expect(journal, next);
      }
      const asked = spans.subarray(2 * (from - number), 2 * (end - number));
      await this.#records({ first: from, count: end - from, bytes, spans: asked });
    }
    if (this.#isStopped) return;
    for (const next of left) await this.#expect(journal, next);
    this.#post({ kind: 'end' });
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#isStopped = true;
    this.#answered?.();
  }

  async #expect(journal: string, { file, content, savedMs }: CheckpointSource): Promise<void> {
    const bytes = content ?? (await readCheckpointFile(file));
    if (bytes === undefined) this.#lacking.unread.push(file);
    else this.#post({ kind: 'expect', savedMs, parts: await wholeParts(journal, decodeCheckpoint(bytes)) });
  }

  async #records({ first, count, bytes, spans }: PastRecords): Promise<void> {
    const [from = 0, to = 0] = [spans[0], spans.at(-1)];
    const room = this.#ring.room(Math.ceil((to - from) / Float64Array.BYTES_PER_ELEMENT));
    const copy = new Uint8Array(room.buffer, room.byteOffset, to - from);
    copy.set(bytes.subarray(from, to));
    this.#onTheirWay.push({ bytes: copy.length, inRing: this.#ring.taken() });
    this.#post({ kind: 'records', first, count, bytes: copy, spans: spans.map((at) => at - from) });
    while (
      !this.#isStopped &&
      this.#onTheirWay.reduce((sum, page) => sum + page.bytes, 0) > limits.onTheirWay
    ) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#answered = resolve;
      await promise;
    }
  }

  #post(message: ToFed): void {
    for (const port of this.#ports) port.postMessage(message);
  }

  #hear({ isOver }: FromFed, thread: number): void {
    this.#read[thread] = (this.#read[thread] ?? 0) + 1;
    if (isOver) this.#over.add(thread);
    for (; this.#readByAll < Math.min(...this.#read); this.#readByAll++)
      this.#ring.free(this.#onTheirWay.shift()?.inRing ?? 0);
    this.#answered?.();
  }
}

/** The parts of a checkpoint with all samples that it refers to. */
export async function wholeParts(journal: string, { parts }: Checkpoint): Promise<Checkpoint['parts']> {
  const pages = (from: number) => readPages(journal, from);
  return (await lookUp(parts, { pages })).parts;
}
