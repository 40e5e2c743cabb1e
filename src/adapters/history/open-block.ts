/**
 * The newest samples of one series, in memory until they are enough for a block. In order of time; a sample of a time that
 * is there already replaces it, since it is a correction.
 */

import type { Points } from './codec.ts';

const firstRoom = 8;

export class OpenBlock {
  /** Times, then values, each with the same room: one array, since an array costs more than its first samples. */
  #numbers = new Float64Array(0);
  #room = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Time of the newest sample; −∞ if there is none. */
  get lastMs(): number {
    return this.#count === 0 ? Number.NEGATIVE_INFINITY : (this.#numbers[this.#count - 1] ?? 0);
  }

  /** Views of what is there, good until the next change. */
  get points(): Points {
    return {
      timesMs: this.#numbers.subarray(0, this.#count),
      values: this.#numbers.subarray(this.#room, this.#room + this.#count),
    };
  }

  put(timeMs: number, value: number): void {
    let at = this.#count;
    while (at > 0 && (this.#numbers[at - 1] ?? 0) > timeMs) at--;
    if (at > 0 && this.#numbers[at - 1] === timeMs) {
      this.#numbers[this.#room + at - 1] = value;
      return;
    }
    if (this.#count === this.#room) this.#grow();
    const numbers = this.#numbers;
    if (at < this.#count) {
      numbers.copyWithin(at + 1, at, this.#count);
      numbers.copyWithin(this.#room + at + 1, this.#room + at, this.#room + this.#count);
    }
    numbers[at] = timeMs;
    numbers[this.#room + at] = value;
    this.#count++;
  }

  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    const { timesMs, values } = this.points;
    const room = Math.max(firstRoom, this.#room * 2);
    this.#numbers = new Float64Array(room * 2);
    this.#numbers.set(timesMs);
    this.#numbers.set(values, room);
    this.#room = room;
  }
}
