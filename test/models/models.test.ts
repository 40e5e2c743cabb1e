/**
 * Every model of the library: compiles, agrees with the trajectory that another tool computed, and has a page that
 * names what goes in and what is remembered.
 *
 * The error allowed is a part of how far a state moves in the golden run, not of its value, so that temperatures in
 * kelvin hide nothing; and 1e-12 of its value, for the rounding of a slow state that hardly moves (wear).
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { folders, goldenOf, modelOf, runAsGolden, textOf } from './library.ts';

/** Where a model is held to less than 1e-6 of the range, and why. */
const tolerances: Readonly<Record<string, number>> = {
  // The check valve lifts: the flow's rate has a corner there, and RK4's error is of the step squared there.
  'centrifugal-pump': 5e-6,
  // The same formulas in the same numbers: to the last bit.
  'tutorial-machine': 0,
};

test('the library has its twelve models', () => {
  assert.equal(folders.length, 12, folders.join(', '));
});

test('the tutorial machine is the one of the examples', () => {
  const example = new URL('../../examples/tutorial-machine/models/tutorial-machine.yaml', import.meta.url);
  assert.equal(textOf('tutorial-machine/model.yaml'), readFileSync(example, 'utf8'));
});

for (const folder of folders) {
  test(`${folder} compiles and is named after its folder`, () => {
    const model = modelOf(folder);
    assert.equal(model.name, folder);
    assert.ok(model.title);
  });

  test(`${folder} agrees with its golden trajectory in every state`, () => {
    const model = modelOf(folder);
    const golden = goldenOf(folder);
    const trajectory = runAsGolden(model, golden);
    assert.equal(trajectory.stopped, undefined);
    assert.deepEqual(
      Object.keys(golden.states),
      model.states.map(({ name }) => name),
    );
    const worst = model.states.map(({ name }, index) => {
      const expected = golden.states[name] ?? [];
      const got = trajectory.values[index];
      assert.equal(expected.length, golden.time.length);
      const range = Math.max(...expected) - Math.min(...expected);
      assert.ok(range > 0, `${name} does not move in the golden run`);
      const largest = Math.max(...expected.map(Math.abs));
      const tolerance = tolerances[folder] ?? 1e-6;
      const allowed = tolerance === 0 ? 0 : tolerance * range + 1e-12 * largest;
      const errors = golden.time.map((time, row) => {
        const at = Math.round(time / golden.tick);
        assert.ok(Math.abs((trajectory.time[at] ?? NaN) - time) < 1e-6);
        return Math.abs((got?.[at] ?? NaN) - (expected[row] ?? NaN));
      });
      const error = Math.max(...errors);
      return { name, error, allowed, atSeconds: golden.time[errors.indexOf(error)] };
    });
    assert.deepEqual(
      worst.filter(({ error, allowed }) => !(error <= allowed)),
      [],
    );
  });

  test(`${folder} has a page that names every state and input`, () => {
    const page = textOf(`${folder}/README.md`);
    const { states, inputs } = modelOf(folder);
    const missing = [...states, ...inputs].filter(({ name }) => !page.includes(`\`${name}\``));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
    assert.ok(textOf('README.md').includes(`(${folder}/README.md)`));
  });
}
