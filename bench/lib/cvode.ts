/**
 * CVODE on the pump, at the accuracy that Gemel's Runge–Kutta step has there.
 *
 * A solver with a tolerance is as fast as its tolerance is loose, so the tolerance is found in the run: the loosest one with
 * which the pumps end at least as close to a tight reference (Gemel with a sixteenth of the step) as Gemel's do. Both of its
 * methods are tried; the faster is the peer.
 */

import { join } from 'node:path';
import { webAssemblyBackend } from '../../src/core/kernel/index.ts';
import type { Model } from '../../src/core/model/index.ts';
import type { Candidate } from './contest.ts';
import { compile, peersFolder, roundOf } from './peers.ts';
import { type Context, readable } from './report.ts';
import { createTwins } from './twins.ts';

/** As many as the peer prints. */
const comparedPumps = 16;
/** They take long, one after the other. */
const pumps = 256;
const stepSeconds = 0.005;
const finer = 16;
/** Half a decade from one to the next. */
const tolerances = Array.from({ length: 21 }, (_, i) => 10 ** (-3 - i / 2));

interface Found {
  readonly method: string;
  readonly tolerance: number;
  readonly error: number;
  readonly rate: number;
}

/** Undefined, and said, if SUNDIALS or a compiler is missing. */
export async function cvodePump(
  context: Context,
  model: Model,
  steps: number,
): Promise<Candidate | undefined> {
  const { scope, note } = context;
  const program = join(scope.directory(), 'cvode-pump');
  const source = join(peersFolder, 'cvode-pump.c');
  const libraries = ['-lsundials_cvode', '-lsundials_nvecserial', '-lm'];
  const args = ['-O3', '-march=native', '-ffast-math', source, ...libraries, '-o', program];
  if (!(await compile(context, 'cvode (apt-get install libsundials-dev)', args))) return undefined;

  const reference = endOf(model, steps * finer, stepSeconds / finer);
  const allowed = errorOf(endOf(model, steps, stepSeconds), reference);
  const solve = async (count: number, text: string, { method, tolerance }: Omit<Found, 'error' | 'rate'>) =>
    roundOf(await scope.run(program, [`${count}`, text, `${tolerance}`, method]));
  const found: Found[] = [];
  for (const method of ['adams', 'bdf']) {
    for (const tolerance of tolerances) {
      const { states, rate } = await solve(comparedPumps, `${steps}`, { method, tolerance });
      const error = errorOf(states, reference);
      if (!(error <= allowed)) continue;
      found.push({ method, tolerance, error, rate });
      break;
    }
  }
  const best = found.toSorted((a, b) => b.rate - a.rate)[0];
  if (best === undefined) {
    note(`cvode is left out: no tolerance brings its error down to ${allowed.toExponential(1)}`);
    return undefined;
  }
  note(
    `cvode: ${best.method} with tolerance ${best.tolerance.toExponential(1)} ends ${best.error.toExponential(1)} from a ` +
      `tight reference after ${readable(steps * stepSeconds)} s, Runge–Kutta at ${stepSeconds * 1000} ms ${allowed.toExponential(1)}`,
  );
  return (asked) => solve(pumps, `${asked}`, best);
}

/** The states of the compared pumps at the end, pump by pump. */
function endOf(model: Model, steps: number, seconds: number): number[] {
  const options = { count: comparedPumps, kind: 'substeps' } as const;
  const { stepper, memory, capacity, run, statesOf } = createTwins(
    model,
    webAssemblyBackend('strict'),
    options,
  );
  const at = stepper.layout.stepSeconds * capacity;
  memory.fill(seconds, at, at + capacity);
  run(steps);
  return Array.from({ length: comparedPumps }, (_, pump) => statesOf(pump)).flat();
}

/** The largest relative difference. */
function errorOf(states: readonly number[], reference: readonly number[]): number {
  return Math.max(...reference.map((exact, i) => Math.abs((states[i] ?? NaN) / exact - 1)));
}
