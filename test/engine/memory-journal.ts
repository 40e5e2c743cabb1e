/** A journal in memory, for tests of what a fleet puts into one. */

import type { Journal } from '../../src/engine/index.ts';

export interface MemoryJournal extends Journal {
  read(from: number): AsyncIterable<{ readonly number: number; readonly content: Uint8Array }>;
  /** As a disk that fails does. */
  loseNewest(count: number): void;
  full: boolean;
  hold: boolean;
  release(before: number): Promise<void>;
}

/** Confirms at once, or when it is told to. */
export function memoryJournal(): MemoryJournal {
  const records: (Uint8Array | undefined)[] = [];
  let first = 1;
  return {
    full: false,
    hold: false,
    get last() {
      return first - 1 + records.length;
    },
    append(content) {
      records.push(content.slice());
      return first - 1 + records.length;
    },
    committed() {
      return this.hold ? new Promise<void>(() => undefined) : Promise.resolve();
    },
    loseNewest(count) {
      records.splice(records.length - count);
    },
    resumeAfter(number) {
      while (this.last < number) records.push(undefined);
    },
    async *pages(from) {
      for await (const { number, content } of this.read(from))
        yield { first: number, count: 1, bytes: content, spans: Float64Array.of(0, content.length) };
    },
    async *read(from) {
      for (const [i, content] of records.entries()) {
        if (first + i >= from && content !== undefined) yield { number: first + i, content };
      }
    },
    async release(before) {
      while (first < before && records.length > 0) {
        records.shift();
        first++;
      }
    },
  };
}
