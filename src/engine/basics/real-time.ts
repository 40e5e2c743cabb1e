/** When so much real time will have gone by on a clock that may be faster: disks and threads are not faster with it. */

export function afterRealMs(clock: { nowMs(): number; readonly speed?: number }, realMs: number): number {
  return clock.nowMs() + realMs * (clock.speed ?? 1);
}
