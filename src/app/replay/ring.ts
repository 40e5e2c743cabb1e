/** Memory that the threads of a replay share: what one of them tells the others stands here, and is read where it stands. */

export class SharedRing {
  readonly #numbers: Float64Array;
  #at = 0;
  #used = 0;
  #taken = 0;

  constructor(bytes: number) {
    this.#numbers = new Float64Array(new SharedArrayBuffer(bytes));
  }

  /** Room for so many numbers, taken and given back in one order; where the ring has none, anywhere. */
  room(numbers: number): Float64Array {
    const size = this.#numbers.length;
    const isAtEnd = this.#at + numbers > size;
    const skipped = isAtEnd ? size - this.#at : 0;
    if (this.#used + skipped + numbers > size) return new Float64Array(numbers);
    const from = isAtEnd ? 0 : this.#at;
    this.#at = from + numbers;
    this.#used += skipped + numbers;
    this.#taken += skipped + numbers;
    return this.#numbers.subarray(from, this.#at);
  }

  /** How many numbers were taken since it was last asked. */
  taken(): number {
    const taken = this.#taken;
    this.#taken = 0;
    return taken;
  }

  free(numbers: number): void {
    this.#used -= numbers;
  }
}
