/** Times in files: ISO 8601 in UTC, exact: what is written is read as the same double. */

import { readEventTime } from '../../../engine/index.ts';

/** With milliseconds, or, for a time between two of them, with nanoseconds: finer than doubles of this century are. */
export function isoOf(timeMs: number): string {
  const wholeMs = Math.floor(timeMs);
  const iso = new Date(wholeMs).toISOString();
  if (wholeMs === timeMs) return iso;
  const rest = Math.round((timeMs - wholeMs) * 1e6);
  return `${iso.slice(0, -1)}${String(Math.min(rest, 999_999)).padStart(6, '0')}Z`;
}

/** Unix nanoseconds. */
export function nanosecondsOf(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((timeMs - wholeMs) * 1e6));
}

export function msOfNanoseconds(nanoseconds: bigint): number {
  // Towards the past, so that what is left over is positive.
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((nanoseconds - rest) / 1_000_000n) + Number(rest) / 1e6;
}

/** A time as people and programs write it: ISO 8601 with its zone, or Unix seconds or milliseconds; undefined if it is none. */
export function readTime(text: string): number | undefined {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  return readEventTime(number ?? text, 'auto');
}
