/**
 * A substep without what only a twin needs: members of a time update are looked at once, at its end.
 *
 * A substep notes the first state that is not finite, since a bound would hide an infinity at the next. In a member that
 * is a twentieth of the work. Here an infinity that a bound would hide becomes NaN, which no bound holds, and gathering
 * sees it. With `when` clauses and `every` updates, which may replace what is not finite, the substep stays whole.
 */

import type { Program } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import { type BlockLayout, buildSubstep, present } from '../solve/index.ts';

/** Undefined where only the whole substep will do. */
export function leanSubstepProgram(model: Model, layout: BlockLayout): Program | undefined {
  if (isAdaptive(model.method) || model.whens.length > 0 || layout.periods.length > 0) return undefined;
  const { formulas, integration } = buildSubstep(model, layout);
  const { graph, writes } = formulas;
  const zero = graph.constant(0);
  const reached = new Map(integration.states.map((node, state) => [layout.states + state, node]));
  const kept = writes.filter(({ slot }) => slot !== layout.finite && slot !== layout.offender);
  return {
    graph,
    writes: kept.map(({ slot, node }) => {
      const before = reached.get(slot);
      if (before === undefined || before === node) return { slot, node };
      // 0·∞ is NaN, and 0 of anything else.
      return { slot, node: formulas.add(node, formulas.mul(zero, present(before))) };
    }),
  };
}
