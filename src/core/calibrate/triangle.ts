/**
 * A least-squares problem gathered row by row, in memory that does not grow with the rows.
 *
 * Each row is turned into the triangle by Givens rotations as it comes. Against the sums JᵀJ and Jᵀr this costs twice the
 * time and keeps all the digits: the condition of the problem is not squared.
 *
 * Notation  J (rows×n), r (rows) the problem min |J·δ + r| · R (n×n) upper triangle with RᵀR = JᵀJ · d (n) with Rᵀd = Jᵀr
 * Source    Golub & Van Loan, Matrix Computations (2013), 5.1.8 and 5.2.5.
 */

/** The rows seen so far, as a triangle. */
export class Triangle {
  /** How many unknowns. */
  readonly columns: number;
  /** (n + 1)×(n + 1), row by row, zero below the diagonal: R, d beside it, and below d what no δ takes away. */
  readonly data: Float64Array;
  readonly #width: number;

  constructor(columns: number) {
    this.columns = columns;
    this.#width = columns + 1;
    this.data = new Float64Array(this.#width * this.#width);
  }

  clear(): this {
    this.data.fill(0);
    return this;
  }

  /** Takes in one equation. @param row - n coefficients and then the residual; overwritten. */
  add(row: Float64Array): void {
    const { data } = this;
    const width = this.#width;
    for (let k = 0; k < width; k++) {
      const b = row[k] ?? 0;
      if (b === 0) continue;
      const start = k * width;
      const a = data[start + k] ?? 0;
      // Rows are scaled to be of like size, so squares neither overflow nor vanish; `hypot` takes ten times as long.
      const length = Math.sqrt(a * a + b * b);
      if (length === 0) continue;
      const c = a / length;
      const s = b / length;
      data[start + k] = length;
      for (let j = k + 1; j < width; j++) {
        const upper = data[start + j] ?? 0;
        const lower = row[j] ?? 0;
        data[start + j] = c * upper + s * lower;
        row[j] = c * lower - s * upper;
      }
    }
  }

  /** Element of R. */
  at(row: number, column: number): number {
    return this.data[row * this.#width + column] ?? NaN;
  }

  /** Element of d. */
  right(row: number): number {
    return this.at(row, this.columns);
  }

  /** |r|², the sum of squares of all residuals. */
  squares(): number {
    let sum = 0;
    for (let k = 0; k <= this.columns; k++) sum += this.at(k, this.columns) ** 2;
    return sum;
  }

  /** Jᵀr: half the slope of the sum of squares. */
  gradient(): Float64Array {
    const gradient = new Float64Array(this.columns);
    for (let k = 0; k < this.columns; k++) {
      for (let j = k; j < this.columns; j++) gradient[j] = (gradient[j] ?? 0) + this.at(k, j) * this.right(k);
    }
    return gradient;
  }

  /** Length of each column of J. */
  columnLengths(): Float64Array {
    return Float64Array.from({ length: this.columns }, (_, j) => {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += this.at(k, j) ** 2;
      return Math.sqrt(sum);
    });
  }

  /** δ that makes |J·δ + r| least; an unknown that nothing determines stays 0. */
  solve(): Float64Array {
    const solution = new Float64Array(this.columns);
    for (let k = this.columns - 1; k >= 0; k--) {
      const pivot = this.at(k, k);
      let sum = -this.right(k);
      for (let j = k + 1; j < this.columns; j++) sum -= this.at(k, j) * (solution[j] ?? 0);
      solution[k] = pivot === 0 ? 0 : sum / pivot;
    }
    return solution;
  }

  copy(): Triangle {
    const copy = new Triangle(this.columns);
    copy.data.set(this.data);
    return copy;
  }
}
