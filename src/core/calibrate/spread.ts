/**
 * How sure the fitted values are.
 *
 * Errors of an open-loop simulation follow each other, and an interval that takes them for independent is far too narrow. So
 * where they do, the covariance is that of Newey and West: sums of the slopes' products over some lags. The slopes
 * are first made nearly white, by taking a part of each from the next, and the sums coloured again: sums over lags alone
 * fall short where errors follow each other for long.
 *
 * Notation  J, r the weighted problem (see objective.ts) · H = JᵀJ with priors · g_t = J_tᵀ r_t of one row · a the part ·
 *           h_t = g_t − a·g_{t−1} · Γ_l = Σ h_t h_{t+l}ᵀ · covariance H⁻¹ (Γ₀ + Σ w_l (Γ_l + Γ_lᵀ)) H⁻¹/(1 − a)²,
 *           in place of s² H⁻¹
 * Source    Newey & West, Econometrica 55 (1987), and Review of Economic Studies 61 (1994) for the number of lags ·
 *           Andrews & Monahan, Econometrica 60 (1992), for the whitening; their limit of 0.97 too.
 */

import type { Triangle } from './triangle.ts';

/** Sums the products of slopes over lags, row by row, in memory of a known size. */
export class SlopeProducts {
  readonly #lags: number;
  readonly #columns: number;
  readonly #part: number;
  readonly #before: Float64Array;
  readonly #ring: Float64Array[];
  readonly #sums: Float64Array;
  #rows = 0;

  /** @param memory - `part`: how much of a slope the next one has, such as the correlation of neighbouring residuals. */
  constructor(columns: number, { lags, part }: { readonly lags: number; readonly part: number }) {
    this.#columns = columns;
    this.#part = part;
    this.#before = new Float64Array(columns);
    this.#lags = lags;
    this.#ring = Array.from({ length: lags + 1 }, () => new Float64Array(columns));
    this.#sums = new Float64Array(columns * columns);
  }

  /** @param slope - J_tᵀ r_t of the next row; copied. */
  add(slope: Float64Array): void {
    const n = this.#columns;
    const now = this.#ring[this.#rows % (this.#lags + 1)];
    if (now === undefined) return;
    for (let j = 0; j < n; j++) {
      now[j] = (slope[j] ?? 0) - this.#part * (this.#before[j] ?? 0);
      this.#before[j] = slope[j] ?? 0;
    }
    for (let lag = 0; lag <= Math.min(this.#lags, this.#rows); lag++) {
      const before = this.#ring[(this.#rows - lag) % (this.#lags + 1)] ?? now;
      const weight = 1 - lag / (this.#lags + 1);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const ahead = (before[i] ?? 0) * (now[j] ?? 0);
          const back = lag === 0 ? 0 : (now[i] ?? 0) * (before[j] ?? 0);
          this.#sums[i * n + j] = (this.#sums[i * n + j] ?? 0) + weight * (ahead + back);
        }
      }
    }
    this.#rows += 1;
  }

  /** H⁻¹ · sums · H⁻¹, coloured again. */
  covariance(inverse: readonly Float64Array[]): Float64Array[] {
    const n = this.#columns;
    const colour = 1 / (1 - this.#part) ** 2;
    const middle = Array.from({ length: n }, (_, i) =>
      this.#sums.slice(i * n, (i + 1) * n).map((sum) => sum * colour),
    );
    return multiply(multiply(inverse, middle), inverse);
  }
}

/** What slopes remember, for residuals whose neighbours are so correlated. */
export function memoryOf(
  correlation: number,
  rows: number,
): { readonly lags: number; readonly part: number } {
  return {
    lags: Math.min(Math.floor(rows / 4), Math.ceil(4 * (rows / 100) ** (2 / 9))),
    part: Math.min(0.97, Math.max(0, correlation)),
  };
}

/** (RᵀR)⁻¹, by rows; a huge variance where nothing determines an unknown. */
export function inverseOfSquare(triangle: Triangle): Float64Array[] {
  const n = triangle.columns;
  const lengths = triangle.columnLengths();
  const root = Array.from({ length: n }, (_, i) => {
    const unit = new Float64Array(n);
    unit[i] = 1;
    return solveLower(triangle, unit, lengths);
  });
  // Row i of `root` is R⁻ᵀ e_i: their products are the elements of R⁻¹R⁻ᵀ.
  return root.map((a) => Float64Array.from(root, (b) => a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0)));
}

/** R⁻ᵀ·b; a pivot that is zero but for rounding counts as a billionth of its column, so that no infinity meets a zero. */
function solveLower(triangle: Triangle, b: Float64Array, lengths: Float64Array): Float64Array {
  const x = b.slice();
  for (let k = 0; k < x.length; k++) {
    let sum = x[k] ?? 0;
    for (let j = 0; j < k; j++) sum -= triangle.at(j, k) * (x[j] ?? 0);
    const least = 1e-9 * (lengths[k] || 1e-9);
    x[k] = sum / Math.max(least, Math.abs(triangle.at(k, k)));
  }
  return x;
}

function multiply(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  return a.map((row) =>
    Float64Array.from(b, (_, j) => row.reduce((sum, x, k) => sum + x * (b[k]?.[j] ?? 0), 0)),
  );
}
