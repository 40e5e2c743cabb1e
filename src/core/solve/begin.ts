/**
 * What comes before a step: after a jump, or at the beginning of a piece, slopes and held states are found anew; and the
 * first step of all has a length to be guessed.
 *
 * Notation  x (n) unknowns · h first guess of the step
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), II.4 (first step).
 */

import type { NodeId } from '../graph/index.ts';
import type { Program } from '../kernel/index.ts';
import { present } from './formulas.ts';
import { restSlot, rests } from './layout.ts';
import type { UnderWay } from './under-way.ts';
import type { Unknowns } from './unknowns.ts';

/** Writes the slopes, what holds each unknown, and as `unknown` the first whose slope is not finite, or −1. */
export function refreshProgram(unknowns: Unknowns): Program {
  const { graph, layout, work, moving, time, x } = unknowns;
  const free = unknowns.freeSlopes(time, x);
  const zero = graph.constant(0);
  let holds = zero;
  const slopes = free.map((slope, i) => {
    if (work.holdable[i] !== true) return slope;
    const holding = holdingOf(unknowns, i, slope);
    unknowns.write(work.held + i, holding);
    holds = unknowns.or(holds, holding);
    return graph.select(holding, zero, slope);
  });
  unknowns.write(work.holds, holds);
  unknowns.writeEach('slope', slopes);
  unknowns.write(work.unknown, unknowns.first(slopes.map((slope) => unknowns.not(unknowns.isFinite(slope)))));
  for (const index of layout.resting) {
    const slope = present(free[moving.indexOf(index)]);
    unknowns.write(restSlot(layout, index), restOf(unknowns, index, slope));
  }
  return unknowns;
}

/** −1 or 1 where a bound or a rest holds the unknown, and flags the bound. */
function holdingOf(unknowns: Unknowns, i: number, slope: NodeId): NodeId {
  const { graph, layout, moving, model, x } = unknowns;
  const index = present(moving[i]);
  const { min, max } = present(model.states[index]);
  const zero = graph.constant(0);
  let holding = layout.resting.includes(index) ? restOf(unknowns, index, slope) : zero;
  const bound = (limit: number, side: 1 | -1): void => {
    const beyond = graph.binary(side === 1 ? 'ge' : 'le', present(x[i]), graph.constant(limit));
    const outwards = graph.binary(side === 1 ? 'gt' : 'lt', slope, zero);
    const holds = unknowns.and(beyond, outwards);
    const flag = (side === 1 ? layout.heldMax : layout.heldMin) + index;
    unknowns.write(flag, unknowns.or(graph.load(flag), holds));
    holding = graph.select(holds, graph.constant(side), holding);
  };
  if (max !== undefined) bound(max, 1);
  if (min !== undefined) bound(min, -1);
  return holding;
}

/**
 * A rest holds a state at 0 against the side that its slope pushes to. It ends when the slope pushes to the other, or when
 * something else (a reset, a correction) has moved the state.
 */
function restOf(unknowns: Unknowns, index: number, slope: NodeId): NodeId {
  const { graph, layout } = unknowns;
  const zero = graph.constant(0);
  const rest = graph.load(restSlot(layout, index));
  const pushes = graph.binary('gt', unknowns.mul(rest, slope), zero);
  const isThere = graph.binary('eq', graph.load(layout.states + index), zero);
  const begins = graph.binary('eq', rest, graph.constant(rests.begins));
  const goesOn = graph.select(unknowns.and(pushes, isThere), rest, zero);
  return graph.select(begins, graph.unary('sign', slope), goesOn);
}

/** Writes a first guess of h, and the sizes of the slope and of its change over it. */
export function probeProgram(unknowns: Unknowns): Program {
  const { graph, work, time, x } = unknowns;
  const slope = unknowns.loadEach('slope');
  const scale = unknowns.scale(x, x);
  const size = unknowns.norm(x, scale);
  const speed = unknowns.norm(slope, scale);
  const below = (a: NodeId): NodeId => graph.binary('lt', a, graph.constant(1e-5));
  const length = graph.load(work.length);
  const guess = graph.select(
    unknowns.or(below(size), below(speed)),
    unknowns.mul(graph.constant(1e-6), length),
    unknowns.div(unknowns.mul(graph.constant(0.01), size), speed),
  );
  const h = graph.select(graph.binary('lt', guess, length), guess, length);
  const later = unknowns.slopes(unknowns.add(time, h), unknowns.advanced(x, h, slope));
  const change = later.map((node, i) => unknowns.sub(node, present(slope[i])));
  unknowns.write(work.h, h);
  unknowns.write(work.speed, speed);
  unknowns.write(work.bend, unknowns.div(unknowns.norm(change, scale), h));
  return unknowns;
}

/** The length of the first step, from what the probe found. */
export function firstStep(lanes: UnderWay, lane: number): number {
  const { work } = lanes;
  const [h, length, bend] = [
    lanes.read(work.h, lane),
    lanes.read(work.length, lane),
    lanes.read(work.bend, lane),
  ];
  const steepest = Math.max(lanes.read(work.speed, lane), bend);
  const next = steepest > 1e-15 ? (0.01 / steepest) ** (1 / 5) : Math.max(1e-6 * length, h * 1e-3);
  return Number.isFinite(bend) ? Math.min(100 * h, next, length) : h * 1e-3;
}
