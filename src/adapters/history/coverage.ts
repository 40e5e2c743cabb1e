/**
 * How much of each part of a span is spoken for: a sample is, from its time on, good until the next one, but for no longer than
 * `holdMs`. What it is good for beyond the span, or was before it, does not count.
 */

import type { Span } from './block-points.ts';

export class Coverage {
  readonly #span: Span;
  readonly #everyMs: number;
  readonly #holdMs: number;
  /** Milliseconds by number of the part. */
  readonly #covered = new Map<number, number>();
  /** What is before this has been counted. */
  #untilMs: number;

  constructor(span: Span, everyMs: number, holdMs: number) {
    this.#span = span;
    this.#everyMs = everyMs;
    this.#holdMs = holdMs;
    this.#untilMs = span.fromMs;
  }

  /** Whether samples with these gaps between them leave nothing out; of an unknown gap that cannot be told. */
  bridges(gapMs: number | undefined): boolean {
    return gapMs !== undefined && gapMs <= this.#holdMs;
  }

  /** Samples from … to, without a gap that counts. To be told in order of their beginning. */
  add(firstMs: number, lastMs: number): void {
    const { fromMs, toMs } = this.#span;
    const endMs = Math.min(lastMs + this.#holdMs, toMs);
    for (let atMs = Math.max(firstMs, this.#untilMs); atMs < endMs; ) {
      const part = Math.floor((atMs - fromMs) / this.#everyMs);
      // The end of a part may, rounded, be its own beginning.
      const nextMs = Math.max(Math.min(endMs, fromMs + (part + 1) * this.#everyMs), atMs + 1e-3);
      this.#covered.set(part, (this.#covered.get(part) ?? 0) + nextMs - atMs);
      atMs = nextMs;
    }
    this.#untilMs = Math.max(this.#untilMs, endMs);
  }

  /** Share of a part, from 0 to 1; the last part may be shorter than the others. */
  of(part: number): number {
    const { fromMs, toMs } = this.#span;
    const lengthMs = Math.min(this.#everyMs, toMs - fromMs - part * this.#everyMs);
    return Math.min(1, (this.#covered.get(part) ?? 0) / lengthMs);
  }
}
