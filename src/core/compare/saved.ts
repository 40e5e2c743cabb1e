/** Whether what was read is a comparison that was saved: its form; that its numbers fit each other is seen when they are taken up. */

import type { SavedSums } from './block-sums.ts';
import type { SavedComparison } from './comparison.ts';
import type { SavedSeries } from './series.ts';

export function isSavedComparison(value: unknown): value is SavedComparison {
  if (!isRecord(value)) return false;
  const { common, commonAhead, own, ahead } = value;
  return (
    isSums(common) &&
    isSums(commonAhead) &&
    Array.isArray(own) &&
    own.every((row: unknown) => isRow(row, ['string'])) &&
    Array.isArray(ahead) &&
    ahead.every((row: unknown) => isRow(row, ['string', 'number']))
  );
}

/** Names, and then a series. */
function isRow(row: unknown, names: readonly string[]): boolean {
  if (!Array.isArray(row) || row.length !== names.length + 1) return false;
  const parts: readonly unknown[] = row;
  return names.every((type, i) => typeof parts[i] === type) && isSeries(parts[names.length]);
}

function isSeries(value: unknown): value is SavedSeries {
  if (!isRecord(value)) return false;
  const { sums, samples, leftOut, tally } = value;
  return isSums(sums) && typeof samples === 'number' && typeof leftOut === 'number' && isNumbers(tally);
}

function isSums(value: unknown): value is SavedSums {
  if (!isRecord(value)) return false;
  const { span, instants, newestMs, totals, open, closed } = value;
  const counts = [span, instants, newestMs].every((one) => typeof one === 'number');
  return counts && isNumbers(totals) && isNumbers(open) && isNumbers(closed);
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
