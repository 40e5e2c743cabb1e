/** The problems of ../shared/data/initial-value-problems as Gemel documents, with their reference solutions. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model, ModelDocument } from '../../../src/core/model/index.ts';
import { compileModelDocument } from '../../../src/core/model/index.ts';
import { simulate } from '../../../src/core/solve/index.ts';

/** Where the problems are, a JSON file each by its name. */
export const folder = join(import.meta.dirname, '../../../../shared/data/initial-value-problems');

export interface Problem {
  readonly name: string;
  readonly stiff: boolean;
  readonly states: readonly string[];
  readonly params: Readonly<Record<string, number>>;
  readonly let?: Readonly<Record<string, string>>;
  readonly rhs: readonly string[];
  readonly y0: readonly number[];
  readonly t_end: number;
  readonly ref: readonly number[];
}

export const hasProblems = existsSync(folder);

export function readProblems(): Problem[] {
  return globSync('*.json', { cwd: folder })
    .toSorted()
    .map((file): Problem => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** Its time is `t`, which equations call `time`; the rest of its language is ours. */
function documentOfProblem(problem: Problem, solver: NonNullable<ModelDocument['solver']>): ModelDocument {
  const formula = (text: string): string => text.replaceAll(/\bt\b/g, 'time');
  const named = Object.entries(problem.let ?? {}).map(([name, text]) => [name, formula(text)]);
  const slopes = problem.rhs.map((text, i) => [`der(${problem.states[i]})`, formula(text)]);
  return {
    gemel: 1,
    model: problem.name.replaceAll('_', '-'),
    version: '1.0.0',
    units: 'unchecked',
    solver,
    parameters: Object.fromEntries(
      Object.entries(problem.params).map(([name, value]) => [name, { unit: '1', value }]),
    ),
    states: Object.fromEntries(
      problem.states.map((name, i) => [name, { unit: '1', start: problem.y0[i] ?? NaN }]),
    ),
    equations: Object.fromEntries([...named, ...slopes]),
  };
}

export function modelOfProblem(problem: Problem, solver: NonNullable<ModelDocument['solver']>): Model {
  const { model, diagnostics } = compileModelDocument(documentOfProblem(problem, solver));
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return model;
}

/** The largest relative error of a state at the end, in ticks of `tickSeconds`. */
export function errorAtEnd(problem: Problem, model: Model, tickSeconds: number): number {
  const { values, stopped } = simulate(model, { seconds: problem.t_end, tickSeconds });
  if (stopped !== undefined) throw new Error(`stopped at ${stopped.atSeconds} s by ${stopped.state}`);
  return Math.max(
    ...problem.ref.map((exact, i) => Math.abs((values[i]?.at(-1) ?? NaN) - exact) / Math.abs(exact)),
  );
}
