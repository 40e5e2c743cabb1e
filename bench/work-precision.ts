/**
 * Work and precision: how long a solution takes for how small an error, beside SciPy on the same published problems.
 *
 * Each solves every problem at several tolerances; what counts is the fastest run whose end is right to a millionth.
 * Integration alone is timed, after the functions are compiled; SciPy calls plain Python functions, as its users do.
 */

import { join } from 'node:path';
import { startSimulation } from '../src/core/solve/index.ts';
import {
  folder,
  hasProblems,
  modelOfProblem,
  type Problem,
  readProblems,
} from '../test/core/solve/initial-value-problems.ts';
import { root } from './lib/engine.ts';
import { type Bench, type Context, type Figure, readable } from './lib/report.ts';
import type { Scope } from './lib/scope.ts';

const tolerances = [1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10];
const enough = 1e-6;
const peer = join(root, 'bench/peers/ivp_scipy.py');

interface Run {
  readonly tolerance: number;
  readonly ms: number;
  /** The largest relative error of a state at the end. */
  readonly error: number;
}

export const workPrecision: Bench = {
  name: 'work-precision',
  summary: 'initial value problems to a millionth, beside SciPy',
  async run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
    if (!hasProblems) {
      note(`work-precision: there are no problems in ${folder}`);
      return [];
    }
    const few = ['detest_d1', 'hires', 'vdpol_1000'];
    const figures: Figure[] = [];
    for (const problem of readProblems()) {
      const { name } = problem;
      if (quick && !few.includes(name)) continue;
      const file = join(folder, `${name}.json`);
      const ours = tolerances.map((tolerance) => solve(problem, tolerance));
      const theirs = await solveInScipy(scope, file);
      for (const [who, runs] of [['gemel', ours] as const, ['scipy', theirs] as const]) {
        const told = runs.map(({ ms, error }) => `${readable(ms)} ms → ${error.toExponential(1)}`);
        note(`${name.padEnd(15)} ${who}  ${told.join('   ')}`);
      }
      const [value, other] = [ours, theirs].map(fastest);
      if (value === undefined || other === undefined) continue;
      const figure = { name: `work-precision.${name}`, value, unit: 'ms' };
      figures.push({
        ...figure,
        peer: { name: problem.stiff ? 'SciPy Radau' : 'SciPy DOP853', value: other },
      });
    }
    return figures;
  },
};

/** The time of the fastest run that is precise enough. */
function fastest(runs: readonly Run[]): number {
  return Math.min(...runs.filter(({ error }) => error <= enough).map(({ ms }) => ms));
}

function solve(problem: Problem, tolerance: number): Run {
  const model = modelOfProblem(problem, { method: 'auto', tolerance });
  let ms = Infinity;
  let error = Infinity;
  for (let i = 0; i < 5; i++) {
    const seconds = problem.t_end;
    const simulation = startSimulation(model, { seconds, tickSeconds: seconds });
    const began = performance.now();
    simulation.advance(Infinity);
    ms = Math.min(ms, performance.now() - began);
    const { values, stopped } = simulation.trajectory();
    const errors = problem.ref.map((exact, k) => Math.abs((values[k]?.at(-1) ?? Number.NaN) / exact - 1));
    error = stopped === undefined ? Math.max(...errors) : Infinity;
  }
  return { tolerance, ms, error };
}

async function solveInScipy(scope: Scope, file: string): Promise<Run[]> {
  const { code, stdout, stderr } = await scope.run('/usr/bin/python3', [
    peer,
    file,
    ...tolerances.map(String),
  ]);
  if (code !== 0) throw new Error(`SciPy ended with ${code} (apt-get install python3-scipy?)\n${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line): Run => JSON.parse(line));
}
