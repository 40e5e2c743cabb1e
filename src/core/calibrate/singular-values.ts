/**
 * Singular values of a small matrix, and the directions that belong to them.
 *
 * One-sided Jacobi: columns are rotated in pairs until all are at right angles. It finds small singular values to high
 * relative accuracy, and those are what says which combinations of parameters the data do not see.
 *
 * Source  Demmel & Veselić, Jacobi's method is more accurate than QR, SIAM J. Matrix Anal. Appl. 13 (1992).
 */

export interface SingularDirection {
  readonly value: number;
  /** Unit vector in the space of the columns. */
  readonly direction: readonly number[];
}

const sweepLimit = 60;
const tolerance = 1e-15;

/** @param columns - the matrix by columns, all of one length; not changed. @returns the largest first. */
export function singularDirections(columns: readonly Float64Array[]): SingularDirection[] {
  const a = columns.map((column) => Float64Array.from(column));
  const v = columns.map((_, i) => Float64Array.from(columns, (_column, j) => Number(i === j)));
  for (let sweep = 0; sweep < sweepLimit; sweep++) {
    let turned = false;
    for (let i = 0; i < a.length; i++) {
      for (let j = i + 1; j < a.length; j++) turned = turnPair(a, v, { i, j }) || turned;
    }
    if (!turned) break;
  }
  return a
    .map((column, i) => ({ value: Math.sqrt(dot(column, column)), direction: [...(v[i] ?? [])] }))
    .sort((first, second) => second.value - first.value);
}

/** Rotates two columns until they are at right angles. @returns whether they were not. */
function turnPair(a: Float64Array[], v: Float64Array[], { i, j }: { i: number; j: number }): boolean {
  const [p, q] = [a[i], a[j]];
  const [pv, qv] = [v[i], v[j]];
  if (!p || !q || !pv || !qv) return false;
  const alpha = dot(p, p);
  const beta = dot(q, q);
  const gamma = dot(p, q);
  if (!(Math.abs(gamma) > tolerance * Math.sqrt(alpha * beta))) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  rotate(p, q, { c, s: c * t });
  rotate(pv, qv, { c, s: c * t });
  return true;
}

function rotate(p: Float64Array, q: Float64Array, { c, s }: { c: number; s: number }): void {
  for (let k = 0; k < p.length; k++) {
    const [x, y] = [p[k] ?? 0, q[k] ?? 0];
    p[k] = c * x - s * y;
    q[k] = s * x + c * y;
  }
}

function dot(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += (p[k] ?? 0) * (q[k] ?? 0);
  return sum;
}
