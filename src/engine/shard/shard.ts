/**
 * A shard: the pure engine of a set of twins. It takes messages, keeps its blocks in step with the clock, and
 * sends frames back. It does not know whether it lives in a worker thread or beside the fleet.
 *
 * The loop is drift-free: tick k of a block is due at k · period of Unix time.
 *
 * | how late a tick is finished | what happens |
 * | --- | --- |
 * | before the next is due | published |
 * | after the next is due | counted as missed; the next follows at once; published once a second until caught up |
 * | a minute and more behind | the process was suspended: ticks are given up, counted, and told by an event; see gaps.ts |
 *
 * A frame is sent only while fewer than four of its block are on their way, so a reader that stalls finds a few
 * frames and then the newest, not an endless queue.
 */

import { createStopController } from '../basics/index.ts';
import { Block } from '../block/index.ts';
import { buffersOf, restoreBlock, saveBlock } from '../checkpoint/index.ts';
import type { Clock } from '../ports/index.ts';
import type { FromShard, ShardReport, ShardTwin, ToShard } from '../protocol/index.ts';
import { Reporter, sampleAt, sampleColumns, sampleScratch } from '../protocol/index.ts';
import { digestOf } from '../snapshot/index.ts';
import { Blocks, groupTwins, infoOf, type Running } from './blocks.ts';
import { Gaps } from './gaps.ts';
import { gauge } from './gauges.ts';
import type { ShardModels } from './models.ts';
import { runTo, type ShownBlock, type Standing, standingOf } from './rerun.ts';
import { beginningsOf, problemIn } from './start.ts';
import { ShardTrials } from './trials.ts';

/** Spans are of real time, whatever the speed of the clock. */
const limits = { framesOnTheirWay: 4, publishBehindMs: 1000 } as const;

export interface ShardOptions {
  readonly clock: Clock;
  /** May be those of other shards in the thread, too. */
  readonly models: ShardModels;
  readonly send: (message: FromShard, transfer: readonly ArrayBuffer[]) => void;
}

/** A message, without the report that goes with it. */
type Reported = WithoutReport<Extract<FromShard, { readonly report: ShardReport }>>;
type WithoutReport<Message> = Message extends unknown ? Omit<Message, 'report'> : never;

export class Shard {
  readonly #clock: Clock;
  readonly #send: ShardOptions['send'];
  readonly #reporter: Reporter;
  readonly #speed: number;
  readonly #stop = createStopController();
  #failed = false;
  /** With a journal frames have digests, and ticks are given up once that is written. */
  #isRecorded = false;
  /** All samples that came by then are here. */
  #heardMs = Number.NEGATIVE_INFINITY;
  readonly #blocks = new Blocks();
  readonly #trials: ShardTrials;
  readonly #models: ShardModels;
  readonly #gaps: Gaps;
  readonly #sample = sampleScratch();
  /** Ends the sleep until the next tick, when an earlier one has come. */
  #wake = createStopController();

  constructor({ clock, models, send }: ShardOptions) {
    this.#clock = clock;
    this.#models = models;
    this.#speed = clock.speed ?? 1;
    this.#reporter = new Reporter(this.#speed);
    this.#send = send;
    this.#gaps = new Gaps({
      blocks: this.#blocks,
      models: this.#models,
      reporter: this.#reporter,
      clock,
      ask: (running, gap) => {
        if (running.changed) this.#tellLanes(running);
        this.#tell({ kind: 'behind', block: running.number, ...gap });
      },
    });
    this.#trials = new ShardTrials({
      blocks: this.#blocks,
      reporter: this.#reporter,
      models: this.#models,
    });
  }

  standing(twin: number): Standing | undefined {
    return standingOf(this.#blocks, twin);
  }

  /** What a block is now, in `into` if that has room for it; undefined if it is gone. */
  show(block: number, into?: Float64Array<ArrayBuffer>): ShownBlock | undefined {
    const running = this.#blocks.byNumber(block);
    if (running === undefined) return undefined;
    if (running.changed) this.#tellLanes(running);
    return { values: running.block.memory.frame(into), ahead: this.#trials.ahead(running) ?? [] };
  }

  /** Takes one message. What goes wrong here is a fault: it is told as `failed`, and nothing is done any more. */
  receive(message: ToShard): void {
    if (this.#failed) return;
    try {
      this.#receive(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  #receive(message: ToShard): void {
    switch (message.kind) {
      case 'start':
        this.#start(message);
        break;
      case 'samples':
        this.#take(message.rows, message.count);
        break;
      case 'step':
        this.#step(message);
        break;
      case 'taken':
        this.#taken(message);
        break;
      case 'add':
        this.#add(message);
        break;
      case 'remove':
        this.#remove(message);
        break;
      case 'shadow':
        this.#shadow(message);
        break;
      case 'swap': {
        const dueMs = this.#trials.swap(message) ?? Number.POSITIVE_INFINITY;
        this.#tell({ kind: 'swapped', request: message.request, dueMs });
        break;
      }
      case 'stop':
        this.#stop.abort();
        this.#sendCheckpoint(message);
        break;
      case 'checkpoint':
        this.#sendCheckpoint(message);
        break;
      case 'ping':
        this.#tell({ kind: 'pong', request: message.request });
        break;
      case 'run-to':
        runTo(this.#blocks, message, (running) => this.#unite(running));
        break;
      case 'give-up':
        this.#gaps.give(message);
        this.#tell({ kind: 'gave-up', request: message.request });
        this.#wake.abort();
        break;
      case 'hold':
        this.#gaps.hold(message);
        break;
      case 'go':
        this.#go();
        break;
    }
  }

  #start({ models, twins, restore, recover }: Extract<ToShard, { kind: 'start' }>): void {
    this.#isRecorded = recover;
    if (restore.length > 0) this.#reporter.listensFromMs = Number.POSITIVE_INFINITY;
    for (const { id, document } of models) this.#models.compile(id, document);
    // Only now, since native kernels take a second: the twins begin on time.
    const nowMs = this.#clock.nowMs();
    const begins = beginningsOf(recover ? restore : []);
    const beginMs = (twin: ShardTwin): number => begins(twin) ?? nowMs;
    const started = groupTwins(twins, beginMs).map((members) => {
      const [first] = members;
      const { model: id, periodMs, latenessMs } = first;
      const { model, motion } = this.#models.get(id);
      const block = new Block({
        model,
        motion,
        twins: members,
        periodMs,
        latenessMs,
        nowMs: beginMs(first),
        reporter: this.#reporter,
      });
      restoreBlock(block, restore, nowMs);
      return this.#blocks.add(block, nowMs);
    });
    for (const twin of twins) this.#trials.enter(twin);
    for (const running of started) running.changed = false;
    const blocks = started.map(infoOf);
    this.#tell({ kind: 'ready', blocks, kernel: this.#models.arithmetic });
    for (const running of started) this.#publish(running, nowMs);
    if (!recover) this.#begin();
  }

  #go(): void {
    for (const running of this.#blocks.all()) this.#publish(running, this.#clock.nowMs());
    this.#begin();
  }

  #begin(): void {
    // Nobody has listened before.
    if (this.#reporter.listensFromMs > 0) this.#reporter.listensFromMs = this.#clock.nowMs();
    this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#fail(error);
    });
  }

  #add({ request, model: { id, document }, twin, atMs, lane }: Extract<ToShard, { kind: 'add' }>): void {
    const nowMs = this.#clock.nowMs();
    let block: Block;
    try {
      const options = { ...this.#models.compile(id, document), twins: [twin], reporter: this.#reporter };
      const { periodMs, latenessMs } = twin;
      block =
        lane === undefined
          ? new Block({ ...options, periodMs, latenessMs, nowMs: atMs })
          : Block.of(lane, { ...options, periodMs, latenessMs });
    } catch (error) {
      const problem = problemIn(error);
      this.#tell({ kind: 'added', request, twin: twin.index, problem });
      return;
    }
    const running = this.#blocks.add(block, nowMs);
    this.#trials.enter(twin);
    const values = block.memory.frameOf(0);
    this.#tell({ kind: 'added', request, twin: twin.index, values }, [values.buffer]);
    this.#unite(running);
    this.#wake.abort();
  }

  #shadow(message: Extract<ToShard, { kind: 'shadow' }>): void {
    const { request, twin } = message;
    const told = { kind: 'shadowed', request, twin: twin.index } as const;
    let running: Running;
    try {
      running = this.#trials.begin(message, this.#clock.nowMs());
    } catch (error) {
      this.#tell({ ...told, problem: problemIn(error) });
      return;
    }
    const { memory, beliefMs: dueMs } = running.block;
    const values = memory.frameOf(0);
    this.#tell({ ...told, dueMs, values }, [values.buffer]);
    this.#unite(running);
    this.#wake.abort();
  }

  #remove({ request, twin, leave }: Extract<ToShard, { kind: 'remove' }>): void {
    const place = this.#blocks.place(twin);
    if (place === undefined) {
      this.#tell({ kind: 'removed', request, twin });
      return;
    }
    const { running, lane } = place;
    const copy = leave ? running.block.copyOut(lane) : undefined;
    if (!leave && this.#trials.isShadow(twin)) this.#trials.dismiss(place);
    else if (!leave) running.block.refuseQueued(lane);
    this.#trials.leave(twin);
    this.#blocks.remove(place);
    this.#reporter.forget(twin);
    if (running.block.lanes === 0) this.#tellLanes(running);
    this.#tell({ kind: 'removed', request, twin, ...(copy && { lane: copy }) });
  }

  #taken({ block, heardMs }: Extract<ToShard, { kind: 'taken' }>): void {
    this.#heardMs = Math.max(this.#heardMs, heardMs);
    const running = this.#blocks.byNumber(block);
    if (running !== undefined) running.framesOnTheirWay--;
  }

  #unite(running: Running): void {
    const gone = this.#blocks.unite(running);
    if (gone !== undefined) this.#tell({ kind: 'lanes', block: { ...infoOf(gone), twins: [] } });
  }

  #tellLanes(running: Running): void {
    running.changed = false;
    this.#tell({ kind: 'lanes', block: infoOf(running) });
  }

  async #run(): Promise<void> {
    const stopped = this.#stop.signal;
    stopped.addEventListener('abort', () => this.#wake.abort());
    while (!stopped.aborted) {
      const next = this.#blocks.next();
      const woken = this.#wake.signal;
      try {
        // Without blocks there is nothing to do until one comes.
        await this.#clock.sleepUntil(next?.block.nextDueMs ?? Number.POSITIVE_INFINITY, woken);
      } catch (error) {
        if (!woken.aborted) throw error;
        this.#wake = createStopController();
        continue;
      }
      // A message may have taken it away while it was waited for.
      if (next !== undefined && this.#blocks.byNumber(next.number) === next) {
        this.#tick(next);
        this.#unite(next);
      }
    }
  }

  #tick(running: Running): void {
    const { block } = running;
    if (this.#gaps.look(running, { asks: this.#isRecorded })) return;
    block.heard(this.#heardMs);
    block.tick();
    const finishedMs = this.#clock.nowMs();
    const late = finishedMs > block.nextDueMs;
    if (late) this.#gaps.missed(running, finishedMs);
    else this.#gaps.kept(running);
    const full = running.framesOnTheirWay >= limits.framesOnTheirWay;
    if (full || (late && finishedMs < running.publishedMs + limits.publishBehindMs * this.#speed)) {
      this.#reporter.counters.unpublishedTicks += block.lanes;
    } else {
      this.#publish(running, finishedMs);
    }
  }

  #publish(running: Running, finishedMs: number): void {
    const { block, number } = running;
    if (running.changed) this.#tellLanes(running);
    const values = block.memory.frame();
    const receivedMs = block.takeArrivals();
    running.framesOnTheirWay++;
    running.publishedMs = finishedMs;
    const ahead = this.#trials.ahead(running);
    const more = { ...(this.#isRecorded && { digest: digestOf(values) }), ...(ahead && { ahead }) };
    const frame = { block: number, dueMs: block.beliefMs, finishedMs, values, receivedMs, ...more };
    this.#tell({ kind: 'frame', ...frame }, [values.buffer, receivedMs.buffer]);
  }

  #take(rows: Float64Array, count: number): void {
    for (let row = 0; row < count; row++) {
      const sample = sampleAt(rows, row * sampleColumns.count, this.#sample);
      const place = this.#blocks.place(sample.twin);
      place?.running.block.push(place.lane, sample);
    }
    this.#send({ kind: 'acknowledged', samples: count }, []);
  }

  #step({ request, twin, seconds: forSeconds, inputs, atMs }: Extract<ToShard, { kind: 'step' }>): void {
    const place = this.#blocks.place(twin);
    const problem =
      place === undefined
        ? ({ code: 'TWIN_UNKNOWN', message: `no twin has the number ${twin}` } as const)
        : place.running.block.step(place.lane, forSeconds, inputs, atMs);
    if (place === undefined || problem !== undefined) {
      this.#tell({ kind: 'stepped', request, twin, ...(problem && { problem }) });
      return;
    }
    const values = place.running.block.memory.frameOf(place.lane);
    this.#tell({ kind: 'stepped', request, twin, values }, [values.buffer]);
  }

  #sendCheckpoint({ request, journal }: Extract<ToShard, { kind: 'checkpoint' | 'stop' }>): void {
    const made = { savedMs: this.#clock.nowMs(), kernel: this.#models.arithmetic, journal };
    const parts = Array.from(this.#blocks.all(), ({ block, number }) =>
      saveBlock(block, { ...made, number }),
    );
    this.#tell({ kind: 'checkpoint', request, parts }, parts.flatMap(buffersOf));
  }

  /** Sends a message, and with it what there is to report. */
  #tell(message: Reported, transfer: readonly ArrayBuffer[] = []): void {
    const blocks = Array.from(this.#blocks.all(), ({ block }) => block);
    gauge(this.#reporter.counters, blocks, this.#clock.nowMs());
    this.#send({ ...message, report: this.#reporter.take() }, transfer);
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#stop.abort();
    this.#send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }, []);
  }
}
