/** A bounded run of values over time, in the arrays that the charts draw from. */

/** Ten minutes at the stream's pace. */
const CAPACITY = 2400;

export class Series {
  /** Seconds since 1970, ascending. */
  readonly times: number[] = [];
  readonly computed: (number | null)[] = [];
  readonly measured: (number | null)[] = [];

  push(time: number, computed: number | null, measured: number | null): void {
    if (!(time > (this.times.at(-1) ?? -Infinity))) return;
    this.times.push(time);
    this.computed.push(computed);
    this.measured.push(measured);
    if (this.times.length > CAPACITY) {
      // In pieces, since shifting an array at each value would cost its length each time.
      for (const array of [this.times, this.computed, this.measured]) array.splice(0, CAPACITY / 10);
    }
  }
}
