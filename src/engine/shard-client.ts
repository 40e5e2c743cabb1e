/**
 * The fleet's end of the line to one shard: batches of samples out, answers to requests back.
 *
 * A sample that comes alone leaves at once; those that follow within two milliseconds leave together. At most
 * 65,536 may be on their way without the shard having said that it has them, and 1,000 requests without an answer: a
 * worker that hangs must not fill the memory.
 */

import { GemelError } from '../core/diagnose/index.ts';
import type { CheckpointPart } from './checkpoint.ts';
import type { Sample } from './ingest.ts';
import { type FromShard, type ShardCounters, sampleColumns, type ToShard } from './messages.ts';
import { createStopController } from './platform.ts';
import type { Clock, ShardLink } from './ports.ts';

const limits = { onTheirWay: 65_536, requests: 1000, batch: 512, gatherMs: 2 } as const;

/** What comes without having been asked for, and the end. */
export interface ShardListener {
  onMessage(message: Exclude<FromShard, { kind: 'acknowledged' | 'failed' }>): void;
  onFailed(message: string): void;
}

type Answer = Extract<FromShard, { kind: 'stepped' | 'added' | 'removed' | 'checkpoint' }>;
type Request =
  | Omit<Extract<ToShard, { kind: 'step' }>, 'request'>
  | Omit<Extract<ToShard, { kind: 'add' }>, 'request'>
  | Omit<Extract<ToShard, { kind: 'remove' }>, 'request'>
  | { readonly kind: 'checkpoint' | 'stop'; readonly position?: number };

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: GemelError) => void;
}

export class ShardClient {
  /** Why the shard ended; undefined while it lives. */
  failure: string | undefined;
  /** As of its newest report. */
  counters: ShardCounters | undefined;
  /** What computes there; undefined until it has started. */
  kernel: string | undefined;
  /** The newest checkpoint, for the case that it dies before the next. */
  parts: readonly CheckpointPart[] = [];
  readonly #link: ShardLink;
  readonly #clock: Clock;
  readonly #listener: ShardListener;
  readonly #waiting = new Map<number, Waiting>();
  readonly #stop = createStopController();
  readonly #emptied: (() => void)[] = [];
  #requests = 0;
  #batch = new Float64Array(limits.batch * sampleColumns.count);
  #batched = 0;
  #unacknowledged = 0;
  #flushing = false;
  #flushedMs = Number.NEGATIVE_INFINITY;

  constructor(link: ShardLink, clock: Clock, listener: ShardListener) {
    this.#link = link;
    this.#clock = clock;
    this.#listener = listener;
    link.onMessage((message) => this.#receive(message));
  }

  get onTheirWay(): number {
    return this.#batched + this.#unacknowledged;
  }

  start(message: Extract<ToShard, { kind: 'start' }>): void {
    this.#link.send(message);
  }

  /** Takes a sample on its way, or says why not. */
  forward({ twin, signal, timeMs, value, receivedMs }: Sample): 'queue-full' | 'unavailable' | undefined {
    if (this.failure !== undefined || this.#stop.signal.aborted) return 'unavailable';
    if (this.onTheirWay >= limits.onTheirWay) return 'queue-full';
    const at = this.#batched * sampleColumns.count;
    this.#batch[at + sampleColumns.twin] = twin;
    this.#batch[at + sampleColumns.signal] = signal;
    this.#batch[at + sampleColumns.timeMs] = timeMs;
    this.#batch[at + sampleColumns.value] = value;
    this.#batch[at + sampleColumns.receivedMs] = receivedMs;
    this.#batched++;
    if (this.#batched === limits.batch) this.#flush();
    else if (!this.#flushing) this.#flushSoon();
    return undefined;
  }

  /** Says something that is not answered, after the samples before it. */
  tell(message: Extract<ToShard, { kind: 'run-to' | 'go' }>): void {
    this.#flush();
    if (this.failure === undefined) this.#link.send(message);
  }

  /** Resolves once the shard has every sample so far, or is no more. */
  emptied(): Promise<void> {
    this.#flush();
    if (this.onTheirWay === 0 || this.failure !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** A frame was taken. */
  taken(block: number): void {
    this.#link.send({ kind: 'taken', block });
  }

  /** Rejects with GemelError `WORKER_FAILED` if the shard has died, or dies before it answers; `FLEET_BUSY` at the limit. */
  request(request: Request): Promise<Answer> {
    if (this.failure !== undefined) return Promise.reject(workerFailed(this.failure));
    if (this.#waiting.size >= limits.requests && request.kind === 'step') {
      return Promise.reject(
        new GemelError('FLEET_BUSY', `${limits.requests} steps wait for this worker already`),
      );
    }
    this.#flush();
    const number = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#link.send({ ...request, request: number });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#link.close();
  }

  #receive(message: FromShard): void {
    switch (message.kind) {
      case 'acknowledged':
        this.#unacknowledged -= message.samples;
        if (this.onTheirWay === 0) for (const resolve of this.#emptied.splice(0)) resolve();
        break;
      case 'failed':
        this.#fail(message.message);
        break;
      default:
        this.counters = message.report.counters;
        if (message.kind === 'checkpoint') this.parts = message.parts;
        if (message.kind === 'ready') this.kernel = message.kernel;
        // First what it says of the twins, then whoever waits for it.
        this.#listener.onMessage(message);
        if ('request' in message) this.#answer(message);
    }
  }

  #answer(message: Answer): void {
    this.#waiting.get(message.request)?.resolve(message);
    this.#waiting.delete(message.request);
  }

  #fail(why: string): void {
    if (this.failure !== undefined) return;
    this.failure = why;
    for (const { reject } of this.#waiting.values()) reject(workerFailed(why));
    this.#waiting.clear();
    for (const resolve of this.#emptied.splice(0)) resolve();
    this.#listener.onFailed(why);
  }

  #flushSoon(): void {
    this.#flushing = true;
    const atMs = this.#flushedMs + limits.gatherMs;
    const wait =
      atMs <= this.#clock.nowMs() ? Promise.resolve() : this.#clock.sleepUntil(atMs, this.#stop.signal);
    wait.then(
      () => {
        this.#flushing = false;
        this.#flush();
      },
      () => undefined,
    );
  }

  #flush(): void {
    if (this.#batched === 0 || this.failure !== undefined) return;
    const rows = this.#batch;
    // Handed over, `rows` is no longer ours: on the way to a worker even its length is gone.
    this.#batch = new Float64Array(limits.batch * sampleColumns.count);
    this.#link.send({ kind: 'samples', rows, count: this.#batched }, [rows.buffer]);
    this.#unacknowledged += this.#batched;
    this.#batched = 0;
    this.#flushedMs = this.#clock.nowMs();
  }
}

function workerFailed(why: string): GemelError {
  return new GemelError('WORKER_FAILED', `the worker of the twin has failed: ${why}`);
}
