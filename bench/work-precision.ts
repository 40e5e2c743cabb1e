/**
 * Work and precision: how long a solution takes for how small an error, beside SciPy and SUNDIALS' CVODE on the same published
 * problems.
 *
 * Each solves every problem at seven tolerances; what counts is the fastest run whose end is right to a millionth.
 * Integration alone is timed, after the functions are compiled; SciPy calls plain Python functions, as its users do, and CVODE
 * functions in C.
 */

import {
  folder,
  hasProblems,
  type Problem,
  readProblems,
} from '../test/core/solve/initial-value-problems.ts';
import { type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { type Run, solveInCvode, solveInGemel, solveInScipy, tolerances } from './lib/work-precision.ts';

const enough = 1e-6;
/** With `--quick`. */
const few = ['detest_d1', 'hires', 'vdpol_1000'];

export const workPrecision: Bench = {
  name: 'work-precision',
  summary: 'initial value problems to a millionth, beside SciPy and CVODE',
  about:
    'Published initial value problems solved at tolerances from 10⁻⁴ to 10⁻¹⁰: the time of a solution over its error at the end; lower and further left is better. ' +
    'The figures are times to a millionth. SciPy calls Python functions, CVODE functions in C; Gemel compiles the document; only integration is timed.',
  async run(context: Context): Promise<readonly Figure[]> {
    if (!hasProblems) {
      context.note(`work-precision: there are no problems in ${folder}`);
      return [];
    }
    const asked = tolerances.map((tolerance) => tolerance.toExponential(0)).join(', ');
    context.note(
      `at tolerances ${asked}: the error, in how long (with how many evaluations; for Gemel, steps tried)`,
    );
    const figures: Figure[] = [];
    for (const problem of readProblems()) {
      if (!context.quick || few.includes(problem.name)) figures.push(...(await solveByAll(context, problem)));
    }
    return figures;
  },
};

async function solveByAll(context: Context, problem: Problem): Promise<readonly Figure[]> {
  const { name, stiff } = problem;
  const solvers: readonly (readonly [string, readonly Run[] | undefined])[] = [
    ['gemel', solveInGemel(problem)],
    [stiff ? 'SciPy Radau' : 'SciPy DOP853', await solveInScipy(context, problem)],
    [stiff ? 'CVODE BDF' : 'CVODE Adams', await solveInCvode(context, problem)],
  ];
  const found = solvers.flatMap(([who, runs]) => (runs ? [{ who, runs }] : []));
  for (const { who, runs } of found) {
    const told = runs.map(
      ({ ms, error, evaluations }) => `${error.toExponential(0)} in ${readable(ms)} ms (${evaluations})`,
    );
    context.note(`${name.padEnd(15)} ${who.padEnd(12)}  ${told.join('  ')}`);
  }
  context.plot({
    title: name,
    x: { title: 'relative error at the end', scale: 'log' },
    y: { title: 'ms', scale: 'log' },
    // SciPy and CVODE by their first names: colours then mean the same in every plot.
    series: found.map(({ who, runs }) => ({
      name: who.split(' ')[0] ?? who,
      points: runs
        .filter(({ error }) => error > 0 && error < 1)
        .map(({ ms, error }) => ({ x: error, y: ms })),
    })),
  });
  const [ours, ...others] = found.map(({ who, runs }) => ({ who, ms: fastest(runs) }));
  if (ours === undefined) return [];
  const figure = { name: `work-precision.${name}`, value: ours.ms, unit: 'ms' };
  return others.length === 0
    ? [figure]
    : others.flatMap(({ who, ms }) => {
        if (ms < Infinity) return [{ ...figure, peer: { name: who, value: ms } }];
        context.note(`${name}: ${who} is right to ${enough} with none of the tolerances`);
        return [];
      });
}

/** The time of the fastest run that is precise enough. */
function fastest(runs: readonly Run[]): number {
  return Math.min(...runs.filter(({ error }) => error <= enough).map(({ ms }) => ms));
}
