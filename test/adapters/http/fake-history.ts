/**
 * A history of two signals of a pump that runs, and of one that is gone: 12,000 samples of each, a second apart: 0, 1, 2 …
 * It keeps to the contract of `History`, but that all parts have the same in them, and the third sample is always the last.
 */

import type { History } from '../../../src/engine/index.ts';

export const historyFromMs = Date.parse('2026-11-22T13:00:00.000Z');
export const temperature = { signal: 'temperature', unit: 'degC' };
export const sensor = { signal: 'measured temperature_1', unit: 'degC' };

export function createFakeHistory(): History {
  const sampleMs = Array.from({ length: 12_000 }, (_, i) => historyFromMs + i * 1000);
  return {
    signals: async (twin) => (['pump-1', 'gone'].includes(twin) ? [temperature, sensor] : []),
    twins: async () => ['pump-1', 'gone'],
    insert: async () => ({ late: 0 }),
    async points(span, limit) {
      const times = sampleMs.filter((timeMs) => timeMs >= span.fromMs && timeMs < span.toMs).slice(0, limit);
      return {
        timesMs: Float64Array.from(times),
        values: Float64Array.from(times, (timeMs) => (timeMs - historyFromMs) / 1000),
      };
    },
    async buckets(span, { everyMs, holdMs }) {
      return {
        fromMs: Float64Array.of(span.fromMs, span.fromMs + everyMs),
        count: Float64Array.of(2, 1),
        least: Float64Array.of(0, 2),
        most: Float64Array.of(1, 2),
        mean: Float64Array.of(0.5, 2),
        ...(holdMs !== undefined && { quality: Float64Array.of(1, 0.5) }),
      };
    },
    async valuesAt(span, everyMs) {
      return Float64Array.from({ length: Math.ceil((span.toMs - span.fromMs) / everyMs) }, (_, i) => {
        const seconds = Math.floor((span.fromMs + i * everyMs - historyFromMs) / 1000);
        return seconds < 0 ? Number.NaN : seconds;
      });
    },
    async lastValues({ twins, signals }) {
      const known = [temperature, sensor].filter(({ signal }) => signals?.includes(signal) ?? true);
      const last = { timeMs: historyFromMs + 2000, value: 2 };
      return twins.includes('pump-1') ? known.map((one) => ({ twin: 'pump-1', ...one, ...last })) : [];
    },
    facts: async () => [],
    factsAt: async () => [],
    begin: async () => historyFromMs,
  };
}
