/** Values of a signal whose unit was another one when they were recorded. */

import {
  convertible,
  fromSi,
  fromSiDifference,
  parseUnit,
  roundShown,
  toSi,
  toSiDifference,
} from '../../core/units/index.ts';
import { isDifference } from '../../engine/index.ts';
import type { BlockSummary } from './block-points.ts';

/**
 * How a value recorded in `from` reads in `to`; undefined if it cannot be told: the units are of different kinds, or one
 * is no unit. A temperature may have been in K in one version of a model and be in degC in the next.
 */
export function conversionOf(
  signal: string,
  { from, to }: { readonly from: string; readonly to: string },
): ((value: number) => number) | undefined {
  if (from === to) return (value) => value;
  const [old, now] = [parseUnit(from), parseUnit(to)];
  if (!('unit' in old) || !('unit' in now)) return undefined;
  if (convertible(old.unit, now.unit) !== true && convertible(now.unit, old.unit) !== true) return undefined;
  return isDifference(signal)
    ? (value) => roundShown(fromSiDifference(toSiDifference(value, old.unit), now.unit), now.unit)
    : (value) => roundShown(fromSi(toSi(value, old.unit), now.unit), now.unit);
}

/**
 * The blocks of a signal that was recorded in several units, in the last of them, in order of their first sample. What
 * cannot be converted is left out.
 */
export function united(
  signal: string,
  parts: readonly { readonly unit: string; readonly blocks: Iterable<BlockSummary> }[],
): Iterable<BlockSummary> {
  const now = parts.at(-1);
  if (now === undefined || parts.length === 1) return now?.blocks ?? [];
  return parts
    .flatMap(({ unit, blocks }) => {
      const convert = conversionOf(signal, { from: unit, to: now.unit });
      return convert === undefined ? [] : Array.from(blocks, (block) => convertedBlock(block, convert));
    })
    .toSorted((a, b) => a.firstMs - b.firstMs);
}

/** A block in another unit. Conversions keep the order of values and their means. */
function convertedBlock(block: BlockSummary, convert: (value: number) => number): BlockSummary {
  const { count, least, most, sum } = block;
  return {
    ...block,
    least: convert(least),
    most: convert(most),
    sum: convert(sum / count) * count,
    points() {
      const points = block.points();
      return points && { timesMs: points.timesMs, values: points.values.map(convert) };
    },
  };
}
