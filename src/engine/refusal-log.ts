/** Counts every refusal by its reason and keeps the last ones for inspection. */

import { type Refused, type RefusalReason, refusalReasons } from './refusal.ts';
import { Ring } from './ring.ts';

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
