/**
 * Puts what the fleet accepts into the journal: one record a message, so that a message is there whole or not at all.
 */

import type { Sample, Target } from './ingest.ts';
import type { Journal } from './ports.ts';
import { encodeNames, SamplesRecord } from './samples-record.ts';

export class Recorder {
  readonly #journal: Journal;
  /** By number of the twin and of its signal. */
  readonly #names: (Uint8Array[] | undefined)[] = [];
  readonly #record = new SamplesRecord();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Whether a record could not be taken now. */
  get full(): boolean {
    return this.#journal.full;
  }

  /** Adds a sample to the record of the message under way. */
  add({ twin, signal, timeMs, value, receivedMs }: Sample, target: Target): void {
    this.#record.add({ names: this.#namesOf(twin, signal, target), timeMs, value, receivedMs });
  }

  /** Ends the record. Resolves once it is on the disk; undefined if nothing was added. */
  end(): Promise<void> | undefined {
    if (this.#record.count === 0) return undefined;
    this.#journal.append(this.#record.take());
    return this.#journal.committed();
  }

  /** A twin's number is free for another one. */
  forget(twin: number): void {
    this.#names[twin] = undefined;
  }

  #namesOf(twin: number, signal: number, { config, table }: Target): Uint8Array {
    const names = (this.#names[twin] ??= []);
    return (names[signal] ??= encodeNames(config.id, table.signals[signal]?.name ?? ''));
  }
}
