/**
 * What is kept of the samples of one measurement, of all together, and of errors ahead: sums in blocks.
 *
 * What measurements have in common is told of squares in parts of their usual size, since one may be in pascals and another in kelvin. That size is the
 * mean over both versions of what came before, so that it favours neither and knows nothing of the sample it weighs.
 */

import { BlockSums, type SavedSums } from './block-sums.ts';
import { logScore } from './score.ts';

/** Of one version: a sample minus its prediction, the deviation that the version expected, whether its gate left it out. SI. */
export interface VersionSample {
  readonly innovation: number;
  /** NaN for a version without a belief. */
  readonly deviation: number;
  readonly rejected: boolean;
}

/** Columns of sums: how many samples have a score, what the new version gains by it, squares of both versions' errors. */
export const columns = { scored: 0, gain: 1, oldSquares: 2, newSquares: 3 } as const;
/** Further ones of all measurements together: normalised squares, and how many were within 95 %. */
export const normalised = { oldSquares: 4, newSquares: 5, oldInside: 6, newInside: 7 } as const;
const ownColumns = 4;
const commonColumns = 8;

/** 95 % of what is normal lies within. */
const usual = 1.959963984540054;
/** So many samples teach the size of a measurement's errors. */
const learnt = 10;

/** How the normalised innovations of a version lie: their mean square should be 1, and 95 % of them within 1.96. */
export interface Consistency {
  readonly meanSquare: number;
  readonly inside: number;
}

export interface SavedSeries {
  readonly sums: SavedSums;
  readonly samples: number;
  readonly leftOut: number;
  readonly tally: readonly number[];
}

/** Of one measurement, or of errors of one so far ahead. */
export class OwnSeries {
  readonly sums: BlockSums;
  samples = 0;
  leftOut = 0;
  /** Normalised squares of old and new, and how many of each lay within 95 %. */
  readonly tally: Float64Array;

  constructor(saved?: { readonly sums: BlockSums; readonly samples: number; readonly leftOut: number }) {
    this.sums = saved?.sums ?? new BlockSums(ownColumns);
    this.samples = saved?.samples ?? 0;
    this.leftOut = saved?.leftOut ?? 0;
    this.tally = new Float64Array(4);
  }

  /** The usual square of an error, by what came before; undefined as long as that is little. */
  get usualSquare(): number | undefined {
    if (this.samples < learnt) return undefined;
    const sum = this.sums.total(columns.oldSquares) + this.sums.total(columns.newSquares);
    return sum === 0 ? undefined : sum / (2 * this.samples);
  }

  /** Adds two errors, and to `common` what they are in parts of their usual size. Allocates nothing. */
  errors(oldError: number, newError: number, common: BlockSums): void {
    const size = this.usualSquare;
    const oldSquare = oldError * oldError;
    const newSquare = newError * newError;
    this.samples++;
    this.sums.add(columns.oldSquares, oldSquare);
    this.sums.add(columns.newSquares, newSquare);
    if (size === undefined) return;
    common.add(columns.oldSquares, oldSquare / size);
    common.add(columns.newSquares, newSquare / size);
  }

  /**
   * Adds a sample: what both densities say of it, and both errors. One without densities, of a measurement that had some, was not valid
   * and does not count. Allocates nothing.
   */
  take(timeMs: number, old: VersionSample, next: VersionSample, common: BlockSums): void {
    const gain = logScore(next.innovation, next.deviation) - logScore(old.innovation, old.deviation);
    const scored = Number.isFinite(gain);
    if (!scored && this.sums.total(columns.scored) > 0) return;
    this.sums.at(timeMs);
    common.at(timeMs);
    if (scored) this.#score(gain, old, next, common);
    this.errors(old.innovation, next.innovation, common);
  }

  consistency(version: 'old' | 'new'): Consistency {
    const at = version === 'old' ? 0 : 1;
    const scored = this.sums.total(columns.scored);
    return { meanSquare: (this.tally[at] ?? 0) / scored, inside: (this.tally[at + 2] ?? 0) / scored };
  }

  save(): SavedSeries {
    const { sums, samples, leftOut, tally } = this;
    return { sums: sums.save(), samples, leftOut, tally: [...tally] };
  }

  /** @returns undefined if what was saved is of another form. */
  static restore({ sums, samples, leftOut, tally }: SavedSeries): OwnSeries | undefined {
    const restored = BlockSums.restore(ownColumns, sums);
    if (restored === undefined || tally.length !== 4) return undefined;
    const series = new OwnSeries({ sums: restored, samples, leftOut });
    series.tally.set(tally);
    return series;
  }

  #score(gain: number, old: VersionSample, next: VersionSample, common: BlockSums): void {
    this.sums.add(columns.scored, 1);
    this.sums.add(columns.gain, gain);
    common.add(columns.scored, 1);
    common.add(columns.gain, gain);
    this.#normalise(old, 0, common);
    this.#normalise(next, 1, common);
  }

  #normalise({ innovation, deviation }: VersionSample, at: 0 | 1, common: BlockSums): void {
    const z = innovation / deviation;
    const inside = Math.abs(z) <= usual ? 1 : 0;
    this.tally[at] = (this.tally[at] ?? 0) + z * z;
    this.tally[at + 2] = (this.tally[at + 2] ?? 0) + inside;
    common.add(normalised.oldSquares + at, z * z);
    common.add(normalised.oldInside + at, inside);
  }
}

/** The sums of all measurements together. */
export function commonSums(saved?: SavedSums): BlockSums | undefined {
  return saved === undefined ? new BlockSums(commonColumns) : BlockSums.restore(commonColumns, saved);
}
