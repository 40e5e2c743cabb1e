/**
 * Sees whether the disk takes what the journal is given: a sender whose message is not on it gets no acknowledgement, and somebody
 * should know why.
 */

import { afterRealMs, createStopController } from '../basics/index.ts';
import type { Clock, Journal } from '../ports/index.ts';

/** How often it looks, and how long a record may wait for a disk that does not say why. */
const limits = { everyMs: 1000, slowMs: 5000 } as const;

export interface JournalWatchOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Told once, in a sentence; then `taken` when the disk takes everything again. */
  readonly refused: (why: string) => void;
  readonly taken: () => void;
}

/** Looks until the function that it returns is called. */
export function watchJournal({ journal, clock, refused, taken }: JournalWatchOptions): () => void {
  const stop = createStopController();
  void look();
  return () => stop.abort();

  async function look(): Promise<void> {
    let told = false;
    for (;;) {
      await clock.sleepUntil(afterRealMs(clock, limits.everyMs), stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return;
      const why = problemOf(journal);
      if (why !== undefined && !told) refused(why);
      if (why === undefined && told) taken();
      told = why !== undefined;
    }
  }
}

function problemOf({ failure, waitedMs = 0 }: Journal): string | undefined {
  if (failure !== undefined) return `nothing is acknowledged: ${failure}`;
  if (waitedMs < limits.slowMs) return undefined;
  return `senders wait for their acknowledgements: the disk has not taken a record of the journal for ${Math.round(waitedMs / 1000)} s`;
}
