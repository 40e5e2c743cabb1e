/**
 * A Levenberg–Marquardt fit from several starts at once.
 *
 * All starts take their steps together, so that each evaluation of the objective is one run of a block with a lane for each.
 * After some rounds the worse half is given up, again and again: a start that will win is mostly among the better ones
 * early on, and its last digits are worth more than the middle of another's way.
 *
 * Notation  λ damping · ρ how much the cost fell, over how much it should have
 * Source    Nielsen, Damping Parameter in Marquardt's Method (IMM-REP-1999-05), for λ ·
 *           Jamieson & Talwalkar, Non-stochastic best arm identification (2016), for successive halving.
 */

import { boundedStep, type Box } from './bounded-step.ts';
import type { Evaluation, Objective } from './objective.ts';

export interface FitOptions {
  readonly box: Box;
  /** At most so many steps are tried. Default 100. */
  readonly rounds?: number;
}

/** One start, and how far it has come. */
export interface Candidate {
  /** Its number among the starts. */
  readonly start: number;
  readonly z: Float64Array;
  readonly evaluation: Evaluation;
  readonly steps: number;
  readonly state: 'under way' | 'converged' | 'given up' | 'failed';
}

interface Runner extends Candidate {
  z: Float64Array;
  evaluation: Evaluation;
  steps: number;
  state: Candidate['state'];
  lengths: Float64Array;
  damping: number;
  growth: number;
}

const roundsDefault = 100;
const firstDamping = 1e-2;
const leastDamping = 1e-12;
const mostDamping = 1e12;
/** A fall of the cost, and of the cost that is still to come, that is no more worth a step. */
const costTolerance = 1e-11;
const stepTolerance = 1e-10;
/** The starts are halved after every so many rounds. */
const roundsBetweenHalvings = 8;

export class Fit {
  readonly #objective: Objective;
  readonly #options: FitOptions;
  readonly #runners: Runner[] = [];
  #round = 0;

  constructor(objective: Objective, options: FitOptions) {
    this.#objective = objective;
    this.#options = options;
  }

  get round(): number {
    return this.#round;
  }

  get rounds(): number {
    return this.#options.rounds ?? roundsDefault;
  }

  /** All starts, the best first; of equally good ones the earlier. Empty before the first evaluation. */
  ranked(): readonly Candidate[] {
    return this.#runners.toSorted((a, b) => a.evaluation.cost - b.evaluation.cost || a.start - b.start || 0);
  }

  /** Runs until every start has converged or been given up; pauses now and then. */
  *run(starts: readonly Float64Array[]): Generator<void> {
    const first = yield* this.#objective.evaluate(starts);
    for (const [start, z] of starts.entries()) {
      const evaluation = first[start];
      if (evaluation === undefined) continue;
      const finite = evaluation.cost < Infinity;
      this.#runners.push({
        start,
        z: z.slice(),
        evaluation,
        steps: 0,
        state: finite ? 'under way' : 'failed',
        lengths: evaluation.triangle.columnLengths(),
        damping: firstDamping,
        growth: 2,
      });
    }
    for (this.#round = 1; this.#round <= this.rounds; this.#round++) {
      const active = this.#runners.filter(({ state }) => state === 'under way');
      if (active.length === 0) return;
      yield* this.#step(active);
      if (this.#round % roundsBetweenHalvings === 0) this.#halve();
    }
  }

  *#step(active: readonly Runner[]): Generator<void> {
    const tried = active.flatMap((runner) => {
      const { triangle, cost } = runner.evaluation;
      const { box } = this.#options;
      const step = boundedStep({
        triangle,
        z: runner.z,
        box,
        lengths: runner.lengths,
        damping: runner.damping,
      });
      const z = runner.z.map((value, j) => within(value + (step.change[j] ?? 0), box, j));
      const small = step.change.every(
        (by, j) => Math.abs(by) <= stepTolerance * (1 + Math.abs(runner.z[j] ?? 0)),
      );
      if (small || !(step.gain > costTolerance * Math.max(1, Math.abs(cost)))) {
        runner.state = 'converged';
        return [];
      }
      return [{ runner, step, z }];
    });
    if (tried.length === 0) return;
    const evaluations = yield* this.#objective.evaluate(tried.map(({ z }) => z));
    for (const [i, { runner, step, z }] of tried.entries()) {
      const evaluation = evaluations[i];
      if (evaluation !== undefined) judge(runner, { z, evaluation, expected: step.gain });
    }
  }

  #halve(): void {
    const active = this.ranked().filter(({ state }) => state === 'under way');
    const best = this.ranked()[0];
    for (const candidate of active.slice(Math.ceil(active.length / 2))) {
      const runner = this.#runners[candidate.start];
      if (runner !== undefined && candidate !== best) runner.state = 'given up';
    }
  }
}

function judge(
  runner: Runner,
  trial: { readonly z: Float64Array; readonly evaluation: Evaluation; readonly expected: number },
): void {
  const before = runner.evaluation.cost;
  const fall = before - trial.evaluation.cost;
  const ratio = fall / trial.expected;
  if (!(ratio > 1e-4)) {
    runner.damping *= runner.growth;
    runner.growth *= 2;
    if (runner.damping > mostDamping) runner.state = 'converged';
    return;
  }
  runner.z = trial.z;
  runner.evaluation = trial.evaluation;
  runner.steps += 1;
  runner.damping = Math.max(leastDamping, runner.damping * Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3));
  runner.growth = 2;
  const lengths = trial.evaluation.triangle.columnLengths();
  for (const [j, length] of lengths.entries()) {
    runner.lengths[j] = Math.max(runner.lengths[j] ?? 0, length);
  }
  if (fall <= costTolerance * Math.max(1, Math.abs(before))) runner.state = 'converged';
}

function within(value: number, { low, high }: Box, j: number): number {
  return Math.min(high[j] ?? Infinity, Math.max(low[j] ?? -Infinity, value));
}
