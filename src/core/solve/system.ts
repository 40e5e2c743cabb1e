/** What a method of integration sees of a model, and what the control of steps sees of a method. */

/** Equations x′ = f(t, x) of n unknowns. Both functions write into what they are given and allocate nothing. */
export interface System {
  readonly size: number;
  slopes(seconds: number, x: Float64Array, out: Float64Array): void;
  /** ∂f/∂x (n×n, row-major) and ∂f/∂t. */
  jacobian(seconds: number, x: Float64Array, byState: Float64Array, byTime: Float64Array): void;
}

/** A method's work memory and its last trial step. */
export interface Trial {
  /** The states after the step. */
  readonly next: Float64Array;
  /** Estimate of its error. */
  readonly error: Float64Array;
  /** The slope at the end of the step, where the method knows it. */
  readonly lastSlope: Float64Array | undefined;
  /** Tries a step from `x`, where the slope is `slope`. What cannot be computed leaves NaN. */
  attempt(seconds: number, x: Float64Array, slope: Float64Array, step: number): void;
  /** The states a part θ of the last step after its beginning. */
  interpolate(theta: number, out: Float64Array): void;
  /** The step times the rate of the fastest mode, roughly; `scale` is one of each state. */
  stiffness(scale: Float64Array): number;
  /** The equations have changed without time going on. */
  forget?(): void;
}
