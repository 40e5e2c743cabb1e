/**
 * What a measurement says of the states where the belief is: the correction by one sample, as a program.
 *
 * A prediction that is affine in the estimated states has its row by differentiating it. Any other is looked at in the
 * cubature points, redrawn around the mean as it is now: with z± the predictions there and z₀ that of the mean, its row
 * is gᵢ = (z₊ᵢ − z₋ᵢ)/2√n, and what is not linear in it, the spread of the middles (z₊ᵢ + z₋ᵢ)/2 around their mean,
 * counts as noise of the sensor. So S·Sᵀ after it is P − Pxz·Pzz⁻¹·Pzx of the cubature rule, without forming any of them.
 *
 * A mean that a correction takes past a bound is put back onto it (Simon 2010, 3.1, with the identity as weight): the
 * covariance stays, since the next sample may well bring the state back.
 *
 * Notation  S factor · g (n) · z prediction · y = sample − z innovation · r variance of noise and rest · s of y
 * Source    Arasaratnam & Haykin, "Cubature Kalman filters", IEEE Trans. Automatic Control 54 (2009), eqs. 40–50;
 *           Särkkä, Bayesian Filtering and Smoothing (2013), 5.1 (statistical linearisation); Simon, "Kalman filtering
 *           with state constraints", IET Control Theory & Applications 4 (2010).
 */

import { jacobian, type NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Formulas, type Point, present } from '../solve/index.ts';
import { isAffine } from './affine.ts';
import { type BeliefLayout, placeInFactor } from './belief.ts';
import { Algebra, correctFactor, type Entry } from './factor.ts';

/** How a prediction that is not affine is made linear. */
export type Linearisation = 'points' | 'derivative';

interface Linearised {
  /** The expected value of the prediction. */
  readonly expected: NodeId;
  readonly g: readonly Entry[];
  /** Variance of what is not linear. */
  readonly rest: Entry;
}

/**
 * Corrects mean and factor by the sample of one measurement. One without noise is compared only, and so is one that is
 * not valid, whose innovation then has no deviation: NaN.
 */
export function correctionProgram(
  model: Model,
  layout: BeliefLayout,
  { measurement, by }: { readonly measurement: number; readonly by: Linearisation },
): Program {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const { noise } = present(model.measurements[measurement]);
  const factor = loadFactor(formulas, layout);
  const { expected, g, rest } = linearise(formulas, layout, { measurement, by });
  const algebra = new Algebra(graph);
  const innovation = formulas.sub(graph.load(layout.measured + measurement), expected);
  const r = algebra.node(algebra.add(rest, noise === undefined ? undefined : graph.constant(noise * noise)));
  const variance = algebra.node(algebra.add(r, algebra.dot(g, g)));
  const deviation = graph.unary('sqrt', variance);
  const isValid = validity(formulas, measurement);
  formulas.write(layout.innovations + measurement, innovation);
  formulas.write(
    layout.innovationDeviations + measurement,
    isValid === undefined ? deviation : graph.select(isValid, deviation, graph.constant(NaN)),
  );
  if (noise === undefined) {
    formulas.write(layout.rejected + measurement, graph.constant(0));
    return formulas;
  }
  const reach = formulas.mul(deviation, graph.constant(model.filter.gate));
  const isNear = graph.binary('le', graph.unary('abs', innovation), reach);
  const isAccepted = isValid === undefined ? isNear : formulas.and(isValid, isNear);
  formulas.write(
    layout.rejected + measurement,
    isValid === undefined ? formulas.not(isNear) : formulas.and(isValid, formulas.not(isNear)),
  );
  const zero = graph.constant(0);
  // With g and y 0 nothing changes, to the bit: cheaper than choosing between two of every number.
  const accepted = (entry: Entry): Entry =>
    entry === undefined ? undefined : graph.select(isAccepted, entry, zero);
  const after = correctFactor(graph, { factor, g: g.map(accepted), r });
  const y = graph.select(isAccepted, innovation, zero);
  for (const [row, state] of layout.estimated.entries()) {
    for (const [column, entry] of present(after.factor[row]).entries()) {
      if (entry === undefined || entry === factor[row]?.[column]) continue;
      formulas.write(layout.factor + placeInFactor(row, column), entry);
    }
    const gain = after.gain[row];
    if (gain === undefined) continue;
    const moved = formulas.add(graph.load(layout.states + state), formulas.mul(gain, y));
    writeWithinBounds(formulas, state, moved);
  }
  return formulas;
}

/** Whether a sample counts, at the mean; undefined: always. */
function validity(formulas: Formulas, measurement: number): NodeId | undefined {
  const root = formulas.model.equations.validities[measurement];
  if (root === undefined) return undefined;
  return formulas.at(pointOf(formulas, formulas.loadStates()), [root])[0];
}

/** Writes a mean within its bounds, and flags the bound that it was put back onto. */
function writeWithinBounds(formulas: Formulas, state: number, value: NodeId): void {
  const { graph, layout, model } = formulas;
  const { min, max } = present(model.states[state]);
  const flag = (slot: number, isPast: NodeId): void =>
    formulas.write(slot, formulas.or(graph.load(slot), isPast));
  if (min !== undefined) flag(layout.heldMin + state, formulas.below(min, value));
  if (max !== undefined) flag(layout.heldMax + state, formulas.above(max, value));
  formulas.write(layout.states + state, formulas.bounded(present(model.states[state]), value));
}

export function loadFactor({ graph }: Formulas, layout: BeliefLayout): NodeId[][] {
  return layout.estimated.map((_, row) =>
    Array.from({ length: row + 1 }, (__, column) => graph.load(layout.factor + placeInFactor(row, column))),
  );
}

/** Measurements are looked at as `observe` does. */
function pointOf({ graph, layout }: Formulas, states: readonly NodeId[]): Point {
  return { time: graph.load(layout.time), dt: graph.load(layout.tickSeconds), states };
}

/** What a measurement's prediction is where the belief is, and how it changes with it. */
export function linearise(
  formulas: Formulas,
  layout: BeliefLayout,
  { measurement, by }: { readonly measurement: number; readonly by: Linearisation },
): Linearised {
  const { graph, model } = formulas;
  const root = present(model.equations.predictions[measurement]);
  const predict = (states: readonly NodeId[]): NodeId =>
    present(formulas.at(pointOf(formulas, states), [root])[0]);
  const mean = formulas.loadStates();
  const expected = predict(mean);
  const slots = layout.estimated.map((state) => layout.states + state);
  if (by === 'derivative' || isAffine(graph, expected, new Set(slots))) {
    return { expected, g: byDerivative(formulas, layout, expected), rest: undefined };
  }
  return byPoints(formulas, layout, { expected, mean, predict });
}

/** g = Sᵀ∇z. */
function byDerivative(formulas: Formulas, layout: BeliefLayout, prediction: NodeId): Entry[] {
  const { graph } = formulas;
  const algebra = new Algebra(graph);
  const factor = loadFactor(formulas, layout);
  const slots = layout.estimated.map((state) => layout.states + state);
  const slopes: Entry[] = slots.map(() => undefined);
  for (const { column, node } of jacobian(graph, [prediction], slots)) slopes[column] = node;
  return factor.map((_, i) =>
    algebra.dot(
      factor.map((row) => row[i]),
      slopes,
    ),
  );
}

interface Prediction {
  readonly expected: NodeId;
  readonly mean: readonly NodeId[];
  readonly predict: (states: readonly NodeId[]) => NodeId;
}

function byPoints(
  formulas: Formulas,
  layout: BeliefLayout,
  { expected, mean, predict }: Prediction,
): Linearised {
  const { graph, model } = formulas;
  const algebra = new Algebra(graph);
  const factor = loadFactor(formulas, layout);
  const n = factor.length;
  const root = graph.constant(Math.sqrt(n));
  const pointAlong = (i: number, side: 'add' | 'sub'): NodeId[] => {
    const states = [...mean];
    for (const [row, state] of layout.estimated.entries()) {
      const entry = factor[row]?.[i];
      if (entry === undefined) continue;
      const value = graph.binary(side, present(mean[state]), formulas.mul(root, entry));
      states[state] = formulas.bounded(present(model.states[state]), value);
    }
    return states;
  };
  const g: Entry[] = [];
  const middles: NodeId[] = [];
  for (let i = 0; i < n; i++) {
    const plus = predict(pointAlong(i, 'add'));
    const minus = predict(pointAlong(i, 'sub'));
    if (plus === minus) {
      g.push(undefined);
      continue;
    }
    g.push(formulas.mul(formulas.sub(plus, minus), graph.constant(0.5 / Math.sqrt(n))));
    const middle = formulas.mul(formulas.add(plus, minus), graph.constant(0.5));
    middles.push(formulas.sub(middle, expected));
  }
  // The mean of the middles less the prediction at the mean; where a point changes nothing its middle is that prediction.
  const total = middles.reduce<Entry>((sum, middle) => algebra.add(sum, middle), undefined);
  const shift = algebra.node(algebra.mul(total, graph.constant(1 / n)));
  const spread = middles.map((middle) => formulas.sub(middle, shift));
  const squares = algebra.add(
    algebra.dot(spread, spread),
    n > middles.length
      ? formulas.mul(graph.constant(n - middles.length), formulas.mul(shift, shift))
      : undefined,
  );
  return {
    expected: formulas.add(expected, shift),
    g,
    rest: algebra.mul(squares, graph.constant(1 / n)),
  };
}
