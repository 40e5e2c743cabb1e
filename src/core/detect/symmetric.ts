/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by rotations that each put one pair of entries to zero.
 *
 * Slower than reduction to a tridiagonal matrix, but a third of the code, and exact for small eigenvalues as well.
 *
 * Notation  a (n×n) symmetric, overwritten · v (n×n) columns are eigenvectors
 * Source    Golub & Van Loan, Matrix Computations (2013), 8.5: cyclic Jacobi
 */

export interface Eigenpair {
  readonly value: number;
  /** Of length one. */
  readonly vector: Float64Array;
}

const sweepLimit = 60;

/** All pairs, largest eigenvalue first. Only the lower triangle of `rows` is looked at. */
export function symmetricEigenpairs(rows: readonly Float64Array[]): readonly Eigenpair[] {
  const n = rows.length;
  const a = rows.map((_, i) =>
    Float64Array.from(rows, (__, j) => rows[Math.max(i, j)]?.[Math.min(i, j)] ?? NaN),
  );
  const v = rows.map((_, i) => Float64Array.from(rows, (__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < sweepLimit; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotated = rotate(a, v, p, q) || rotated;
    if (!rotated) break;
  }
  return a
    .map((row, j) => ({ value: row[j] ?? NaN, vector: Float64Array.from(v, (column) => column[j] ?? NaN) }))
    .toSorted((x, y) => y.value - x.value);
}

/** Zeroes a[p][q]; false if it is zero as it stands, to rounding. */
function rotate(a: readonly Float64Array[], v: readonly Float64Array[], p: number, q: number): boolean {
  const [rowP, rowQ] = [a[p], a[q]];
  if (rowP === undefined || rowQ === undefined) return false;
  const [pp = 0, pq = 0, qq = 0] = [rowP[p], rowP[q], rowQ[q]];
  if (!(Math.abs(pq) > 1e-17 * (Math.abs(pp) + Math.abs(qq)))) return false;
  const tau = (qq - pp) / (2 * pq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of a) turn(row, [p, q], [c, s]);
  for (let k = 0; k < a.length; k++) {
    const [x = 0, y = 0] = [rowP[k], rowQ[k]];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of v) turn(row, [p, q], [c, s]);
  return true;
}

function turn(row: Float64Array, [p, q]: readonly [number, number], [c, s]: readonly [number, number]): void {
  const [x = 0, y = 0] = [row[p], row[q]];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}
