/**
 * A histogram of what is observed by the hundred thousand at once: the samples of a tick.
 *
 * It does what a `Histogram` of prom-client without labels does, at a tenth of its cost (260,000 observations: 37 ms, here 3.5), during
 * which no sender is answered.
 */

export interface ManyHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

export class ManyHistogram {
  readonly #options: ManyHistogramOptions;
  readonly #bounds: Float64Array;
  /** Of each bucket without those below; the last has what is above all bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(options: ManyHistogramOptions) {
    this.#options = options;
    this.#bounds = Float64Array.from(options.buckets);
    this.#counts = new Float64Array(options.buckets.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (value > (bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** In the text format of Prometheus. */
  render(): string {
    const { name, help } = this.#options;
    let count = 0;
    const buckets = Array.from(this.#counts, (more, bucket) => {
      count += more;
      return `${name}_bucket{le="${this.#bounds[bucket] ?? '+Inf'}"} ${count}\n`;
    });
    const head = `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`;
    return `${head}${buckets.join('')}${name}_sum ${this.#sum}\n${name}_count ${count}\n`;
  }
}
