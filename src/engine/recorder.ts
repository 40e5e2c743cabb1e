/**
 * Puts what the fleet accepts into the journal: one record a message, so that a message is there whole or not at all.
 */

import type { Sample, Target } from './ingest.ts';
import type { Journal } from './ports.ts';
import { type EncodableSample, encodeNames, encodeSamples } from './samples-record.ts';

export class Recorder {
  readonly #journal: Journal;
  /** By number of the twin and of its signal. */
  readonly #names = new Map<number, Map<number, Uint8Array>>();
  #samples: EncodableSample[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Whether a record could not be taken now. */
  get full(): boolean {
    return this.#journal.full;
  }

  /** Adds a sample to the record of the message under way. */
  add({ twin, signal, timeMs, value, receivedMs }: Sample, target: Target): void {
    this.#samples.push({ names: this.#namesOf(twin, signal, target), timeMs, value, receivedMs });
  }

  /** Ends the record. Resolves once it is on the disk; undefined if nothing was added. */
  end(): Promise<void> | undefined {
    if (this.#samples.length === 0) return undefined;
    this.#journal.append(encodeSamples(this.#samples));
    this.#samples = [];
    return this.#journal.committed();
  }

  /** A twin's number is free for another one. */
  forget(twin: number): void {
    this.#names.delete(twin);
  }

  #namesOf(twin: number, signal: number, { config, table }: Target): Uint8Array {
    const names = this.#names.get(twin) ?? new Map<number, Uint8Array>();
    this.#names.set(twin, names);
    const known = names.get(signal) ?? encodeNames(config.id, table.signals[signal]?.name ?? '');
    names.set(signal, known);
    return known;
  }
}
