/** Matrices of numbers, and the square roots of covariances in them: what `factor.ts` builds as expressions, as loops. */

export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly values: Float64Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.values = new Float64Array(rows * columns);
  }

  at(row: number, column: number): number {
    return this.values[row * this.columns + column] ?? NaN;
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.columns + column] = value;
  }

  /** Σ over the columns of one row times another. */
  dot(row: number, other: number): number {
    let sum = 0;
    for (let c = 0; c < this.columns; c++) sum += this.at(row, c) * this.at(other, c);
    return sum;
  }

  /** Adds a multiple of one row to another. */
  addRow(to: number, factor: number, from: number): void {
    for (let c = 0; c < this.columns; c++) this.set(to, c, this.at(to, c) + factor * this.at(from, c));
  }

  scaleRow(row: number, factor: number): void {
    for (let c = 0; c < this.columns; c++) this.set(row, c, this.at(row, c) * factor);
  }

  /** Takes from every row its mean. */
  centreRows(): void {
    for (let row = 0; row < this.rows; row++) {
      let sum = 0;
      for (let c = 0; c < this.columns; c++) sum += this.at(row, c);
      for (let c = 0; c < this.columns; c++) this.set(row, c, this.at(row, c) - sum / this.columns);
    }
  }
}

/**
 * Takes A apart into S·W, S lower triangular and W·Wᵀ = c·I, by the modified Gram–Schmidt process: A becomes W, and
 * `factor` S. A row that depends on those before it is 0 in W.
 *
 * @param count - c; one less than there are columns unless said otherwise, which makes S·Sᵀ their sample covariance.
 */
export function whiten(a: Matrix, factor?: Matrix, count = a.columns - 1): void {
  for (let i = 0; i < a.rows; i++) {
    const length = Math.sqrt(a.dot(i, i) / count);
    factor?.set(i, i, length);
    a.scaleRow(i, length > 0 ? 1 / length : 0);
    for (let k = i + 1; k < a.rows; k++) {
      const entry = a.dot(i, k) / count;
      factor?.set(k, i, entry);
      a.addRow(k, -entry, i);
    }
  }
}

/** The inverse of a lower triangular matrix. A diagonal of 0 counts as so small that it hardly is. */
export function inverseOf(triangle: Matrix): Matrix {
  const n = triangle.rows;
  const inverse = new Matrix(n, n);
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = row === column ? 1 : 0;
      for (let k = column; k < row; k++) sum -= triangle.at(row, k) * inverse.at(k, column);
      inverse.set(row, column, sum / (triangle.at(row, row) || 1e-150));
    }
  }
  return inverse;
}
