/**
 * The fixed-interval smoother: what the whole record says of each moment, the samples after it included.
 *
 * It goes back over the time updates of a filter. Of each it needs what went in and what came of it: with S the factor
 * before, and [A, B, √Q] that of which the factor after, S⁻, is the triangle, the triangle of both at once is
 *
 *   [ A  B  √Q ]      [ S⁻  0 ]
 *   [ S  0  0  ]  →   [ M   L ]     gain G = M·S⁻⁻¹,  L·Lᵀ = P − G·P⁻·Gᵀ
 *
 * so the smoothed factor is the triangle of [L, G·Sˢ]: squares are added and never taken away.
 *
 * Notation  x (n), S mean and factor before a time update · x⁻, S⁻ after it · xˢ, Sˢ smoothed
 * Source    Rauch, Tung & Striebel, "Maximum likelihood estimates of linear dynamic systems", AIAA Journal 3 (1965);
 *           Särkkä, "Unscented Rauch–Tung–Striebel smoother", IEEE Trans. Automatic Control 53 (2008); the square-root form as
 *           in Arasaratnam & Haykin, "Cubature Kalman smoothers", Automatica 47 (2011).
 */

import { GemelError } from '../diagnose/index.ts';
import { type BeliefLayout, placeInFactor } from './belief.ts';
import { Matrix, whiten } from './matrix.ts';

/** The belief at a moment, in the order of the factor's rows. */
export interface Moments {
  readonly mean: Float64Array;
  readonly factor: Matrix;
}

/** More numbers than this are not kept. */
const numberLimit = 60_000_000;

/** The time updates of one lane, in the order of time. */
export class Tape {
  readonly #layout: BeliefLayout;
  readonly #steps: Float64Array[] = [];
  #pending: Float64Array | undefined;

  /** @param layout - of an estimator that keeps spans. */
  constructor(layout: BeliefLayout) {
    this.#layout = layout;
  }

  get length(): number {
    return this.#steps.length;
  }

  /**
   * Before a time update of the lane that the memory is.
   *
   * @throws GemelError `SIMULATION_TOO_LARGE`
   */
  before(memory: Float64Array): void {
    const { estimated, spanSlots, states, factor } = this.#layout;
    const n = estimated.length;
    const triangle = (n * (n + 1)) / 2;
    const step = new Float64Array(2 * n + triangle + spanSlots);
    if (step.length * (this.#steps.length + 1) > numberLimit) {
      throw new GemelError(
        'SIMULATION_TOO_LARGE',
        `a smoother of ${n} states cannot keep more than ${this.#steps.length} time updates`,
        { hint: 'smooth a shorter stretch, or with longer ticks' },
      );
    }
    for (const [row, state] of estimated.entries()) step[row] = memory[states + state] ?? NaN;
    for (let i = 0; i < triangle; i++) step[2 * n + i] = memory[factor + i] ?? NaN;
    this.#pending = step;
  }

  /** After it. */
  after(memory: Float64Array): void {
    const { estimated, spanSlots, states, spans } = this.#layout;
    const n = estimated.length;
    const step = this.#pending;
    if (step === undefined) return;
    for (const [row, state] of estimated.entries()) step[n + row] = memory[states + state] ?? NaN;
    const first = step.length - spanSlots;
    for (let i = 0; i < spanSlots; i++) step[first + i] = memory[spans + i] ?? NaN;
    this.#steps.push(step);
    this.#pending = undefined;
  }

  /** Goes back from the belief at the end; `see` is given the smoothed belief before each step, the last step first. */
  smooth(end: Moments, see: (step: number, moments: Moments) => void): void {
    let later = end;
    for (let at = this.#steps.length - 1; at >= 0; at--) {
      later = this.#smoothStep(this.#steps[at] ?? new Float64Array(), later);
      see(at, later);
    }
  }

  #smoothStep(step: Float64Array, later: Moments): Moments {
    const n = this.#layout.estimated.length;
    const joint = new Matrix(2 * n, 3 * n);
    const spans = step.length - this.#layout.spanSlots;
    for (let row = 0; row < n; row++) {
      const first = spans + row * (2 * n + 1);
      for (let i = 0; i < 2 * n; i++) joint.set(row, i, step[first + i] ?? NaN);
      joint.set(row, 2 * n + row, step[first + 2 * n] ?? NaN);
      for (let i = 0; i <= row; i++) joint.set(n + row, i, step[2 * n + placeInFactor(row, i)] ?? NaN);
    }
    const both = new Matrix(2 * n, 2 * n);
    whiten(joint, both, 1);
    const gain = gainOf(both, n);
    const mean = step.slice(0, n);
    const wide = new Matrix(n, 2 * n);
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < n; i++) {
        const weight = gain.at(row, i);
        mean[row] = (mean[row] ?? 0) + weight * ((later.mean[i] ?? NaN) - (step[n + i] ?? NaN));
        wide.set(row, i, both.at(n + row, n + i));
        for (let k = 0; k <= i; k++) {
          wide.set(row, n + k, wide.at(row, n + k) + weight * later.factor.at(i, k));
        }
      }
    }
    const factor = new Matrix(n, n);
    whiten(wide, factor, 1);
    return { mean, factor };
  }
}

/** G with G·S⁻ = M, from [S⁻ 0; M L]. What S⁻ says is certain teaches nothing. */
function gainOf(both: Matrix, n: number): Matrix {
  const gain = new Matrix(n, n);
  for (let row = 0; row < n; row++) {
    for (let i = n - 1; i >= 0; i--) {
      let sum = both.at(n + row, i);
      for (let k = i + 1; k < n; k++) sum -= gain.at(row, k) * both.at(k, i);
      const pivot = both.at(i, i);
      gain.set(row, i, pivot > 0 ? sum / pivot : 0);
    }
  }
  return gain;
}
