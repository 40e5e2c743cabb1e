/** What the threads of a replay tell, put together. */

import type { Model } from '../../core/model/index.ts';
import type { Difference, History, OwnBlock, ReplayTrialResult, ShownTwin } from '../../engine/index.ts';
import { Culprits } from './culprits.ts';
import { Frames } from './frames.ts';
import type { FromReplay } from './work.ts';

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

export interface OutcomeOptions {
  readonly fromMs: number;
  readonly toMs: number;
  readonly models: readonly Model[];
  /** Says who it was where a frame came out otherwise; absent: nobody does. */
  readonly history?: Pick<History, 'points'>;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export class Outcome {
  readonly totals = { samples: 0, commands: 0, damaged: 0 };
  readonly shown: ShownTwin[] = [];
  /** Later checkpoints that could not be read. */
  readonly unread: string[] = [];
  tried: ReplayTrialResult | undefined;
  readonly frames: Frames;
  readonly #options: OutcomeOptions;
  /** Of each thread: the blocks that it has told of, by number, and how far it is. */
  readonly #threads: { readonly blocks: Map<number, OwnBlock>; atMs: number }[];
  /** When the checkpoints were made that were compared. */
  readonly #checked = new Set<number>();
  readonly #compared = { twins: 0, apart: 0 };
  #lost = 0;
  readonly #differences = new Map<string, Difference>();
  /** Resolves once all frames so far were looked at. */
  #looking: Promise<void> = Promise.resolve();

  constructor(threads: number, options: OutcomeOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: threads }, () => ({ blocks: new Map(), atMs: options.fromMs }));
    const { history, models } = options;
    const culprits = history && new Culprits(history, models, (one) => this.#differs(one));
    this.frames = new Frames((frame) => {
      // A history that cannot be read names nobody; that something differs is known all the same.
      this.#looking = culprits?.look(frame).catch(() => undefined) ?? this.#looking;
    });
  }

  /** Takes what a thread tells. Resolves once all frames so far were looked at: then more may come. */
  hear(message: FromReplay, thread: number): Promise<void> {
    const teller = this.#threads[thread];
    if (teller === undefined) return this.#looking;
    switch (message.kind) {
      case 'block':
        teller.blocks.set(message.block.number, message.block);
        break;
      case 'ticks':
        for (const tick of message.ticks) {
          const block = teller.blocks.get(tick.of);
          if (block !== undefined) this.frames.take(tick, block);
        }
        teller.atMs = message.atMs;
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
      case 'done':
        this.totals.samples += message.samples;
        this.totals.commands += message.commands;
        this.totals.damaged = Math.max(this.totals.damaged, message.damaged);
        this.shown.push(...message.shown);
        this.tried = message.tried;
    }
    return this.#looking;
  }

  /** Records are missing in the journal. */
  lacks(records: number): void {
    this.#lost += records;
  }

  /** Nothing more comes. Resolves once all was looked at. */
  end(): Promise<void> {
    this.frames.end();
    this.totals.damaged += this.#lost;
    return this.#looking;
  }

  checkpoints(): CheckpointCount {
    return { count: this.#checked.size, ...this.#compared };
  }

  /** The first of each twin, in the order of time. */
  differences(): readonly Difference[] {
    return [...this.#differences.values()].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Of each twin the first is kept; what readers saw says more than a number of a checkpoint. */
  #differs(one: Difference): void {
    const known = this.#differences.get(one.twin);
    const isSeen = one.unit !== undefined;
    const wasSeen = known?.unit !== undefined;
    if (known === undefined || (isSeen && !wasSeen) || (isSeen === wasSeen && one.atMs < known.atMs))
      this.#differences.set(one.twin, one);
  }

  #tellProgress(): void {
    const { fromMs, toMs, onProgress } = this.#options;
    const atMs = Math.min(...this.#threads.map((thread) => thread.atMs));
    onProgress?.({ atMs, fraction: (atMs - fromMs) / (toMs - fromMs) });
  }
}
