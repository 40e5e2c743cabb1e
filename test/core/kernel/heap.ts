/** What a piece of work leaves on the heap. */

/** By how many bytes the heap grew over 20,000 calls, after as many to get warm; the least of three tries, since others allocate, too. */
export function heapGrowth(run: () => void): number {
  const grow = (): number => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20_000; i++) run();
    return process.memoryUsage().heapUsed - before;
  };
  grow();
  return Math.min(grow(), grow(), grow());
}

/** A number of 16 bytes a call would be more than three times that. */
export const nextToNothing = 100_000;
