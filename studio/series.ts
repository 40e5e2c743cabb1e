/** A bounded run of values over time, in the arrays that the charts draw from. */

/** Ten minutes at the stream's pace. */
const CAPACITY = 2400;

export interface Point {
  readonly computed: number | null;
  readonly measured: number | null;
  /** Half the width of the band. */
  readonly reach: number | undefined;
}

export class Series {
  /** Seconds since 1970, ascending. */
  readonly times: number[] = [];
  readonly computed: (number | null)[] = [];
  readonly measured: (number | null)[] = [];
  /** The band in which the value is most likely; null where nobody knows. */
  readonly low: (number | null)[] = [];
  readonly high: (number | null)[] = [];

  push(time: number, { computed, measured, reach }: Point): void {
    if (!(time > (this.times.at(-1) ?? -Infinity))) return;
    const hasBand = computed !== null && reach !== undefined;
    this.times.push(time);
    this.computed.push(computed);
    this.measured.push(measured);
    this.low.push(hasBand ? computed - reach : null);
    this.high.push(hasBand ? computed + reach : null);
    if (this.times.length > CAPACITY) {
      // In pieces, since shifting an array at each value would cost its length each time.
      for (const array of [this.times, this.computed, this.measured, this.low, this.high])
        array.splice(0, CAPACITY / 10);
    }
  }
}
