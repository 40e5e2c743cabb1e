/**
 * How long to wait before trying to reach a broker again: full jitter, so that a thousand engines whose broker
 * restarts do not come back at the same instant.
 *
 * Source  Brooker, Exponential Backoff and Jitter, AWS Architecture Blog (2015).
 */

export interface ReconnectWaits {
  /** The longest wait before the first attempt; it doubles with each attempt. Default 1,000. */
  readonly firstMs: number;
  /** The longest wait of all. Default 30,000. */
  readonly longestMs: number;
}

/** Even a lucky draw waits this long, so that a refusing broker is not hammered. */
const shortestMs = 50;

/**
 * @param attempt - 0 before the first attempt after a connection was lost.
 * @param random - uniform in [0, 1).
 */
export function reconnectWaitMs(attempt: number, waits: ReconnectWaits, random: () => number): number {
  const capMs = Math.min(waits.longestMs, waits.firstMs * 2 ** Math.min(attempt, 30));
  return Math.max(Math.min(shortestMs, capMs), random() * capMs);
}
