/** A clock that moves only when told to: for tests, replays and programs that keep their own time. */

import type { StopSignal } from '../basics/index.ts';
import type { Clock } from '../ports/index.ts';

export interface ManualClock extends Clock {
  /** Lets time pass: wakes each sleeper at its own moment, in order, and lets it work before going on. */
  advance(byMs: number): Promise<void>;
  /** Moves time at once, as when a machine was suspended: sleepers wake late. */
  jump(byMs: number): Promise<void>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** How many turns of the microtask queue a woken sleeper gets. Exchanges between fleet and shard take about ten. */
const turns = 40;

export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  /** Those who slept until a time that was past, and are not yet back at work. */
  let late = 0;

  async function pass(signal: StopSignal): Promise<void> {
    late++;
    await settle();
    late--;
    if (signal.aborted) throw signal.reason;
  }

  async function wakeDue(): Promise<void> {
    await settle();
    for (let next = earliest(sleepers); next !== undefined && next.atMs <= nowMs; next = earliest(sleepers)) {
      sleepers.delete(next);
      next.wake();
      // Quiet twice in a row: who is just back at work may go to sleep late once more.
      for (let quiet = 0; quiet < 2; ) {
        await settle();
        quiet = late > 0 ? 0 : quiet + 1;
      }
    }
  }

  return {
    nowMs: () => nowMs,
    sleepUntil(atMs: number, signal: StopSignal): Promise<void> {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (atMs <= nowMs) return pass(signal);
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const wake = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        const sleeper = { atMs, wake };
        signal.addEventListener('abort', abort);
        sleepers.add(sleeper);
      });
    },
    async advance(byMs: number): Promise<void> {
      const untilMs = nowMs + byMs;
      await settle();
      for (
        let next = earliest(sleepers);
        next !== undefined && next.atMs <= untilMs;
        next = earliest(sleepers)
      ) {
        nowMs = Math.max(nowMs, next.atMs);
        await wakeDue();
      }
      nowMs = untilMs;
    },
    async jump(byMs: number): Promise<void> {
      nowMs += byMs;
      await wakeDue();
    },
  };
}

function earliest(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  let first: Sleeper | undefined;
  for (const sleeper of sleepers) if (first === undefined || sleeper.atMs < first.atMs) first = sleeper;
  return first;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
