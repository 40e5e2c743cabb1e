/** The engine's time as far as the page knows it: its clock need not be that of this machine, nor run as fast. */

export class EngineClock {
  /** How far this browser's clock is ahead, with the quickest delivery seen. */
  #aheadMs = Infinity;

  /** Takes the time of a tick that has just come. */
  hear(timeMs: number): void {
    this.#aheadMs = Math.min(this.#aheadMs, Date.now() - timeMs);
  }

  /** To be called when another engine may answer. */
  reset(): void {
    this.#aheadMs = Infinity;
  }

  nowMs(): number {
    return Date.now() - (Number.isFinite(this.#aheadMs) ? this.#aheadMs : 0);
  }
}
