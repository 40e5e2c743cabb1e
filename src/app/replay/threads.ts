/** The threads of a replay: started, fed, listened to, and what they tell put together. */

import { Worker } from 'node:worker_threads';
import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { Difference, History, OwnBlock, ReplayTrialResult, ShownTwin } from '../../engine/index.ts';
import { Culprits } from './culprits.ts';
import { Frames } from './frames.ts';
import type { FromReplay, ReplayWork, ToReplay } from './work.ts';

export interface ReplayProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly atMs: number;
}

export interface CheckpointCount {
  /** Later checkpoints that were compared, and how many twins of them in all. */
  readonly count: number;
  readonly twins: number;
  /** Twins of them that were there at another time. */
  readonly apart: number;
}

export interface ThreadsOptions {
  readonly fromMs: number;
  readonly toMs: number;
  readonly models: readonly Model[];
  /** Says who it was where a frame came out otherwise; absent: nobody does. */
  readonly history?: Pick<History, 'points'>;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

interface Thread {
  readonly worker: Worker;
  /** By number. */
  readonly blocks: Map<number, OwnBlock>;
  atMs: number;
}

export class Threads {
  readonly totals = { samples: 0, commands: 0, damaged: 0 };
  readonly shown: ShownTwin[] = [];
  /** Later checkpoints that could not be read. */
  readonly unread = new Set<string>();
  tried: ReplayTrialResult | undefined;
  readonly frames: Frames;
  readonly #options: ThreadsOptions;
  readonly #threads: Thread[] = [];
  /** When the checkpoints were made that were compared. */
  readonly #checked = new Set<number>();
  readonly #compared = { twins: 0, apart: 0 };
  readonly #differences = new Map<string, Difference>();
  /** Resolves once all frames so far were looked at. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ThreadsOptions) {
    this.#options = options;
    const { history, models } = options;
    const culprits = history && new Culprits(history, models, (one) => this.#differs(one));
    this.frames = new Frames((frame) => {
      // A history that cannot be read names nobody; that something differs is known all the same.
      this.#looking = culprits?.look(frame).catch(() => undefined) ?? this.#looking;
    });
  }

  checkpoints(): CheckpointCount {
    return { count: this.#checked.size, ...this.#compared };
  }

  /** The first of each twin, in the order of time. */
  differences(): readonly Difference[] {
    return [...this.#differences.values()].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Resolves once all are done; one that fails ends the others. */
  async all(works: readonly ReplayWork[]): Promise<void> {
    try {
      await Promise.all(works.map((work) => this.#run(work)));
      this.frames.end();
      await this.#looking;
    } finally {
      await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    }
  }

  #run(work: ReplayWork): Promise<void> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const entry = new URL(`./worker.${extension}`, import.meta.url);
    const worker = new Worker(entry, { name: `gemel-replay-${work.thread + 1}`, workerData: work });
    const thread = { worker, blocks: new Map<number, OwnBlock>(), atMs: this.#options.fromMs };
    this.#threads.push(thread);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromReplay) => {
        this.#hear(message, thread);
        if (message.kind === 'done') resolve();
      });
      worker.on('error', (error) => reject(failed(error instanceof Error ? error.message : String(error))));
      worker.on('exit', () => reject(failed('its thread ended')));
    });
  }

  #hear(message: FromReplay, thread: Thread): void {
    switch (message.kind) {
      case 'block':
        thread.blocks.set(message.block.number, message.block);
        break;
      case 'ticks':
        for (const tick of message.ticks) {
          const block = thread.blocks.get(tick.of);
          if (block !== undefined) this.frames.take(tick, block);
        }
        this.#acknowledge(thread);
        thread.atMs = message.atMs;
        this.#tellProgress();
        break;
      case 'checked': {
        const { twins, apart, differences } = message.compared;
        if (twins > 0) this.#checked.add(message.savedMs);
        this.#compared.twins += twins;
        this.#compared.apart += apart;
        for (const one of differences) this.#differs(one);
        break;
      }
      case 'unread':
        this.unread.add(message.file);
        break;
      case 'done':
        this.totals.samples += message.samples;
        this.totals.commands += message.commands;
        this.totals.damaged = Math.max(this.totals.damaged, message.damaged);
        this.shown.push(...message.shown);
        this.tried = message.tried;
    }
  }

  /** Of each twin the first is kept; what readers saw says more than a number of a checkpoint. */
  #differs(one: Difference): void {
    const known = this.#differences.get(one.twin);
    const isSeen = one.unit !== undefined;
    const wasSeen = known?.unit !== undefined;
    if (known === undefined || (isSeen && !wasSeen) || (isSeen === wasSeen && one.atMs < known.atMs))
      this.#differences.set(one.twin, one);
  }

  /** Says that more may come, once what came was looked at. */
  #acknowledge({ worker }: Thread): void {
    const taken = { kind: 'taken' } satisfies ToReplay;
    void this.#looking.then(() => worker.postMessage(taken));
  }

  #tellProgress(): void {
    const { fromMs, toMs, onProgress } = this.#options;
    const atMs = Math.min(...this.#threads.map((thread) => thread.atMs));
    onProgress?.({ atMs, fraction: (atMs - fromMs) / (toMs - fromMs) });
  }
}

function failed(why: string): GemelError {
  return new GemelError('WORKER_FAILED', `the replay cannot go on: ${why}`);
}
