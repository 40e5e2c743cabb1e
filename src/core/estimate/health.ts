/**
 * How sure a belief is of the quantities that wear, whether they are states or follow from several.
 *
 * Notation  S (n×n) factor of the covariance · h the quantity, a function of the states · g = Sᵀ∇h, with the exact derivative at
 *           the mean · gᵀg variance of h to first order, exact where h is linear
 */

import { jacobian, type NodeId } from '../graph/index.ts';
import { type Formulas, present } from '../solve/index.ts';
import type { BeliefLayout } from './belief.ts';
import { Algebra, type Entry } from './factor.ts';

/** Writes the standard deviation of each health of the model. `formulas` observes, and `rows` are those of the factor. */
export function writeHealthDeviations(
  formulas: Formulas,
  layout: BeliefLayout,
  rows: readonly (readonly NodeId[])[],
): void {
  const { graph, model } = formulas;
  const algebra = new Algebra(graph);
  for (const [index, { of }] of model.health.entries()) {
    const gradient = gradientOf(formulas, layout, of);
    const n = layout.estimated.length;
    const g = Array.from({ length: n }, (_, column): Entry => {
      let sum: Entry;
      for (let row = n - 1; row >= column; row--) {
        sum = algebra.add(sum, algebra.mul(gradient[row], rows[row]?.[column]));
      }
      return sum;
    });
    const variance = algebra.dot(g, g);
    formulas.write(
      layout.healthDeviations + index,
      variance === undefined ? graph.constant(0) : graph.unary('sqrt', variance),
    );
  }
}

/** The derivative of a state or output by each estimated state; undefined where it is 0 by structure. */
function gradientOf({ graph, model, writes }: Formulas, layout: BeliefLayout, of: string): Entry[] {
  const state = model.states.findIndex(({ name }) => name === of);
  if (state >= 0) return layout.estimated.map((index) => (index === state ? graph.constant(1) : undefined));
  const output = layout.outputs + model.outputs.findIndex(({ name }) => name === of);
  const root = present(writes.find(({ slot }) => slot === output)).node;
  const slots = layout.estimated.map((index) => layout.states + index);
  const gradient: Entry[] = slots.map(() => undefined);
  for (const { column, node } of jacobian(graph, [root], slots)) gradient[column] = node;
  return gradient;
}
