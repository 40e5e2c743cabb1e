/**
 * Records that are written by one write, in the bytes in which they stand in a segment, and the promise that they are on the disk.
 *
 * They are encoded as they come, into memory that grows to what is needed and is used again, so that a record costs no object
 * of its own, and whoever waits for one waits for the promise of all.
 */

import { encodeRecord, recordHeaderBytes } from './format.ts';

/** Memory of a group that grew beyond this is not kept for the next. */
const keptBytes = 4_194_304;

export class Group {
  /** Number of its first record. */
  readonly first: number;
  /** When its first record came; by a clock that never jumps. */
  readonly sinceMs = performance.now();
  /** Fulfilled once every record of the group is on the disk. */
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  count = 0;
  #memory: Buffer;
  #length = 0;

  /** @param memory - of a group that is no more; overwritten. */
  constructor(first: number, memory: Buffer = Buffer.allocUnsafe(65_536)) {
    this.first = first;
    this.#memory = memory;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Nobody need wait for it.
    promise.catch(() => undefined);
    this.committed = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Valid until the next record is added. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** Adds a copy of a record's content. */
  add(content: Uint8Array): void {
    const end = this.#length + recordHeaderBytes + content.length;
    if (end > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, 2 * this.#memory.length));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    encodeRecord(this.#memory, this.#length, { number: this.first + this.count, content });
    this.#length = end;
    this.count++;
  }

  /** For the next group, once this one is written. */
  takeMemory(): Buffer | undefined {
    return this.#memory.length > keptBytes ? undefined : this.#memory;
  }
}
