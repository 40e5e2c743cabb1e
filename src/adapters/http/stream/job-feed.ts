/**
 * Calibrations to the readers that subscribed to jobs: those that there are, then each as it comes along. What came out is left
 * out, since it may be large: a reader asks for it once the job is over.
 *
 * For a reader that is slow only the newest of each job waits.
 */

import { calibrationView } from '../describe.ts';
import type { CalibrationJobView, Calibrations } from '../options.ts';
import type { Reader } from './reader.ts';

export class JobFeed {
  readonly #calibrations: Calibrations | undefined;
  /** By reader, the jobs of which it still has to be told. */
  readonly #pending = new Map<Reader, Set<string>>();
  readonly #end: () => void;

  /** @param calibrations - absent: there are no jobs here. */
  constructor(calibrations: Calibrations | undefined) {
    this.#calibrations = calibrations;
    this.#end = calibrations?.onChange((job) => this.#note(job)) ?? (() => {});
  }

  subscribe(reader: Reader): void {
    const there = this.#calibrations?.list().toReversed() ?? [];
    const pending = new Set(there.map(({ id }) => id));
    this.#pending.set(reader, pending);
    this.#catchUp(reader, pending);
  }

  leave(reader: Reader): void {
    this.#pending.delete(reader);
  }

  /** Sends what waits, to those who have room. */
  flush(): void {
    for (const [reader, pending] of this.#pending) this.#catchUp(reader, pending);
  }

  stop(): void {
    this.#end();
    this.#pending.clear();
  }

  #note({ id }: CalibrationJobView): void {
    for (const [reader, pending] of this.#pending) {
      pending.add(id);
      this.#catchUp(reader, pending);
    }
  }

  #catchUp(reader: Reader, pending: Set<string>): void {
    for (const id of pending) {
      if (!reader.hasRoom) return;
      pending.delete(id);
      const job = this.#calibrations?.get(id);
      if (job === undefined) continue;
      const { result: _result, ...told } = calibrationView(job);
      reader.send(JSON.stringify({ type: 'job', job: told }));
    }
  }
}
