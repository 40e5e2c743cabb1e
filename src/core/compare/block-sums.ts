/**
 * Sums over a row of instants, kept in blocks of equal length: what is needed to say how far a mean may be off although
 * neighbours resemble each other, in memory that does not grow.
 *
 * An instant is a moment at which samples came, whatever their number: those of one instant are never in two blocks. A
 * block begins with one instant. When there are 64 blocks, neighbours are joined and every block is twice as long: so there are
 * always 24 to 48 (after the first 24 instants), each a larger part of the time than anything that the row remembers, once it is long enough.
 *
 * Source  Schmeiser, Batch Size Effects in the Analysis of Simulation Output, Operations Research 30 (1982) · Yeh & Schmeiser,
 *         Simulation Output Analysis via Dynamic Batch Means, WSC (2000): the doubling
 */

const most = 48;

/** As plain data; it goes on from there as if it had never stopped. */
export interface SavedSums {
  readonly span: number;
  readonly instants: number;
  readonly newestMs: number;
  readonly totals: readonly number[];
  readonly open: readonly number[];
  /** Block by block, column by column. */
  readonly closed: readonly number[];
}

export class BlockSums {
  readonly columns: number;
  readonly #totals: Float64Array;
  /** The block that is being filled. */
  readonly #open: Float64Array;
  readonly #closed: Float64Array;
  #count = 0;
  #openInstants = 0;
  #span = 1;
  #instants = 0;
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(columns: number) {
    this.columns = columns;
    this.#totals = new Float64Array(columns);
    this.#open = new Float64Array(columns);
    this.#closed = new Float64Array(columns * most);
  }

  /** How many instants there were. */
  get instants(): number {
    return this.#instants;
  }

  /** Instants a block. */
  get span(): number {
    return this.#span;
  }

  /** Blocks that are full. */
  get blocks(): number {
    return this.#count;
  }

  total(column: number): number {
    return this.#totals[column] ?? 0;
  }

  block(index: number, column: number): number {
    return this.#closed[index * this.columns + column] ?? 0;
  }

  /** What is added from now on is of this instant; one that is not newer than the newest counts as that. Allocates nothing. */
  at(timeMs: number): void {
    if (!(timeMs > this.#newestMs)) return;
    this.#newestMs = timeMs;
    if (this.#openInstants === this.#span) this.#close();
    this.#openInstants++;
    this.#instants++;
  }

  add(column: number, value: number): void {
    this.#totals[column] = (this.#totals[column] ?? 0) + value;
    this.#open[column] = (this.#open[column] ?? 0) + value;
  }

  save(): SavedSums {
    return {
      span: this.#span,
      instants: this.#instants,
      newestMs: this.#instants === 0 ? 0 : this.#newestMs,
      totals: [...this.#totals],
      open: [...this.#open],
      closed: [...this.#closed.subarray(0, this.#count * this.columns)],
    };
  }

  /** @returns undefined if what was saved is of another form. */
  static restore(columns: number, saved: SavedSums): BlockSums | undefined {
    const { span, instants, newestMs, totals, open, closed } = saved;
    const count = closed.length / columns;
    const openInstants = instants - count * span;
    const fits =
      totals.length === columns &&
      open.length === columns &&
      Number.isInteger(count) &&
      count < most &&
      openInstants >= 0 &&
      openInstants <= span;
    if (!fits) return undefined;
    const sums = new BlockSums(columns);
    sums.#span = span;
    sums.#instants = instants;
    sums.#newestMs = instants === 0 ? Number.NEGATIVE_INFINITY : newestMs;
    sums.#count = count;
    sums.#openInstants = openInstants;
    sums.#totals.set(totals);
    sums.#open.set(open);
    sums.#closed.set(closed);
    return sums;
  }

  #close(): void {
    this.#closed.set(this.#open, this.#count * this.columns);
    this.#open.fill(0);
    this.#openInstants = 0;
    this.#count++;
    if (this.#count === most) this.#join();
  }

  #join(): void {
    const { columns } = this;
    for (let to = 0; to < most / 2; to++) {
      for (let column = 0; column < columns; column++) {
        this.#closed[to * columns + column] = this.block(2 * to, column) + this.block(2 * to + 1, column);
      }
    }
    this.#count = most / 2;
    this.#span *= 2;
  }
}
