/**
 * Every model of the library: compiles, agrees with the trajectory that another tool computed, and has a page that
 * names what goes in and what is remembered.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compareWithGolden, folders, goldenOf, modelOf, textOf } from './library.ts';

/** Where a model is held to less than 1e-6 of the range, and why. */
const tolerances: Readonly<Record<string, number>> = {
  // The check valve lifts: the flow's rate has a corner there, and RK4's error is of the step squared there.
  'centrifugal-pump': 5e-6,
  // The same formulas in the same numbers: to the last bit.
  'tutorial-machine': 0,
};
const toleranceOf = (folder: string): number => tolerances[folder] ?? 1e-6;

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
    assert.deepEqual(
      Object.keys(golden.states),
      model.states.map(({ name }) => name),
    );
    const differences = compareWithGolden(model, golden, { tolerance: toleranceOf(folder) });
    assert.deepEqual(
      differences.filter(({ error, allowed }) => !(error <= allowed)),
      [],
    );
  });

  test(`${folder} with a value wrong by a part in a thousand does not agree`, () => {
    const model = modelOf(folder);
    const [first] = model.parameters;
    if (first === undefined) return;
    const differences = compareWithGolden(model, goldenOf(folder), {
      tolerance: toleranceOf(folder),
      parameters: { [first.name]: first.value * 1.001 },
    });
    assert.ok(differences.some(({ error, allowed }) => error > 10 * allowed));
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
