/** A history under test: opened, written and read as the cases need it. */

import type { TestContext } from 'node:test';
import type {
  HistoryNote,
  HistoryOptions,
  HistoryPlace,
  OpenHistory,
} from '../../src/adapters/history/index.ts';
import type { HistorySeries } from '../../src/engine/index.ts';
import { openPlace } from './history-place.ts';

/** An empty history, and what can happen to it. */
export interface HistorySubject {
  readonly place: HistoryPlace;
  /** From now on it takes nothing, as with a full disk or a database that was stopped, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
}

export type Sample = readonly [timeMs: number, value: number];

export const level: HistorySeries = { twin: 'tank-1', signal: 'level', unit: 'm' };
/** A few samples fill several. */
const smallBlocks = { blockSamples: 8, pendingRows: 20 };
const ever = { fromMs: -1e15, toMs: 1e15 };

/** One history in one test: what is open is closed at the end. */
export class Tried {
  readonly subject: HistorySubject;
  readonly notes: HistoryNote[] = [];
  #open: OpenHistory | undefined;

  constructor(t: TestContext, subject: HistorySubject) {
    this.subject = subject;
    t.after(() => this.#open?.close());
  }

  /** Closes what was open, and opens it. */
  async open(options: Partial<HistoryOptions> = {}): Promise<OpenHistory> {
    await this.#open?.close();
    const log = (note: HistoryNote) => this.notes.push(note);
    this.#open = openPlace(this.subject.place, { store: smallBlocks, log, ...options });
    return this.#open;
  }
}

export function write(history: OpenHistory, samples: readonly Sample[], series = level): void {
  const [number = 0] = history.define([series]);
  history.write({
    series: Uint32Array.from(samples, () => number),
    timesMs: Float64Array.from(samples, ([timeMs]) => timeMs),
    values: Float64Array.from(samples, ([, value]) => value),
  });
}

export async function insert(history: OpenHistory, samples: readonly Sample[], series = level) {
  const points = {
    timesMs: Float64Array.from(samples, ([timeMs]) => timeMs),
    values: Float64Array.from(samples, ([, value]) => value),
  };
  return history.insert([{ series, points }]);
}

export async function read(
  history: OpenHistory,
  {
    name = level,
    span = ever,
    limit = 1e6,
  }: { name?: HistorySeries; span?: typeof ever; limit?: number } = {},
): Promise<Sample[]> {
  const { timesMs, values } = await history.points({ ...name, ...span }, limit);
  return Array.from(timesMs, (timeMs, i) => [timeMs, values[i] ?? Number.NaN]);
}

/** Polls until `condition` holds; fails with `what` if that takes too long. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  atMostMs = 20_000,
): Promise<void> {
  const deadlineMs = performance.now() + atMostMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
