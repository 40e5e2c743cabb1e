/** The adaptive methods against published reference solutions, stiff problems included. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorAtEnd, hasProblems, modelOfProblem, readProblems } from './initial-value-problems.ts';

const skip = hasProblems ? false : 'the problems are not here: ../shared/data/initial-value-problems';

for (const problem of hasProblems ? readProblems() : []) {
  test(`${problem.name}: at tolerance 1e-8 the error is at most 1e-6`, () => {
    const auto = modelOfProblem(problem, { method: 'auto', tolerance: 1e-8 });
    const whole = errorAtEnd(problem, auto, problem.t_end);
    assert.ok(whole <= 1e-6, `auto in one tick: ${whole}`);
    const inTicks = errorAtEnd(problem, auto, problem.t_end / 50);
    assert.ok(inTicks <= 1e-6, `auto in 50 ticks: ${inTicks}`);
    const method = problem.stiff ? 'rodas5p' : 'tsit5';
    const alone = errorAtEnd(problem, modelOfProblem(problem, { method, tolerance: 1e-8 }), problem.t_end);
    assert.ok(alone <= 1e-6, `${method}: ${alone}`);
  });
}

test('there are problems of both kinds', { skip }, () => {
  const problems = readProblems();
  assert.ok(problems.length >= 16, `${problems.length} problems`);
  assert.ok(problems.some(({ stiff }) => stiff));
});

test('a smaller tolerance gives a smaller error', { skip }, () => {
  for (const problem of readProblems().filter(({ name }) => ['detest_d1', 'hires'].includes(name))) {
    const errors = [1e-4, 1e-6, 1e-8].map((tolerance) =>
      errorAtEnd(problem, modelOfProblem(problem, { method: 'auto', tolerance }), problem.t_end),
    );
    const [coarse = 0, middle = 0, fine = 0] = errors;
    assert.ok(coarse > 5 * middle && middle > 5 * fine, `${problem.name}: ${errors.join(', ')}`);
  }
});
