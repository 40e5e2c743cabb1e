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

/** Where the equations are looked at within a step. */
interface Stage {
  /** Time, and the states within their bounds. */
  readonly point: Point;
  /** The states before bounds. */
  readonly reached: readonly NodeId[];
  /** This stage is the start and so much times the slopes of the one before. */
  readonly factor: NodeId;
}

export interface Integration {
  /** The states after the step, not held at their bounds; those that do not move are those of the start. */
  readonly states: NodeId[];
  /** The first is the start itself. */
  readonly stages: readonly Stage[];
}

/** A step `h` from `start` on. */
export function integrate(formulas: Formulas, start: Point, h: NodeId): Integration {
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
  const stageAfter = (time: NodeId, factor: NodeId, k: readonly NodeId[]): Stage => {
    const reached = advanced(factor, k);
    return { point: { time, dt: start.dt, states: formulas.boundedAll(reached) }, reached, factor };
  };
  const slopesAt = ({ point }: Stage): NodeId[] => formulas.at(point, roots);

  const first = { point: start, reached: start.states, factor: graph.constant(0) };
  const k1 = slopesAt(first);
  if (model.method === 'euler') return { states: advanced(h, k1), stages: [first] };

  const half = formulas.mul(h, graph.constant(0.5));
  const middle = formulas.add(start.time, half);
  const second = stageAfter(middle, half, k1);
  const k2 = slopesAt(second);
  const third = stageAfter(middle, half, k2);
  const k3 = slopesAt(third);
  const fourth = stageAfter(formulas.add(start.time, h), h, k3);
  const k4 = slopesAt(fourth);
  const states = advanced(
    graph.binary('div', h, graph.constant(6)),
    k1.map((one, i) => weightedSum(formulas, [one, present(k2[i]), present(k3[i]), present(k4[i])])),
  );
  return { states, stages: [first, second, third, fourth] };
}

/** (k1 + 2·(k2 + k3)) + k4. */
function weightedSum(
  formulas: Formulas,
  [k1, k2, k3, k4]: readonly [NodeId, NodeId, NodeId, NodeId],
): NodeId {
  const inner = formulas.mul(formulas.graph.constant(2), formulas.add(k2, k3));
  return formulas.add(formulas.add(k1, inner), k4);
}
