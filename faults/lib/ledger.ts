/** What the senders were told: every sample that was acknowledged, by a name that no other sample has. */

import { defaultLatenessSeconds } from './project.ts';

export interface SentSample {
  readonly twin: string;
  readonly signal: string;
  readonly timeMs: number;
  readonly value: number;
}

/** How samples came. */
export type Way = 'mqtt' | 'http';

export class Ledger {
  /** When each was acknowledged, by the machines' clock. */
  readonly acknowledged = new Map<string, number>();
  readonly #newestMs = { mqtt: 0, http: 0 };
  readonly #surelyTakenMs: number;
  readonly #nowMs: () => number;

  /**
   * @param latenessSeconds - what is answered not far from so late may have been refused as too late, which is acknowledged too.
   * @param nowMs - the machines' clock.
   */
  constructor(latenessSeconds = defaultLatenessSeconds, nowMs: () => number = () => Date.now()) {
    this.#surelyTakenMs = 750 * latenessSeconds;
    this.#nowMs = nowMs;
  }

  /** When something was acknowledged last over MQTT, which machines have more trouble with; by `performance.now()`. */
  get newestMs(): number {
    return this.#newestMs.mqtt;
  }

  acknowledge(samples: readonly SentSample[], way: Way): void {
    const nowMs = this.#nowMs();
    this.#newestMs[way] = performance.now();
    for (const sample of samples) {
      if (nowMs - sample.timeMs < this.#surelyTakenMs) this.acknowledged.set(keyOf(sample), nowMs);
    }
  }

  /** How many acknowledged samples are not among these. */
  missingIn(present: ReadonlySet<string>): number {
    return [...this.acknowledged.keys()].filter((key) => !present.has(key)).length;
  }
}

export function keyOf({ twin, signal, timeMs, value }: SentSample): string {
  return `${twin} ${signal} ${timeMs} ${value}`;
}
