/**
 * The calibrations there are: waiting, running, over.
 *
 * One runs at a time, in a worker thread, so that the twins keep their processors but one. A few wait; more are refused.
 * What is over is kept for a while. Nothing of it outlives the process: what comes out is a document, to be kept by whoever
 * asked for it.
 */

import { Worker } from 'node:worker_threads';
import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { CalibrationRequest, FromJob, JobData, JobProblem, JobProgress, JobResult } from './messages.ts';

export interface CalibrationJob {
  readonly id: string;
  /** `name@version` */
  readonly model: string;
  /** `stopped`: ended before it had converged, with the best so far if there was one. */
  readonly state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
  readonly createdMs: number;
  readonly endedMs?: number;
  readonly progress: JobProgress;
  readonly result?: JobResult;
  readonly problem?: JobProblem;
}

export interface CalibrationJobsOptions {
  readonly nowMs: () => number;
  /** Jobs that may wait. Default 8. */
  readonly queueLimit?: number;
  /** Jobs that are over and still kept. Default 50. */
  readonly keepLimit?: number;
}

/** A thread that does not stop when told is ended after this. */
const patienceMs = 20_000;
const nothingYet: JobProgress = { fraction: 0, round: 0, errors: {} };

interface Entry {
  job: CalibrationJob;
  data: JobData | undefined;
  worker?: Worker;
  stopping?: NodeJS.Timeout;
}

export class CalibrationJobs {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(job: CalibrationJob) => void>();
  readonly #options: Required<CalibrationJobsOptions>;
  #count = 0;
  #closed = false;

  constructor(options: CalibrationJobsOptions) {
    this.#options = { queueLimit: 8, keepLimit: 50, ...options };
  }

  /** @throws GemelError `CALIBRATION_BUSY` if as many wait as may. */
  start({ id: model, document }: Model, request: CalibrationRequest): CalibrationJob {
    const waiting = this.list().filter(({ state }) => state === 'waiting').length;
    if (this.#closed || waiting >= this.#options.queueLimit) {
      throw new GemelError('CALIBRATION_BUSY', `${waiting} calibrations wait already, which is the limit`);
    }
    this.#count += 1;
    const id = String(this.#count);
    const job = {
      id,
      model,
      state: 'waiting',
      createdMs: this.#options.nowMs(),
      progress: nothingYet,
    } as const;
    this.#entries.set(id, { job, data: { document, request } });
    this.#runNext();
    return this.get(id) ?? job;
  }

  get(id: string): CalibrationJob | undefined {
    return this.#entries.get(id)?.job;
  }

  /** The newest first. */
  list(): CalibrationJob[] {
    return [...this.#entries.values()].map(({ job }) => job).toReversed();
  }

  /** Ends a job with the best so far; one that waits does not begin. Does nothing to one that is over. */
  stop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (entry.job.state === 'waiting') this.#end(entry, { state: 'stopped' });
    if (entry.job.state !== 'running' || entry.worker === undefined || entry.stopping) return;
    entry.worker.postMessage({ kind: 'stop' });
    const { worker } = entry;
    entry.stopping = setTimeout(() => void worker.terminate(), patienceMs).unref();
  }

  /** @returns what ends it. */
  onChange(listener: (job: CalibrationJob) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all, at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    const workers = [...this.#entries.values()].flatMap(({ worker }) => worker ?? []);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #runNext(): void {
    const entries = [...this.#entries.values()];
    if (this.#closed || entries.some(({ job }) => job.state === 'running')) return;
    const entry = entries.find(({ job }) => job.state === 'waiting');
    if (entry === undefined) return;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const name = `gemel-calibration-${entry.job.id}`;
    const worker = new Worker(new URL(`./start.${extension}`, import.meta.url), {
      name,
      workerData: entry.data,
    });
    worker.unref();
    entry.worker = worker;
    entry.data = undefined;
    this.#change(entry, { state: 'running' });
    worker.on('message', (message: FromJob) => this.#hear(entry, message));
    worker.on('error', (error) => this.#fail(entry, error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      if (entry.stopping === undefined) this.#fail(entry, 'its thread ended');
      else this.#end(entry, { state: 'stopped' });
    });
  }

  #hear(entry: Entry, message: FromJob): void {
    if (message.kind === 'progress') this.#change(entry, { progress: message.progress });
    else if (message.kind === 'failed') {
      this.#end(entry, { state: entry.stopping ? 'stopped' : 'failed', problem: message.problem });
    } else {
      const { result } = message;
      this.#end(entry, {
        state: result.interrupted ? 'stopped' : 'done',
        result,
        progress: { ...entry.job.progress, ...(result.interrupted ? {} : { fraction: 1 }) },
      });
    }
  }

  #fail(entry: Entry, message: string): void {
    this.#end(entry, { state: 'failed', problem: { code: 'CALIBRATION_FAILED', message, diagnostics: [] } });
  }

  /** The first end counts. */
  #end(entry: Entry, change: Partial<CalibrationJob>): void {
    if (entry.job.endedMs !== undefined) return;
    clearTimeout(entry.stopping);
    entry.data = undefined;
    this.#change(entry, { ...change, endedMs: this.#options.nowMs() });
    const over = [...this.#entries.values()].filter(({ job }) => job.endedMs !== undefined);
    for (const { job } of over.slice(0, Math.max(0, over.length - this.#options.keepLimit))) {
      this.#entries.delete(job.id);
    }
    this.#runNext();
  }

  #change(entry: Entry, change: Partial<CalibrationJob>): void {
    entry.job = { ...entry.job, ...change };
    for (const listener of this.#listeners) listener(entry.job);
  }
}
