/**
 * Fills the history from the journal: with the samples of sensors that a killed process, or one whose history was away for too
 * long, had acknowledged and not written yet.
 *
 * The history itself says how far it is complete: every few seconds a fact is written behind the samples, with the number of a
 * record of the journal. A start takes what the journal has from there on; what is in the history already replaces itself. Once
 * something was dropped the number stays where it is, so that the next start begins there.
 */

import { setTimeout as later } from 'node:timers/promises';
import type { Signal } from '../../core/model/index.ts';
import { fromSi, roundShown, type Unit } from '../../core/units/index.ts';
import {
  type CompleteFact,
  completeOf,
  factKinds,
  factOfComplete,
  type Fleet,
  type HistoryFact,
  type Journal,
  type JournalPage,
  type SampleNumbers,
  SamplesReader,
  seriesNames,
} from '../../engine/index.ts';
import type { OpenHistory } from './history.ts';
import { LiveModels } from './live-models.ts';
import type { Recording } from './record-fleet.ts';

const limits = {
  /** Samples in one write: some ten milliseconds of this thread. */
  batch: 8192,
  /** More wait for the store while fewer than this are on their way: the rest of the room is for what comes now. */
  onTheirWay: 500_000,
  /** Records that a history is given which does not say how far it is: it is new, or of an earlier version. */
  unmarked: 100_000,
} as const;
const markMs = 5000;
const retryMs = 1000;
const patienceMs = 50;
const farewellMs = 500;

export interface FillOptions {
  readonly fleet: Pick<Fleet, 'twin' | 'models' | 'alarms'>;
  readonly history: Pick<OpenHistory, 'define' | 'write' | 'note' | 'factsAt' | 'counters'>;
  readonly journal: Pick<Journal, 'first' | 'last' | 'pages' | 'committed'>;
  /** Has begun in this turn: what the journal gets later, it hears of. */
  readonly recording: Pick<Recording, 'flush'>;
  readonly warn: (why: string) => void;
}

export interface Filling {
  /** Resolves to how many samples were written; undefined if it was stopped or failed. */
  readonly filled: Promise<number | undefined>;
  /** Says a last time how far the history is complete. */
  stop(): Promise<void>;
}

/** Goes on saying how far the history is complete until it is stopped. */
export function fillFromJournal(options: FillOptions): Filling {
  const { fleet, history, journal, recording, warn } = options;
  const until = journal.last;
  const droppedBefore = history.counters().dropped;
  let markedMs = fleet.alarms.nowMs();
  let isStopped = false;
  let isMarking = false;
  let timer: NodeJS.Timeout | undefined;
  const filled = fill().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    warn(`the history was not filled from the journal, which is tried again at the next start: ${why}`);
    return undefined;
  });
  return {
    filled,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      if (timer !== undefined) await Promise.race([mark(), later(farewellMs, undefined, { ref: false })]);
    },
  };

  async function fill(): Promise<number | undefined> {
    const asked = { kind: factKinds.complete, timeMs: Number.MAX_VALUE };
    const [last] = (await readFacts(asked)) ?? [];
    const before = last && completeOf(last);
    // A clock that was set back must not hide what is said from now on.
    markedMs = Math.max(markedMs, (last?.timeMs ?? Number.NEGATIVE_INFINITY) + 1);
    const twins = before && (await readFacts({ kind: factKinds.twin, timeMs: before.atMs }));
    if (isStopped) return undefined;
    const filler = new Filler(options, new LiveModels(twins ?? []));
    for await (const page of journal.pages(firstOf(before))) {
      for await (const _ of filler.take(page, until)) if (isStopped) return undefined;
    }
    filler.flush();
    await mark();
    if (!isStopped) timer = setInterval(() => void mark(), markMs).unref();
    return filler.count;
  }

  /** Undefined if it was stopped before the history could be read. */
  async function readFacts(
    asked: Parameters<typeof history.factsAt>[0],
  ): Promise<readonly HistoryFact[] | undefined> {
    while (!isStopped) {
      try {
        return await history.factsAt(asked);
      } catch {
        await later(retryMs);
      }
    }
    return undefined;
  }

  function firstOf(before: CompleteFact | undefined): number {
    // Of a journal that was taken away the number says nothing.
    const from = before !== undefined && before.journal <= until ? before.journal : until - limits.unmarked;
    return Math.max(from + 1, journal.first ?? 1, 1);
  }

  /** Of what the disk has confirmed only: other numbers may mean other records after a crash. */
  async function mark(): Promise<void> {
    if (isMarking) return;
    isMarking = true;
    const fact = { journal: journal.last, atMs: fleet.alarms.nowMs() };
    recording.flush();
    await journal.committed();
    isMarking = false;
    if (history.counters().dropped === droppedBefore) history.note([factOfComplete(fact, markedMs)]);
  }
}

interface Filled {
  /** Its series. */
  readonly number: number;
  readonly unit: Unit;
}

/** Writes samples of sensors as they are recorded when they come. */
class Filler {
  count = 0;
  readonly #options: FillOptions;
  readonly #models: LiveModels;
  readonly #reader: SamplesReader<Filled | undefined>;
  readonly #series: number[] = [];
  readonly #timesMs: number[] = [];
  readonly #values: number[] = [];

  constructor(options: FillOptions, models: LiveModels) {
    this.#options = options;
    this.#models = models;
    this.#reader = new SamplesReader({
      find: (twin, signal) => this.#find(twin, signal),
      take: (filled, sample) => this.#take(filled, sample),
    });
  }

  /** Takes the records of a page, and pauses after each batch, so that nothing else is held up. */
  async *take({ first, count, bytes, spans }: JournalPage, until: number): AsyncGenerator<void> {
    for (let i = 0; i < count && first + i <= until; i++) {
      const [from = 0, to = 0] = [spans[2 * i], spans[2 * i + 1]];
      const isOther = !this.#reader.read(bytes, from, to);
      if (isOther && this.#models.take(bytes.subarray(from, to))) this.#reader.forget();
      if (this.#series.length < limits.batch) continue;
      this.flush();
      do {
        await later(this.#options.history.counters().waiting < limits.onTheirWay ? 0 : patienceMs);
        yield;
      } while (this.#options.history.counters().waiting >= limits.onTheirWay);
    }
  }

  flush(): void {
    if (this.#series.length === 0) return;
    this.count += this.#series.length;
    this.#options.history.write({
      series: Uint32Array.from(this.#series),
      timesMs: Float64Array.from(this.#timesMs),
      values: Float64Array.from(this.#values),
    });
    for (const list of [this.#series, this.#timesMs, this.#values]) list.length = 0;
  }

  #take(filled: Filled | undefined, { timeMs, value }: Readonly<SampleNumbers>): void {
    if (filled === undefined) return;
    const { number, unit } = filled;
    const shown = roundShown(fromSi(value, unit), unit);
    if (!Number.isFinite(shown)) return;
    this.#series.push(number);
    this.#timesMs.push(timeMs);
    this.#values.push(shown);
  }

  /** Undefined for what is no sensor, or one of a model that is gone. */
  #find(twin: string, signal: string): Filled | undefined {
    const { fleet, history } = this.#options;
    const now = fleet.twin(twin)?.model;
    const id = this.#models.of(twin);
    const then = id === undefined ? now : fleet.models.get(id);
    const unit = named(then?.measurements, signal)?.unit;
    const unitNow = named(now?.measurements, signal)?.unit;
    // In another unit they would be there twice, or take the place of what is shown.
    if (unit === undefined || (unitNow !== undefined && unitNow.symbol !== unit.symbol)) return undefined;
    const series = { twin, signal: seriesNames.measured(signal), unit: unit.symbol };
    const [number] = history.define([series]);
    return number === undefined ? undefined : { number, unit };
  }
}

function named(signals: readonly Signal[] | undefined, name: string): Signal | undefined {
  return signals?.find((signal) => signal.name === name);
}
