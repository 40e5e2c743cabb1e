/** A table of numbers that grows row by row: a typed array for each column, some bytes a row where an object takes a hundred. */

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

type Kinds<Names extends string> = { readonly [Name in Names]: new (length: number) => Column };

const firstRows = 64;

export class NumberColumns<Names extends string> {
  /** By name. Other arrays once the table has grown. */
  readonly of: Record<Names, Column>;
  readonly #kinds: Kinds<Names>;
  #rows = 0;
  #count = 0;

  constructor(kinds: Kinds<Names>) {
    this.#kinds = kinds;
    this.of = this.#grown(0);
  }

  /** How many rows there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a row of zeros, and returns its number. */
  push(): number {
    if (this.#count === this.#rows) {
      // By a quarter, since what is not used yet is memory too.
      this.#rows = Math.max(firstRows, Math.ceil(this.#rows * 1.25));
      Object.assign(this.of, this.#grown(this.#rows));
    }
    return this.#count++;
  }

  #grown(rows: number): Record<Names, Column> {
    const grown = {} as Record<Names, Column>;
    for (const name of Object.keys(this.#kinds) as Names[]) {
      grown[name] = new this.#kinds[name](rows);
      if (rows > 0) grown[name].set(this.of[name]);
    }
    return grown;
  }
}
