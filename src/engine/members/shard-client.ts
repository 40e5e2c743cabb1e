/**
 * The fleet's end of the line to one shard: batches of samples out, answers to requests back.
 *
 * A sample that comes alone leaves at once; those that follow within two milliseconds leave together, those of a message
 * always. At most 65,536 may be on their way without the shard having said that it has them, and 1,000 requests without an
 * answer: a worker that hangs must not fill the memory.
 *
 * The shard answers in the order in which it was told, so the line knows up to which record of the journal the shard had
 * heard when it sent a message. While a shard recovers, what is new waits until it has heard all that is old.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import { createStopController } from '../basics/index.ts';
import type { Clock, ShardLink } from '../ports/index.ts';
import type {
  CheckpointPart,
  FromShard,
  Sample,
  ShardCounters,
  ShardStart,
  ToShard,
} from '../protocol/index.ts';
import { putSample, sampleColumns } from '../protocol/index.ts';

const limits = { onTheirWay: 65_536, requests: 1000, batch: 512, gatherMs: 2 } as const;

/** A message that waits, and the last record of the journal before it left. */
interface Held {
  readonly message: ToShard;
  readonly position: number;
}

/** What comes without having been asked for, and the end. */
export interface ShardListener {
  /** Number of the newest record of the journal; without one, always the same. */
  position(): number;
  onMessage(message: Exclude<FromShard, { kind: 'acknowledged' | 'failed' }>): void;
  onFailed(message: string): void;
}

/** What is answered to a request. */
export type Answer = Extract<FromShard, { readonly request: number }>;
/** What may be asked. */
export type Request = WithoutNumber<Extract<ToShard, { readonly request: number }>>;
type WithoutNumber<Message> = Message extends unknown ? Omit<Message, 'request'> : never;

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
  /** The positions of what was sent and is not yet answered. */
  readonly #unanswered: number[] = [];
  #through = 0;
  /** What waits for the end of a recovery; undefined while there is none. */
  #held: Held[] | undefined;
  #isFirst = false;
  #requests = 0;
  #batch = new Float64Array(limits.batch * sampleColumns.count);
  #batched = 0;
  #unacknowledged = 0;
  /** Old samples that the shard has not yet said to have. */
  #refilled = 0;
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

  /** How many samples it takes. */
  get room(): number {
    return limits.onTheirWay - this.onTheirWay;
  }

  /** The last record of the journal of which the shard had everything when it sent its newest message. */
  get through(): number {
    return this.#through;
  }

  /** Whether the shard is being told what is old. */
  get recovers(): boolean {
    return this.#held !== undefined;
  }

  /** Whether the message that is being taken tells of what was made again: the first after `go` is the last of them. */
  get tellsOld(): boolean {
    return this.recovers || this.#isFirst;
  }

  start(message: ShardStart): void {
    if (message.recover) this.holdNew();
    this.#link.send(message);
  }

  /** Lets what is new wait until `go`. */
  holdNew(): void {
    this.#held ??= [];
  }

  /** Takes a sample on its way, or says why not. */
  forward(sample: Sample): 'queue-full' | 'unavailable' | undefined {
    if (this.failure !== undefined || this.#stop.signal.aborted) return 'unavailable';
    if (this.room <= 0) return 'queue-full';
    const at = this.#batched * sampleColumns.count;
    if (at === this.#batch.length) this.#makeRoom();
    putSample(this.#batch, at, sample);
    this.#batched++;
    // Never at once: the rest of a message must not come after a tick that had its beginning.
    if (!this.#flushing) this.#flushSoon();
    return undefined;
  }

  /** Recovering: hands over old samples, whatever waits. */
  refill(rows: Float64Array<ArrayBuffer>, count: number): void {
    if (this.failure !== undefined) return;
    this.#refilled += count;
    this.#post({ kind: 'samples', rows, count }, this.#through);
  }

  /** Recovering: makes the ticks that were due by then. */
  runTo(untilMs: number): void {
    if (this.failure === undefined) this.#link.send({ kind: 'run-to', untilMs });
  }

  /** Recovering: lets twins make no tick that was due later, until they are told to give some up. */
  hold(twins: readonly number[], afterMs: number): void {
    if (this.failure === undefined) this.#link.send({ kind: 'hold', twins, afterMs });
  }

  /** Recovering: requests before whatever waits. Rejects as `request` does. */
  requestAtOnce(request: Request): Promise<Answer> {
    if (this.failure !== undefined) return Promise.reject(workerFailed(this.failure));
    return this.#await(request, (message) => this.#post(message, this.#through));
  }

  /** Recovered up to this record of the journal: goes on with the clock, and with what waits. */
  go(position: number): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#isFirst = true;
    this.#through = position;
    if (this.failure !== undefined) return;
    this.#link.send({ kind: 'go' });
    for (const { message, position: before } of held) this.#post(message, before);
  }

  /** Resolves once the shard has every old sample so far, or is no more. */
  emptied(): Promise<void> {
    if (this.#refilled === 0 || this.failure !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** A frame was taken. */
  taken(block: number): void {
    this.#flush();
    // What is held back while it recovers was not sent.
    const heardMs = this.recovers ? Number.NEGATIVE_INFINITY : this.#clock.nowMs();
    this.#link.send({ kind: 'taken', block, heardMs });
  }

  /** @throws GemelError `WORKER_FAILED` if the shard has died; `FLEET_BUSY` at the limit. */
  refuseIfBusy(): void {
    if (this.failure !== undefined) throw workerFailed(this.failure);
    if (this.#waiting.size < limits.requests) return;
    throw new GemelError('FLEET_BUSY', `${limits.requests} steps wait for this worker already`);
  }

  /** Rejects as `refuseIfBusy` throws (only steps find it busy), and if the shard dies before it answers. */
  async request(request: Request): Promise<Answer> {
    if (request.kind === 'step') this.refuseIfBusy();
    if (this.failure !== undefined) throw workerFailed(this.failure);
    this.#flush();
    return this.#await(request, (message) => this.#send(message));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#link.close();
  }

  #receive(message: FromShard): void {
    switch (message.kind) {
      case 'acknowledged':
        this.#heard();
        this.#took(message.samples);
        break;
      case 'failed':
        this.#fail(message.message);
        break;
      default:
        this.counters = message.report.counters;
        // One of the time of a recovery does not say up to which record it is.
        if (message.kind === 'checkpoint' && !this.recovers) this.parts = message.parts;
        if (message.kind === 'ready') this.kernel = message.kernel;
        if ('request' in message) this.#heard();
        // First what it says of the twins, then whoever waits for it.
        this.#listener.onMessage(message);
        if (!this.recovers) this.#isFirst = false;
        if ('request' in message) this.#answer(message);
    }
  }

  /** The shard has answered what was sent longest ago. */
  #heard(): void {
    this.#through = Math.max(this.#through, this.#unanswered.shift() ?? 0);
  }

  #took(samples: number): void {
    // What is old was sent before anything new.
    const old = Math.min(samples, this.#refilled);
    this.#refilled -= old;
    this.#unacknowledged -= samples - old;
    if (this.#refilled === 0) for (const resolve of this.#emptied.splice(0)) resolve();
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
    // A copy of what there is, since it is handed over: mostly some samples, and the batch has room for a flood.
    const rows = this.#batch.slice(0, this.#batched * sampleColumns.count);
    this.#send({ kind: 'samples', rows, count: this.#batched });
    this.#unacknowledged += this.#batched;
    this.#batched = 0;
    this.#flushedMs = this.#clock.nowMs();
  }

  #makeRoom(): void {
    const grown = new Float64Array(this.#batch.length * 2);
    grown.set(this.#batch);
    this.#batch = grown;
  }

  #await(request: Request, send: (message: ToShard) => void): Promise<Answer> {
    const number = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      send({ ...request, request: number });
    });
  }

  #send(message: ToShard): void {
    const position = this.#listener.position();
    if (this.#held === undefined) this.#post(message, position);
    else this.#held.push({ message, position });
  }

  /** Sends something that is answered. */
  #post(message: ToShard, position: number): void {
    this.#unanswered.push(position);
    this.#link.send(message, message.kind === 'samples' ? [message.rows.buffer] : []);
  }
}

function workerFailed(why: string): GemelError {
  return new GemelError('WORKER_FAILED', `the worker of the twin has failed: ${why}`);
}
