/** One initial value problem solved by Gemel, SciPy and CVODE at several tolerances: how long, how exact, how many evaluations. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Backend,
  defaultBackend,
  type Kernel,
  type Lanes,
  programToC,
} from '../../src/core/kernel/index.ts';
import { startSimulation } from '../../src/core/solve/index.ts';
import { folder, modelOfProblem, type Problem } from '../../test/core/solve/initial-value-problems.ts';
import { compile, peersFolder, python } from './peers.ts';
import type { Context } from './report.ts';

export const tolerances = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10];

export interface Run {
  readonly tolerance: number;
  readonly ms: number;
  /** The largest relative error of a state at the end. */
  readonly error: number;
  /** Of the slopes, those for a Jacobian by differences not counted; for Gemel calls of its busiest kernel, which is a step tried. */
  readonly evaluations: number;
}

const repetitions = 5;

export function solveInGemel(problem: Problem): Run[] {
  return tolerances.map((tolerance) => {
    const model = modelOfProblem(problem, { method: 'auto', tolerance });
    const seconds = problem.t_end;
    const counted = counting(defaultBackend());
    const first = startSimulation(model, { seconds, tickSeconds: seconds, backend: counted.backend });
    first.advance(Infinity);
    let ms = Infinity;
    let error = Infinity;
    for (let i = 0; i < repetitions; i++) {
      const simulation = startSimulation(model, { seconds, tickSeconds: seconds });
      const began = performance.now();
      simulation.advance(Infinity);
      ms = Math.min(ms, performance.now() - began);
      const { values, stopped } = simulation.trajectory();
      const errors = problem.ref.map((exact, k) => Math.abs((values[k]?.at(-1) ?? Number.NaN) / exact - 1));
      error = stopped === undefined ? Math.max(...errors) : Infinity;
    }
    return { tolerance, ms, error, evaluations: counted.mostCalls() };
  });
}

/** Counts the calls of each kernel. The one that tries a step is called by far the most. */
function counting(inner: Backend): { readonly backend: Backend; mostCalls(): number } {
  const calls: number[] = [];
  const compileCounted = (program: Parameters<Backend>[0]): Kernel => {
    const kernel = inner(program);
    const index = calls.push(0) - 1;
    return (lanes: Lanes, repeated?: number) => {
      calls[index] = (calls[index] ?? 0) + 1;
      kernel(lanes, repeated);
    };
  };
  const backend = Object.assign(compileCounted, {
    arithmetic: inner.arithmetic,
    allocate: (length: number) => inner.allocate(length),
  });
  return { backend, mostCalls: () => Math.max(...calls) };
}

/** By `solve_ivp`: DOP853, or Radau where the problem is stiff. Undefined, and said, without SciPy. */
export async function solveInScipy({ scope, note }: Context, problem: Problem): Promise<Run[] | undefined> {
  const script = join(peersFolder, 'ivp_scipy.py');
  const file = join(folder, `${problem.name}.json`);
  const { code, stdout, stderr } = await scope.run(python, [script, file, ...tolerances.map(String)]);
  if (code === 0) return readRuns(stdout);
  const why = code === 'SIGKILL' ? 'it took longer than a minute' : stderr.trim().split('\n').at(-1);
  note(`SciPy is left out of ${problem.name} (apt-get install python3-scipy?): ${why}`);
  return undefined;
}

/** By CVODE, with the slopes in C. Undefined, and said, without SUNDIALS or a compiler. */
export async function solveInCvode(context: Context, problem: Problem): Promise<Run[] | undefined> {
  const directory = context.scope.directory();
  writeProblem(problem, directory);
  const program = join(directory, 'cvode-ivp');
  const source = join(peersFolder, 'cvode-ivp.c');
  const libraries = ['-lsundials_cvode', '-lsundials_nvecserial', '-lm'];
  const flags = ['-O3', '-march=native', '-fno-math-errno', '-I', directory];
  const built = await compile(context, 'CVODE', [...flags, source, ...libraries, '-o', program]);
  if (!built) return undefined;
  const { code, stdout, stderr } = await context.scope.run(program, tolerances.map(String));
  if (code !== 0) throw new Error(`CVODE ended with ${code}\n${stderr}`);
  return readRuns(stdout);
}

function writeProblem(problem: Problem, directory: string): void {
  const { equations, parameters, states } = modelOfProblem(problem, { method: 'auto', tolerance: 1e-6 });
  const { slots, graph, derivatives } = equations;
  const writes = derivatives.flatMap((node, i) =>
    node === undefined ? [] : [{ slot: slots.count + i, node }],
  );
  writeFileSync(join(directory, 'problem.c'), programToC({ graph, writes }, { mode: 'strict' }));
  const initial = Array.from({ length: slots.count + states.length }, () => 0);
  for (const [i, { start }] of states.entries()) initial[slots.states + i] = start;
  for (const [i, { value }] of parameters.entries()) initial[slots.parameters + i] = value;
  const numbers = (list: readonly number[]) => `{${list.join(', ')}}`;
  const lines = [
    `enum { STATES = ${states.length}, SLOTS = ${initial.length}, IS_STIFF = ${problem.stiff ? 1 : 0} };`,
    `enum { TIME_SLOT = ${slots.time}, STATE_SLOT = ${slots.states}, SLOPE_SLOT = ${slots.count} };`,
    `static const double END = ${problem.t_end};`,
    `static const double initial[] = ${numbers(initial)};`,
    `static const double reference[] = ${numbers(problem.ref)};`,
  ];
  writeFileSync(join(directory, 'problem.h'), `${lines.join('\n')}\n`);
}

function readRuns(stdout: string): Run[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): Run => JSON.parse(line));
}
