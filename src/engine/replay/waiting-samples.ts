/** Samples of a record that are read but not yet given to their shard, in the order of the journal. */

import { nowhere } from '../journal/index.ts';
import { putSample, sampleColumns, type Sample } from '../protocol/index.ts';

/** What a replay comes to is compared with what was recorded, sample by sample: nothing of it refers to the journal. */
export type LaidSample = Omit<Sample, 'origin'>;

/** Rows of `sampleColumns`, and the record of each. */
export interface LaidRows {
  readonly rows: Float64Array;
  readonly records: Float64Array;
}

const width = sampleColumns.count;

export class WaitingSamples {
  #rows = new Float64Array(1024 * width);
  #records = new Float64Array(1024);
  #from = 0;
  #to = 0;

  /** Records come in order. */
  lay(record: number, { twin, signal, timeMs, value, receivedMs }: LaidSample): void {
    if (this.#to === this.#records.length) this.#makeRoom();
    const row = this.#to++;
    this.#records[row] = record;
    putSample(this.#rows, row * width, { twin, signal, timeMs, value, receivedMs, origin: nowhere });
  }

  /** Hands out those of records up to this one, as rows that hold until the next `lay`; undefined if there are none. */
  take(through: number): Float64Array<ArrayBuffer> | undefined {
    const from = this.#from;
    let to = from;
    while (to < this.#to && (this.#records[to] ?? 0) <= through) to++;
    if (to === from) return undefined;
    this.#from = to;
    if (to === this.#to) {
      this.#from = 0;
      this.#to = 0;
    }
    return this.#rows.subarray(from * width, to * width);
  }

  /** Hands out those of one twin. */
  takeOf(twin: number): LaidRows {
    const all = this.#all();
    this.#keep(all, (row) => all.rows[row * width + sampleColumns.twin] !== twin);
    return selected(all, (row) => all.rows[row * width + sampleColumns.twin] === twin);
  }

  /** Puts others among them. */
  put({ rows, records }: LaidRows): void {
    const all = this.#all();
    const joined = {
      rows: new Float64Array(all.rows.length + rows.length),
      records: new Float64Array(all.records.length + records.length),
    };
    joined.rows.set(all.rows);
    joined.rows.set(rows, all.rows.length);
    joined.records.set(all.records);
    joined.records.set(records, all.records.length);
    const order = Array.from(joined.records.keys()).toSorted(
      (a, b) => (joined.records[a] ?? 0) - (joined.records[b] ?? 0),
    );
    this.#set(pick(joined, order));
  }

  #all(): LaidRows {
    return {
      rows: this.#rows.slice(this.#from * width, this.#to * width),
      records: this.#records.slice(this.#from, this.#to),
    };
  }

  #keep(all: LaidRows, which: (row: number) => boolean): void {
    this.#set(selected(all, which));
  }

  #set({ rows, records }: LaidRows): void {
    this.#from = 0;
    this.#to = records.length;
    const room = Math.max(1024, records.length);
    this.#rows = new Float64Array(room * width);
    this.#rows.set(rows);
    this.#records = new Float64Array(room);
    this.#records.set(records);
  }

  /** In new arrays: who was handed rows may still read them. */
  #makeRoom(): void {
    const count = this.#to - this.#from;
    const room = Math.max(1024, count * 2);
    const rows = new Float64Array(room * width);
    rows.set(this.#rows.subarray(this.#from * width, this.#to * width));
    const records = new Float64Array(room);
    records.set(this.#records.subarray(this.#from, this.#to));
    this.#rows = rows;
    this.#records = records;
    this.#from = 0;
    this.#to = count;
  }
}

function selected(all: LaidRows, which: (row: number) => boolean): LaidRows {
  return pick(
    all,
    Array.from(all.records.keys()).filter((row) => which(row)),
  );
}

function pick({ rows, records }: LaidRows, order: readonly number[]): LaidRows {
  const picked = { rows: new Float64Array(order.length * width), records: new Float64Array(order.length) };
  for (const [to, from] of order.entries()) {
    picked.rows.set(rows.subarray(from * width, (from + 1) * width), to * width);
    picked.records[to] = records[from] ?? 0;
  }
  return picked;
}
