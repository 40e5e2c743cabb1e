/**
 * When the silence of a sensor is told after a restart: samples of the time in which nobody was there are missing, and clients take a
 * while to come back, so that every sensor of a fleet would be told of. Snapshots say it at once, as does a replay.
 */

/** So long clients may take to come back. */
const comingBackMs = 30_000;
/** As long as it takes for a sensor to be silent (detection/sensors.ts). */
const silentIntervals = 5;

/** Whether somebody has listened for long enough to tell. */
export function hasListened(
  sinceMs: number,
  { atMs, usualMs }: { readonly atMs: number; readonly usualMs: number },
): boolean {
  return atMs - sinceMs > Math.max(comingBackMs, silentIntervals * usualMs);
}
