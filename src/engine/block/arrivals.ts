/** When the samples came that a block has applied, until somebody asks: so many that each is a number in an array, not an object. */

/** So many are kept; more are not told. */
const limit = 65_536;

export class Arrivals {
  #times = new Float64Array(64);
  #count = 0;

  add(receivedMs: number): void {
    if (this.#count === limit) return;
    if (this.#count === this.#times.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times[this.#count++] = receivedMs;
  }

  /** Those since the last call. */
  take(): Float64Array<ArrayBuffer> {
    const times = this.#times.slice(0, this.#count);
    this.#count = 0;
    return times;
  }
}
