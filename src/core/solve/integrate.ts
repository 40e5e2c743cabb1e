/**
 * One substep of the continuous states, as expressions: the classical Runge–Kutta method or Euler's.
 *
 * The equations are looked at only within the bounds: a stage past a bound is held there, so that √level of a tank
 * that runs empty within the step does not become NaN. The result itself is not held; the caller does that and
 * flags it.
 *
 * Notation  x (n) states · h step · k1…k4 (n) derivatives at the stages
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), table II.1.2, "the" RK method.
 */

import type { NodeId } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import type { Formulas, Point } from './formulas.ts';
import { present } from './formulas.ts';

/** Indices of the states that the solver moves. One whose derivative is the constant 0 stays, to the last bit. */
export function movingStates(model: Model): number[] {
  const { graph, derivatives } = model.equations;
  return [...model.states.keys()].filter((index) => {
    const derivative = derivatives[index];
    if (derivative === undefined) return false;
    const node = graph.node(derivative);
    return !(node.kind === 'constant' && node.value === 0);
  });
}

/** The states a step `h` after `start`, not held at their bounds; those that do not move are returned unchanged. */
export function integrate(formulas: Formulas, start: Point, h: NodeId): NodeId[] {
  const { graph, model } = formulas;
  const moving = movingStates(model);
  const roots = moving.map((index) => present(model.equations.derivatives[index]));

  /** x + factor·k. */
  const advanced = (factor: NodeId, k: readonly NodeId[]): NodeId[] => {
    const states = [...start.states];
    for (const [position, index] of moving.entries()) {
      const change = formulas.mul(factor, present(k[position]));
      states[index] = formulas.add(present(states[index]), change);
    }
    return states;
  };
  const slopesAt = (time: NodeId, states: readonly NodeId[]): NodeId[] =>
    formulas.at({ time, dt: start.dt, states }, roots);
  const slopesAfter = (time: NodeId, factor: NodeId, k: readonly NodeId[]): NodeId[] =>
    slopesAt(time, formulas.boundedAll(advanced(factor, k)));

  const k1 = slopesAt(start.time, start.states);
  if (model.method === 'euler') return advanced(h, k1);

  const half = formulas.mul(h, graph.constant(0.5));
  const middle = formulas.add(start.time, half);
  const k2 = slopesAfter(middle, half, k1);
  const k3 = slopesAfter(middle, half, k2);
  const k4 = slopesAfter(formulas.add(start.time, h), h, k3);
  // (k1 + 2·(k2 + k3)) + k4, times h/6.
  const two = graph.constant(2);
  const sum = k1.map((first, position) => {
    const inner = formulas.add(present(k2[position]), present(k3[position]));
    return formulas.add(formulas.add(first, formulas.mul(two, inner)), present(k4[position]));
  });
  return advanced(graph.binary('div', h, graph.constant(6)), sum);
}
