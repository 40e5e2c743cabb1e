/** Counts every refusal by its reason and keeps the last ones for inspection. */

import { Ring } from '../basics/index.ts';
import { type RefusalReason, refusalReasons, type Refused } from './refusal.ts';

export class RefusalLog {
  readonly counts: Record<RefusalReason, number>;
  readonly #kept: Ring<Refused>;

  constructor(keep: number) {
    this.#kept = new Ring(keep);
    this.counts = Object.fromEntries(Object.keys(refusalReasons).map((reason) => [reason, 0])) as Record<
      RefusalReason,
      number
    >;
  }

  add(refused: Refused): void {
    this.counts[refused.reason]++;
    this.#kept.push(refused);
  }

  /** Keeps what was counted elsewhere. */
  keep(refused: Refused): void {
    this.#kept.push(refused);
  }

  newestFirst(): Refused[] {
    return this.#kept.newestFirst();
  }
}
