/**
 * The real clock: Unix time that never goes back.
 *
 * It runs with the machine's monotonic clock, which no one sets, and is led back to the system's clock, which
 * someone keeps right: gently, by at most a tenth of the time that passes. Only a big step forward is taken at once,
 * since that is a machine that was suspended. After a big step back it runs at half speed until it is right again.
 */

import type { Clock, StopSignal } from '../../engine/index.ts';

/** Where the time comes from; tests bring their own. */
export interface TimeSources {
  /** The system's clock, Unix milliseconds. */
  readonly wallMs: () => number;
  /** Milliseconds since any moment, never set. */
  readonly monotonicMs: () => number;
}

const bigStepMs = 1000;
const smallErrorMs = 2;
/** The longest timeout that `setTimeout` takes. */
const longestTimeoutMs = 2 ** 31 - 1;

/** @param onSetBack - told once when somebody has set the system's clock back by a big step, and by how much. */
export function createSystemClock(
  sources: TimeSources = systemTime,
  onSetBack: (byMs: number) => void = () => undefined,
): Clock {
  const nowMs = createMonotonicUnixTime(sources, onSetBack);
  return {
    nowMs,
    sleepUntil(atMs: number, signal: StopSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        let cancel = (): void => undefined;
        const abort = (): void => {
          cancel();
          reject(signal.reason);
        };
        const wait = (): void => {
          const remainingMs = atMs - nowMs();
          if (remainingMs > 0) {
            // Rounded up, since a timer of 0.4 ms would fire at once, again and again.
            const timer = setTimeout(wait, Math.min(Math.ceil(remainingMs), longestTimeoutMs));
            cancel = () => clearTimeout(timer);
            return;
          }
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort);
        if (atMs > nowMs()) {
          wait();
        } else {
          // Even who is late lets waiting messages pass first.
          const immediate = setImmediate(wait);
          cancel = () => clearImmediate(immediate);
        }
      });
    },
  };
}

export const systemTime: TimeSources = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

function createMonotonicUnixTime(
  { wallMs, monotonicMs }: TimeSources,
  onSetBack: (byMs: number) => void,
): () => number {
  let isAhead = false;
  let timeMs = wallMs();
  let readMs = monotonicMs();
  return () => {
    const mono = monotonicMs();
    const passedMs = mono - readMs;
    readMs = mono;
    timeMs += passedMs;
    const errorMs = wallMs() - timeMs;
    if (errorMs > bigStepMs) {
      timeMs += errorMs;
    } else if (errorMs < -bigStepMs) {
      timeMs -= passedMs / 2;
      if (!isAhead) onSetBack(-errorMs);
    } else if (Math.abs(errorMs) > smallErrorMs) {
      timeMs += Math.sign(errorMs) * Math.min(passedMs / 10, Math.abs(errorMs));
    }
    isAhead = errorMs < -bigStepMs;
    return timeMs;
  };
}
