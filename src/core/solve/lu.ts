/**
 * Linear equations by LU decomposition with partial pivoting, dense.
 *
 * A machine's model has some ten to a hundred states, where dense is faster than sparse; zeros of a column are
 * skipped, which takes most of the work out of banded matrices.
 *
 * Notation  A (n×n, row-major) matrix · P A = L U with row order P · b (n) right side, then solution
 * Source    Golub & Van Loan, Matrix Computations (2013), algorithms 3.4.1 and 3.1.1–3.1.3.
 */

/** Decomposes `a` in place and writes the row order into `pivots` (n). False if the matrix is singular or not finite. */
export function factorise(a: Float64Array, pivots: Int32Array): boolean {
  const n = pivots.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    let largest = Math.abs(a[k * n + k] ?? 0);
    for (let row = k + 1; row < n; row++) {
      const size = Math.abs(a[row * n + k] ?? 0);
      if (size > largest) {
        largest = size;
        pivot = row;
      }
    }
    if (!(largest > 0 && largest < Infinity)) return false;
    pivots[k] = pivot;
    if (pivot !== k) swapRows(a, n, k, pivot);
    const diagonal = a[k * n + k] ?? 0;
    for (let row = k + 1; row < n; row++) {
      const factor = (a[row * n + k] ?? 0) / diagonal;
      a[row * n + k] = factor;
      if (factor === 0) continue;
      for (let column = k + 1; column < n; column++) {
        a[row * n + column] = (a[row * n + column] ?? 0) - factor * (a[k * n + column] ?? 0);
      }
    }
  }
  return true;
}

/** Solves with what `factorise` left; `b` is overwritten by the solution. */
export function solveFactorised(a: Float64Array, pivots: Int32Array, b: Float64Array): void {
  const n = pivots.length;
  for (let k = 0; k < n; k++) {
    const pivot = pivots[k] ?? k;
    const value = b[pivot] ?? 0;
    b[pivot] = b[k] ?? 0;
    b[k] = value;
  }
  for (let row = 1; row < n; row++) {
    let value = b[row] ?? 0;
    for (let column = 0; column < row; column++) value -= (a[row * n + column] ?? 0) * (b[column] ?? 0);
    b[row] = value;
  }
  for (let row = n - 1; row >= 0; row--) {
    let value = b[row] ?? 0;
    for (let column = row + 1; column < n; column++) value -= (a[row * n + column] ?? 0) * (b[column] ?? 0);
    b[row] = value / (a[row * n + row] ?? 0);
  }
}

function swapRows(a: Float64Array, n: number, one: number, other: number): void {
  for (let column = 0; column < n; column++) {
    const value = a[one * n + column] ?? 0;
    a[one * n + column] = a[other * n + column] ?? 0;
    a[other * n + column] = value;
  }
}
