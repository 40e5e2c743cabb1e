/** Readings of 200 sensors, as the benchmarks of the history write and read them. */

export const sensors = 200;
export const beginMs = Date.UTC(2026, 10, 22);
const batchSeconds = 400;

export interface Batch {
  readonly series: Uint32Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Each sensor walks slowly and has noise of some thousandths. */
export function batchesOf(seconds: number): readonly Batch[] {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const level = Array.from({ length: sensors }, () => 20 + 60 * random());
  return Array.from({ length: Math.floor(seconds / batchSeconds) }, (_, batch) => {
    const count = sensors * batchSeconds;
    const timesMs = new Float64Array(count);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const sensor = i % sensors;
      timesMs[i] = beginMs + (batch * batchSeconds + Math.floor(i / sensors)) * 1000;
      level[sensor] = (level[sensor] ?? 0) + 0.01 * (random() - 0.5);
      values[i] = Math.round(((level[sensor] ?? 0) + 0.02 * (random() - 0.5)) * 1000) / 1000;
    }
    return { series: Uint32Array.from({ length: count }, (_unused, i) => i % sensors), timesMs, values };
  });
}

/** Writes batches for some time; `take` may be slow, and the rate is then that of what it took. */
export async function writeAll(
  batches: readonly Batch[],
  longestMs: number,
  take: (batch: Batch) => unknown,
): Promise<{ readonly rate: number; readonly seconds: number }> {
  const began = performance.now();
  let written = 0;
  for (const batch of batches) {
    if (performance.now() - began > longestMs) break;
    await take(batch);
    written++;
  }
  const seconds = written * batchSeconds;
  return { rate: (sensors * seconds * 1000) / (performance.now() - began), seconds };
}

/** How long it takes, in milliseconds. */
export function timed(work: () => unknown): () => Promise<number> {
  return async () => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
}
