/**
 * Eigenvalues of a real matrix that need not be symmetric: balanced, brought to Hessenberg form, then the double-shift
 * QR algorithm.
 *
 * Balancing matters here: states in pascals and cubic metres make rows and columns of very different size.
 *
 * Notation  a (n×n, row-major) matrix, overwritten · hi last row of the part that is still coupled · x, y, w, p, q, r as
 *           in the source
 * Source    Wilkinson & Reinsch, Handbook for Automatic Computation II: Linear Algebra (1971), contributions II/11
 *           (balance), II/13 (elmhes) and II/14 (hqr).
 */

export interface Eigenvalue {
  readonly re: number;
  readonly im: number;
}

const iterationLimit = 60;

/**
 * All n eigenvalues, in no order. `matrix` is not changed.
 *
 * Undefined if the matrix is not finite or the iteration does not converge.
 */
export function eigenvalues(matrix: Float64Array, n: number): Eigenvalue[] | undefined {
  if (!matrix.every(Number.isFinite)) return undefined;
  const a = new Grid(matrix.slice(), n);
  balance(a);
  reduce(a);
  return iterate(a);
}

/** A square matrix with its indices in pairs. */
class Grid {
  readonly n: number;
  readonly #values: Float64Array;

  constructor(values: Float64Array, n: number) {
    this.#values = values;
    this.n = n;
  }

  at(row: number, column: number): number {
    return this.#values[row * this.n + column] ?? 0;
  }

  set(row: number, column: number, value: number): void {
    this.#values[row * this.n + column] = value;
  }

  add(row: number, column: number, value: number): void {
    this.set(row, column, this.at(row, column) + value);
  }
}

/** Scales rows and columns by powers of two until they are alike in size; the eigenvalues stay. */
function balance(a: Grid): void {
  for (let done = false; !done; ) {
    done = true;
    for (let i = 0; i < a.n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < a.n; j++) {
        if (j === i) continue;
        column += Math.abs(a.at(j, i));
        row += Math.abs(a.at(i, j));
      }
      if (row === 0 || column === 0) continue;
      const sum = row + column;
      let factor = 1;
      for (; column < row / 2; column *= 4) factor *= 2;
      for (; column > row * 2; column /= 4) factor /= 2;
      if ((column + row) / factor >= 0.95 * sum || factor === 1) continue;
      done = false;
      for (let j = 0; j < a.n; j++) a.set(i, j, a.at(i, j) / factor);
      for (let j = 0; j < a.n; j++) a.set(j, i, a.at(j, i) * factor);
    }
  }
}

/** To Hessenberg form by elimination with pivoting. */
function reduce(a: Grid): void {
  const { n } = a;
  for (let m = 1; m < n - 1; m++) {
    let pivot = m;
    for (let j = m; j < n; j++) if (Math.abs(a.at(j, m - 1)) > Math.abs(a.at(pivot, m - 1))) pivot = j;
    if (pivot !== m) {
      for (let j = m - 1; j < n; j++) swap(a, [pivot, j], [m, j]);
      for (let j = 0; j < n; j++) swap(a, [j, pivot], [j, m]);
    }
    const x = a.at(m, m - 1);
    if (x === 0) continue;
    for (let i = m + 1; i < n; i++) {
      const y = a.at(i, m - 1) / x;
      if (y === 0) continue;
      for (let j = m - 1; j < n; j++) a.add(i, j, -y * a.at(m, j));
      for (let j = 0; j < n; j++) a.add(j, m, y * a.at(j, i));
    }
  }
  for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) a.set(i, j, 0);
}

function swap(a: Grid, [i, j]: readonly [number, number], [k, l]: readonly [number, number]): void {
  const value = a.at(i, j);
  a.set(i, j, a.at(k, l));
  a.set(k, l, value);
}

function iterate(a: Grid): Eigenvalue[] | undefined {
  const found: Eigenvalue[] = [];
  let norm = 0;
  for (let i = 0; i < a.n; i++) {
    for (let j = Math.max(0, i - 1); j < a.n; j++) norm += Math.abs(a.at(i, j));
  }
  let shift = 0;
  for (let hi = a.n - 1; hi >= 0; ) {
    let deflated = false;
    for (let iteration = 0; !deflated; iteration++) {
      const low = couplingBreak(a, hi, norm);
      const x = a.at(hi, hi);
      if (low === hi) {
        found.push({ re: x + shift, im: 0 });
        hi -= 1;
        deflated = true;
      } else if (low === hi - 1) {
        found.push(...pairOf(a, hi, shift));
        hi -= 2;
        deflated = true;
      } else {
        if (iteration >= iterationLimit) return undefined;
        if (iteration > 0 && iteration % 10 === 0) {
          // An exceptional shift, against cycles.
          shift += x;
          for (let i = 0; i <= hi; i++) a.add(i, i, -x);
          const s = Math.abs(a.at(hi, hi - 1)) + Math.abs(a.at(hi - 1, hi - 2));
          sweep(a, { low, hi }, [0.75 * s, 0.75 * s, -0.4375 * s * s]);
        } else {
          const y = a.at(hi - 1, hi - 1);
          sweep(a, { low, hi }, [x, y, a.at(hi, hi - 1) * a.at(hi - 1, hi)]);
        }
      }
    }
  }
  return found;
}

/** The first row of the last part that does not fall apart. */
function couplingBreak(a: Grid, hi: number, norm: number): number {
  for (let l = hi; l >= 1; l--) {
    const s = Math.abs(a.at(l - 1, l - 1)) + Math.abs(a.at(l, l)) || norm;
    if (Math.abs(a.at(l, l - 1)) <= Number.EPSILON * s) {
      a.set(l, l - 1, 0);
      return l;
    }
  }
  return 0;
}

/** Both eigenvalues of the last 2×2 part. */
function pairOf(a: Grid, hi: number, shift: number): Eigenvalue[] {
  const x = a.at(hi, hi);
  const y = a.at(hi - 1, hi - 1);
  const w = a.at(hi, hi - 1) * a.at(hi - 1, hi);
  const p = (y - x) / 2;
  const q = p * p + w;
  const root = Math.sqrt(Math.abs(q));
  const middle = x + shift;
  if (q < 0) {
    return [
      { re: middle + p, im: root },
      { re: middle + p, im: -root },
    ];
  }
  const z = p + (p < 0 ? -root : root);
  const first = middle + z;
  return [
    { re: first, im: 0 },
    { re: z === 0 ? first : middle - w / z, im: 0 },
  ];
}

/** One double QR step over the rows from `low` to `hi`, with shifts of sum x + y and product x·y − w. */
function sweep(
  a: Grid,
  { low, hi }: { readonly low: number; readonly hi: number },
  [x, y, w]: readonly [number, number, number],
): void {
  let m = hi - 2;
  let [p, q, r] = [0, 0, 0];
  for (; ; m--) {
    const z = a.at(m, m);
    p = ((x - z) * (y - z) - w) / a.at(m + 1, m) + a.at(m, m + 1);
    q = a.at(m + 1, m + 1) - z - (x - z) - (y - z);
    r = a.at(m + 2, m + 1);
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    [p, q, r] = [p / s, q / s, r / s];
    if (m === low) break;
    const u = Math.abs(a.at(m, m - 1)) * (Math.abs(q) + Math.abs(r));
    const v = Math.abs(p) * (Math.abs(a.at(m - 1, m - 1)) + Math.abs(z) + Math.abs(a.at(m + 1, m + 1)));
    if (u <= Number.EPSILON * v) break;
  }
  for (let i = m + 2; i <= hi; i++) {
    a.set(i, i - 2, 0);
    if (i > m + 2) a.set(i, i - 3, 0);
  }
  for (let k = m; k < hi; k++) {
    const three = k < hi - 1;
    let size = 1;
    if (k > m) {
      p = a.at(k, k - 1);
      q = a.at(k + 1, k - 1);
      r = three ? a.at(k + 2, k - 1) : 0;
      size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (size === 0) continue;
      [p, q, r] = [p / size, q / size, r / size];
    }
    const s = (p < 0 ? -1 : 1) * Math.sqrt(p * p + q * q + r * r);
    if (s === 0) continue;
    if (k > m) a.set(k, k - 1, -s * size);
    else if (low !== m) a.set(k, k - 1, -a.at(k, k - 1));
    p += s;
    const [b, c, d] = [p / s, q / s, r / s];
    q /= p;
    r /= p;
    for (let j = k; j <= hi; j++) {
      const t = a.at(k, j) + q * a.at(k + 1, j) + (three ? r * a.at(k + 2, j) : 0);
      if (three) a.add(k + 2, j, -t * d);
      a.add(k + 1, j, -t * c);
      a.add(k, j, -t * b);
    }
    const last = Math.min(hi, k + 3);
    for (let i = low; i <= last; i++) {
      const t = b * a.at(i, k) + c * a.at(i, k + 1) + (three ? d * a.at(i, k + 2) : 0);
      if (three) a.add(i, k + 2, -t * r);
      a.add(i, k + 1, -t * q);
      a.add(i, k, -t);
    }
  }
}
