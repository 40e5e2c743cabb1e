/**
 * Sends a recorded table as a machine would: row by row in its own time, or faster.
 *
 * A bounded number of messages is unacknowledged at any moment; when the broker is slower than that, the sending
 * waits and says by how much it is late.
 */

import { stat } from 'node:fs/promises';
import type { Clock } from '../../engine/index.ts';
import { planTable, type SkippedCell, type TableMapping, type TablePlan } from './plan.ts';
import { tableError } from './problem.ts';
import { readTable } from './read-table.ts';
import { Timeline, type TimelineOptions } from './timeline.ts';

export interface SendOptions extends Pick<TimelineOptions, 'speed' | 'eventTime'> {
  /** CSV, plain or compressed with gzip. */
  readonly file: string;
  readonly delimiter?: string;
  readonly mapping: TableMapping;
  /** The part of the record to send, counted from its first row. Default: all of it. */
  readonly fromSeconds?: number;
  readonly forSeconds?: number;
  /** Begins again at the end, until aborted. */
  readonly loop: boolean;
  /** Resolves once the broker has the message; a rejection ends the sending. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly clock: Clock;
  /** Ends the sending after what is on its way. */
  readonly signal: AbortSignal;
  /** Messages that may be unacknowledged. Default 100. */
  readonly inFlight?: number;
  /** Told about five times a second. */
  readonly onProgress?: (progress: SendProgress) => void;
}

interface SendProgress {
  readonly rows: number;
  readonly messages: number;
  /** How much of the file is read in this pass, 0 to 1. */
  readonly fraction: number;
  /** From 1. */
  readonly pass: number;
  readonly recordedSeconds: number;
  /** How late the newest row was sent. */
  readonly lateMs: number;
}

export interface SendSummary {
  readonly rows: number;
  readonly messages: number;
  readonly passes: number;
  readonly recordedSeconds: number;
  /** Cells that were empty or said that there is no value. */
  readonly missingCells: number;
  /** Cells that should have been numbers or times; a row without time is left out whole. */
  readonly skippedCells: number;
  /** The first twenty of them. */
  readonly skipped: readonly SkippedCell[];
  readonly skippedRows: number;
  /** The longest that a row was late. */
  readonly latestMs: number;
  readonly aborted: boolean;
}

const skippedShown = 20;
const progressEveryMs = 200;
const abortPatienceMs = 1_000;

/**
 * @returns what was sent, also when aborted.
 * @throws GemelError `FILE_UNREADABLE`, `TABLE_INVALID` with the line, or what `publish` rejected with.
 */
export async function sendTable(options: SendOptions): Promise<SendSummary> {
  const { file, clock, signal } = options;
  const { speed, eventTime } = options;
  /** Begins with the first row that is sent: what lies before it in the file takes time to read. */
  let timeline: Timeline | undefined;
  const flight = new Flight(options.inFlight ?? 100, signal);
  const skipped: SkippedCell[] = [];
  const counts = { rows: 0, messages: 0, passes: 0, missingCells: 0, skippedCells: 0, skippedRows: 0 };
  let latestMs = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  const fileBytes = options.onProgress === undefined ? 0 : await sizeOf(file);
  let readBytes = 0;

  const skip = (cell: SkippedCell): void => {
    counts.skippedCells += 1;
    if (skipped.length < skippedShown) skipped.push(cell);
  };

  for (;;) {
    counts.passes += 1;
    const rowsBefore = counts.rows;
    await playOnce();
    // A table without rows would go round for ever without a pause.
    if (!options.loop || signal.aborted || counts.rows === rowsBefore) break;
    timeline?.nextPass();
  }
  await flight.landed();
  say(0);

  return {
    ...counts,
    skipped,
    latestMs,
    recordedSeconds: (timeline?.elapsedMs ?? 0) / 1_000,
    aborted: signal.aborted,
  };

  async function playOnce(): Promise<void> {
    let plan: TablePlan | undefined;
    const onBytes = (bytes: number): void => {
      readBytes = bytes;
    };
    const { delimiter, fromSeconds = 0, forSeconds = Number.POSITIVE_INFINITY } = options;
    let firstMs: number | undefined;
    for await (const row of readTable({ file, onBytes, ...(delimiter !== undefined && { delimiter }) })) {
      if (plan === undefined) {
        const planned = planTable(row, options.mapping);
        if ('message' in planned) throw tableError(file, planned);
        plan = planned;
        continue;
      }
      const read = plan.read(row, skip);
      if (read === undefined) {
        counts.skippedRows += 1;
        continue;
      }
      firstMs ??= read.recordedMs;
      const sinceSeconds = (read.recordedMs - firstMs) / 1_000;
      if (sinceSeconds < fromSeconds) continue;
      if (sinceSeconds >= fromSeconds + forSeconds) break;
      timeline ??= new Timeline({ startMs: clock.nowMs(), speed, eventTime });
      if (!timeline.advance(read.recordedMs)) {
        throw tableError(file, {
          line: row.line,
          message: `the time goes back: ${read.timeText} comes after a later one`,
          hint: 'sort the table by its time',
        });
      }
      const dueMs = timeline.dueMs();
      if (dueMs > clock.nowMs()) await sleep(dueMs);
      if (signal.aborted) return;
      const nowMs = clock.nowMs();
      const lateMs = speed === 'max' ? 0 : Math.max(0, nowMs - dueMs);
      latestMs = Math.max(latestMs, lateMs);
      for (const message of plan.messages(read, timeline.eventMs(nowMs))) {
        if (!(await flight.board(() => options.publish(message.topic, message.payload)))) return;
        counts.messages += 1;
      }
      counts.rows += 1;
      counts.missingCells += read.missing;
      if (nowMs - saidMs >= progressEveryMs) {
        saidMs = nowMs;
        say(lateMs);
      }
    }
  }

  function say(lateMs: number): void {
    options.onProgress?.({
      rows: counts.rows,
      messages: counts.messages,
      fraction: fileBytes === 0 ? 0 : Math.min(1, readBytes / fileBytes),
      pass: counts.passes,
      recordedSeconds: (timeline?.elapsedMs ?? 0) / 1_000,
      lateMs,
    });
  }

  async function sleep(dueMs: number): Promise<void> {
    try {
      await clock.sleepUntil(dueMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** Messages on their way, not more than a limit. The first failure ends it all; an abort ends the waiting. */
class Flight {
  readonly #limit: number;
  readonly #signal: AbortSignal;
  #open = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Called when a message has arrived or the sending is aborted. */
  #wake: () => void = () => undefined;

  constructor(limit: number, signal: AbortSignal) {
    this.#limit = limit;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Waits until there is room, then sends. @returns whether it was sent; not if aborted meanwhile. */
  async board(send: () => Promise<void>): Promise<boolean> {
    while (this.#open >= this.#limit && !this.#signal.aborted) await this.#change();
    this.#check();
    if (this.#signal.aborted) return false;
    this.#open += 1;
    send()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#open -= 1;
        this.#wake();
      });
    return true;
  }

  /** Waits for all that is on its way; after an abort only for a moment, since the broker may be gone. */
  async landed(): Promise<void> {
    while (this.#open > 0 && !this.#signal.aborted) await this.#change();
    if (this.#open > 0) {
      let patience: NodeJS.Timeout | undefined;
      const tooLong = new Promise<'too long'>((resolve) => {
        patience = setTimeout(resolve, abortPatienceMs, 'too long');
      });
      while (this.#open > 0 && (await Promise.race([this.#change(), tooLong])) !== 'too long');
      clearTimeout(patience);
    }
    this.#check();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
