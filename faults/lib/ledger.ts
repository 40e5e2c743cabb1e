/** What the senders were told: every sample that was acknowledged, by a name that no other sample has. */

export interface SentSample {
  readonly twin: string;
  readonly signal: string;
  readonly timeMs: number;
  readonly value: number;
}

/** A message that is answered much later than its event may have been refused as too late, which is acknowledged too. */
const surelyTakenMs = 15_000;

export class Ledger {
  /** When each was acknowledged, in milliseconds of the system's clock. */
  readonly acknowledged = new Map<string, number>();
  #newestMs = 0;

  /** The time of the newest acknowledgement. */
  get newestMs(): number {
    return this.#newestMs;
  }

  acknowledge(samples: readonly SentSample[]): void {
    const nowMs = Date.now();
    this.#newestMs = nowMs;
    for (const sample of samples) {
      if (nowMs - sample.timeMs < surelyTakenMs) this.acknowledged.set(keyOf(sample), nowMs);
    }
  }
}

export function keyOf({ twin, signal, timeMs, value }: SentSample): string {
  return `${twin} ${signal} ${timeMs} ${value}`;
}
