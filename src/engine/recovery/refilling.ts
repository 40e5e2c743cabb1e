/**
 * Gives old samples to shards that recover, in batches, with the ticks between them.
 *
 * A shard makes its ticks when it is told that it is later, so it is told only where a tick of some twin falls due between two
 * samples. What is on its way is bounded.
 */

import { type Entry, type Membership, samplesOf, type ShardClient } from '../members/index.ts';
import { putSample, type Sample, sampleColumns } from '../protocol/index.ts';

/** Samples a batch, and samples of all shards that may be on their way. */
const limits = { batch: 4096, onTheirWay: 65_536 } as const;

/** An old sample, without its names. */
export type RefilledSample = Pick<Sample, 'timeMs' | 'value' | 'receivedMs' | 'origin'>;

interface Batch {
  rows: Float64Array<ArrayBuffer>;
  count: number;
}

export class Refilling {
  /** The time of arrival of the newest that was given. */
  atMs = Number.NEGATIVE_INFINITY;
  readonly #batches: ReadonlyMap<ShardClient, Batch>;
  readonly #periodsMs: readonly number[];
  /** When the next tick falls due. */
  #nextDueMs = Number.NEGATIVE_INFINITY;
  #given = 0;

  constructor(clients: readonly ShardClient[], members: Membership) {
    this.#batches = new Map(clients.map((client) => [client, emptyBatch()]));
    this.#periodsMs = [...new Set(Array.from(members.all(), ({ info }) => info.config.periodMs))];
  }

  /** Whether so much is on its way that `flush` is to be waited for. */
  get isFull(): boolean {
    return this.#given >= limits.onTheirWay;
  }

  take({ client, target, trial }: Entry, signal: number, sample: Readonly<RefilledSample>): void {
    if (sample.receivedMs > this.atMs) this.runTo(sample.receivedMs);
    this.#given++;
    if (trial === undefined) this.#put(client, { ...sample, twin: target.index, signal });
    else for (const own of samplesOf(trial, { ...sample, signal })) this.#put(client, own);
  }

  /** Lets the shards make the ticks that were due by then, after what they were given so far. */
  runTo(untilMs: number): void {
    this.atMs = Math.max(this.atMs, untilMs);
    if (untilMs < this.#nextDueMs) return;
    for (const [client, batch] of this.#batches) {
      this.#send(client, batch);
      client.runTo(untilMs);
    }
    this.#nextDueMs = Math.min(
      ...this.#periodsMs.map((periodMs) => (Math.floor(untilMs / periodMs) + 1) * periodMs),
    );
  }

  /** Some twins are not where the others are: the next tick of theirs may be due. */
  runAnew(): void {
    this.#nextDueMs = Number.NEGATIVE_INFINITY;
  }

  /** Resolves once the shards have taken everything so far. */
  async flush(): Promise<void> {
    this.#given = 0;
    for (const [client, batch] of this.#batches) this.#send(client, batch);
    await Promise.all(Array.from(this.#batches.keys(), (client) => client.emptied()));
  }

  #put(client: ShardClient, sample: Sample): void {
    const batch = this.#batches.get(client);
    if (batch === undefined) return;
    const { rows } = batch;
    putSample(rows, batch.count * sampleColumns.count, sample);
    batch.count++;
    if (batch.count * sampleColumns.count === rows.length) this.#send(client, batch);
  }

  #send(client: ShardClient, batch: Batch): void {
    if (batch.count === 0) return;
    client.refill(batch.rows, batch.count);
    // Handed over, the rows are no longer ours.
    batch.rows = emptyBatch().rows;
    batch.count = 0;
  }
}

function emptyBatch(): Batch {
  return { rows: new Float64Array(limits.batch * sampleColumns.count), count: 0 };
}
