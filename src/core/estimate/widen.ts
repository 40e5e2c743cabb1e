/**
 * A belief that its sensor contradicts: made so much less sure that the sample is a likely one.
 *
 * A machine may change faster than its noise foresees: a bearing breaks, a pipe clogs. The gate then leaves out all that a
 * sensor says. With the whole factor taken λ times, the innovation becomes two standard deviations: the states that the
 * sensor sees move to where it wants them, and what others know is soon as sure again by their next samples.
 *
 * Notation  y innovation · g (n) its row in the factor's coordinates · r variance of noise and rest · S factor
 *           λ² = ((y/2)² − r) / gᵀg, at least 1
 * Source    Zhou & Frank, "Strong tracking filtering of nonlinear time-varying stochastic systems with coloured noise",
 *           International Journal of Control 65 (1996): a fading factor from the innovation.
 */

import type { Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Formulas, present } from '../solve/index.ts';
import { type BeliefLayout, placeInFactor } from './belief.ts';
import { Algebra } from './factor.ts';
import { type Linearisation, linearise, loadFactor } from './measure.ts';

/** So many standard deviations are left of the innovation. */
const likely = 2;

/** Widens the belief where the last `correct` of the measurement has left its sample out, as `rejected` says. */
export function widenProgram(
  model: Model,
  layout: BeliefLayout,
  { measurement, by }: { readonly measurement: number; readonly by: Linearisation },
): Program {
  const formulas = new Formulas(model, layout);
  const { graph } = formulas;
  const algebra = new Algebra(graph);
  const { noise = 0 } = present(model.measurements[measurement]);
  const { g, rest } = linearise(formulas, layout, { measurement, by });
  const r = algebra.node(algebra.add(rest, graph.constant(noise * noise)));
  const y = formulas.mul(graph.load(layout.innovations + measurement), graph.constant(1 / likely));
  const wanted = formulas.sub(formulas.mul(y, y), r);
  const known = algebra.node(algebra.dot(g, g));
  const one = graph.constant(1);
  const isWider = formulas.and(
    graph.load(layout.rejected + measurement),
    formulas.and(graph.binary('gt', wanted, known), graph.binary('gt', known, graph.constant(0))),
  );
  const scale = graph.select(isWider, graph.unary('sqrt', graph.binary('div', wanted, known)), one);
  for (const [row, entries] of loadFactor(formulas, layout).entries()) {
    for (const [column, entry] of entries.entries())
      formulas.write(layout.factor + placeInFactor(row, column), formulas.mul(entry, scale));
  }
  return formulas;
}
