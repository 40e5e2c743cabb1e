/** How busy the machine is meanwhile: figures taken beside somebody else's work say little. */

import { cpus } from 'node:os';

/** Starts to count. @returns what gives the cores that were busy since then, on average and with all programs. */
export function watchProcessors(): () => number {
  const before = readTimes();
  return () => {
    const after = readTimes();
    return (cpus().length * (after.busy - before.busy)) / (after.total - before.total);
  };
}

function readTimes(): { readonly busy: number; readonly total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = Object.values(times).reduce((sum, time) => sum + time);
    busy += all - times.idle;
    total += all;
  }
  return { busy, total };
}
