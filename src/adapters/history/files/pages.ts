/** What a history has of some twins and a span, a page at a time, so that a year costs no more memory than an hour. */

import type { History, HistoryExtract, HistorySamples } from '../../../engine/index.ts';

const pageSamples = 20_000;

/** Twin by twin, signal by signal, in order of time. */
export async function* pagesOf(
  history: Pick<History, 'signals' | 'points'>,
  { twins, signals: wanted, fromMs, toMs }: HistoryExtract,
): AsyncGenerator<HistorySamples> {
  for (const twin of twins) {
    for (const { signal, unit } of await history.signals(twin)) {
      if (wanted !== undefined && !wanted.includes(signal)) continue;
      const series = { twin, signal, unit };
      for (let from = fromMs; ; ) {
        const points = await history.points({ twin, signal, fromMs: from, toMs }, pageSamples);
        if (points.timesMs.length > 0) yield { series, points };
        if (points.timesMs.length < pageSamples) break;
        from = justAfter(points.timesMs.at(-1) ?? toMs);
      }
    }
  }
}

/** A time so little later that no two samples lie between. */
function justAfter(timeMs: number): number {
  return timeMs + Math.max(Math.abs(timeMs) * 2 ** -52, Number.MIN_VALUE);
}
