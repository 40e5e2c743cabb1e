/** Opens a history under test, in this process or in another one. */

import {
  type HistoryOptions,
  type HistoryPlace,
  openHistory,
  type OpenHistory,
} from '../../src/adapters/history/index.ts';

const centuryMs = 100 * 365 * 86_400_000;

/** Keeps everything, unless told otherwise. */
export function openPlace(place: HistoryPlace, options: Partial<HistoryOptions> = {}): OpenHistory {
  return openHistory(place, { keepMs: centuryMs, keepSummariesMs: centuryMs, ...options });
}
