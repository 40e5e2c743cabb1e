/**
 * Rows of four whole numbers, each once, numbered in the order in which they came.
 *
 * A graph tells with it whether it has an operation already: row (operation, operand, operand, operand). It is a hash
 * table with open addressing over plain arrays of numbers. A map with keys of text took four times as long to build
 * a graph of 100,000 nodes, and one with keys of numbers beyond 2³¹ twice as long.
 *
 * Source    Knuth, The Art of Computer Programming, vol. 3 (1998), section 6.4, algorithm L (linear probing); the
 *           mixing of the hash is that of Appleby's MurmurHash3 (2011).
 */

/** Numbers of a row. */
const width = 4;
const empty = -1;

export class Interner {
  #count = 0;
  #rows = new Int32Array(width * 64);
  /** The number of a row, or empty: at the row's hash or, if that is taken, behind it. Half of it is empty. */
  #table = new Int32Array(128).fill(empty);

  /** How many rows there are. */
  get size(): number {
    return this.#count;
  }

  /** The number of the row, or −1 if it is not there. The numbers of a row are whole and fit 32 bits. */
  find(operation: number, a: number, b: number, c: number): number {
    return this.#table[this.#place(operation, a, b, c)] ?? empty;
  }

  /** The number of a row that was not there. */
  add(operation: number, a: number, b: number, c: number): number {
    if (this.#rows.length === width * this.#count) this.#grow();
    const place = this.#place(operation, a, b, c);
    const id = this.#count++;
    const at = width * id;
    this.#rows[at] = operation;
    this.#rows[at + 1] = a;
    this.#rows[at + 2] = b;
    this.#rows[at + 3] = c;
    this.#table[place] = id;
    return id;
  }

  /** Where in the table the row is, or would be. */
  #place(operation: number, a: number, b: number, c: number): number {
    const rows = this.#rows;
    const table = this.#table;
    const mask = table.length - 1;
    let place = hashOf(operation, a, b, c) & mask;
    for (;;) {
      const id = table[place] ?? empty;
      if (id === empty) return place;
      const at = width * id;
      if (rows[at] === operation && rows[at + 1] === a && rows[at + 2] === b && rows[at + 3] === c)
        return place;
      place = (place + 1) & mask;
    }
  }

  #grow(): void {
    const rows = new Int32Array(2 * this.#rows.length);
    rows.set(this.#rows);
    this.#rows = rows;
    const table = new Int32Array(2 * this.#table.length).fill(empty);
    const mask = table.length - 1;
    for (let id = 0; id < this.#count; id++) {
      const at = width * id;
      let place = hashOf(rows[at] ?? 0, rows[at + 1] ?? 0, rows[at + 2] ?? 0, rows[at + 3] ?? 0) & mask;
      while (table[place] !== empty) place = (place + 1) & mask;
      table[place] = id;
    }
    this.#table = table;
  }
}

function hashOf(operation: number, a: number, b: number, c: number): number {
  let hash =
    Math.imul(operation, 0x9e3779b1) ^
    Math.imul(a, 0x85ebca6b) ^
    Math.imul(b, 0xc2b2ae35) ^
    Math.imul(c, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
