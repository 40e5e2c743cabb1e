/**
 * When recorded rows are due, and what event time they carry: pure arithmetic.
 *
 * Every due time is computed from the beginning of the playing, never from the row before, so that nothing adds up
 * over a long record. In a loop each pass follows the one before after one more step of the record.
 */

export interface TimelineOptions {
  /** When the first row is due, Unix ms. */
  readonly startMs: number;
  /** Recorded seconds in a second, or `max` for as fast as the broker takes them. */
  readonly speed: number | 'max';
  /**
   * `now`: the moment at which a row is due. `shifted`: the record's own steps, counted from the start, for a reader
   * whose clock runs as fast as the table is played. `recorded`: as in the table.
   */
  readonly eventTime: 'now' | 'shifted' | 'recorded';
}

export class Timeline {
  readonly #options: TimelineOptions;
  #firstMs: number | undefined;
  #lastMs = 0;
  /** The newest step between two rows that was not zero. */
  #stepMs = 1_000;
  /** Recorded time of all passes before this one. */
  #offsetMs = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Recorded milliseconds played so far, over all passes. */
  get elapsedMs(): number {
    return this.#firstMs === undefined ? 0 : this.#offsetMs + this.#lastMs - this.#firstMs;
  }

  /** @returns whether the row is not before the one before it; only then it counts. */
  advance(recordedMs: number): boolean {
    if (this.#firstMs === undefined) this.#firstMs = recordedMs;
    else {
      if (!(recordedMs >= this.#lastMs)) return false;
      if (recordedMs > this.#lastMs) this.#stepMs = recordedMs - this.#lastMs;
    }
    this.#lastMs = recordedMs;
    return true;
  }

  /** When the row last advanced to is due; minus infinity at `max`. */
  dueMs(): number {
    const { speed, startMs } = this.#options;
    return speed === 'max' ? Number.NEGATIVE_INFINITY : startMs + this.elapsedMs / speed;
  }

  /** @param nowMs - what `now` is at speed `max`, where nothing is due. */
  eventMs(nowMs: number): number {
    switch (this.#options.eventTime) {
      case 'now':
        return this.#options.speed === 'max' ? nowMs : this.dueMs();
      case 'shifted':
        return this.#options.startMs + this.elapsedMs;
      case 'recorded':
        // In a later pass time goes on: going back to the first row it would be refused as out of order.
        return (this.#firstMs ?? 0) + this.elapsedMs;
    }
  }

  /** Begins the table anew. */
  nextPass(): void {
    if (this.#firstMs === undefined) return;
    this.#offsetMs += this.#lastMs - this.#firstMs + this.#stepMs;
    this.#lastMs = this.#firstMs;
  }
}

/** `60x`, `0.5x`, `60` or `max`; undefined for anything else. */
export function parseSpeed(text: string): number | 'max' | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'max') return 'max';
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?x?$/.test(trimmed) ? Number.parseFloat(trimmed) : Number.NaN;
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
