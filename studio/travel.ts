/** Which moment the page shows: now, or a past one; and the span of time that charts and the slider have around it. */

import type { EngineClock } from './clock.ts';

/** Unix milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export type TravelChange = 'moment' | 'window';

const shortestSpanSeconds = 900;

export class Travel {
  readonly clock: EngineClock;
  readonly #listeners = new Set<(change: TravelChange) => void>();
  #atMs: number | undefined;
  #endMs = 0;
  #spanSeconds: number = shortestSpanSeconds;

  constructor(clock: EngineClock) {
    this.clock = clock;
  }

  /** Undefined: now. */
  get atMs(): number | undefined {
    return this.#atMs;
  }

  get spanSeconds(): number {
    return this.#spanSeconds;
  }

  /** It stands still while a past moment is shown, so that one can go to and fro in it. */
  get window(): Window {
    const toMs = this.#atMs === undefined ? this.clock.nowMs() : this.#endMs;
    return { fromMs: toMs - this.#spanSeconds * 1000, toMs };
  }

  /** Shows a past moment; one that has not come yet is now. */
  goTo(atMs: number): void {
    const nowMs = this.clock.nowMs();
    if (!(atMs < nowMs)) {
      this.toNow();
      return;
    }
    const before = this.window;
    const isNew = this.#atMs === undefined;
    if (isNew) this.#endMs = nowMs;
    this.#atMs = atMs;
    const isOutside = atMs < before.fromMs || atMs > before.toMs;
    if (isOutside) this.#endMs = this.#endAround(atMs);
    if (isNew || isOutside) this.#tell('window');
    this.#tell('moment');
  }

  toNow(): void {
    if (this.#atMs === undefined) return;
    this.#atMs = undefined;
    this.#tell('window');
    this.#tell('moment');
  }

  setSpan(seconds: number): void {
    this.#spanSeconds = seconds;
    if (this.#atMs !== undefined) this.#endMs = this.#endAround(this.#atMs);
    this.#tell('window');
  }

  onChange(listener: (change: TravelChange) => void): void {
    this.#listeners.add(listener);
  }

  #endAround(atMs: number): number {
    return Math.min(this.clock.nowMs(), atMs + this.#spanSeconds * 500);
  }

  #tell(change: TravelChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
