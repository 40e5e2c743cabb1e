/** `gemel explain`: the text, the JSON, and the help with its example. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decayModel, directoryWith, gemel } from './run.ts';

const directory = directoryWith({ 'decay.yaml': decayModel, 'broken.yaml': 'gemel: 1\n' });

test('shows equations, structure, modes and steps', async () => {
  const { code, stdout, stderr } = await gemel(['explain', 'decay.yaml'], directory);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /excess +temperature - ambient\n +der\(temperature\) +-excess \/ tau/);
  assert.match(stdout, /Jacobian: 1 of 1 entries\n +temperature +■/);
  assert.match(stdout, /-0\.02 \/s/);
  assert.match(stdout, /euler +100 s/);
  assert.match(stdout, /Method: rk4: its step of 0\.1 s is stable/);
  assert.match(stdout, /for ambient/);
});

test('prints the same as JSON', async () => {
  const { stdout } = await gemel(['explain', 'decay.yaml', '--json'], directory);
  const { model, start, jacobian, largestStableStep } = JSON.parse(stdout);
  assert.equal(model, 'decay@1.0.0');
  assert.deepEqual(start.eigenvalues, [{ re: -0.02, im: 0 }]);
  assert.deepEqual(jacobian, { states: ['temperature'], places: [[0, 0]] });
  assert.ok(Math.abs(largestStableStep.euler - 100) < 1e-6);
});

test('says what is wrong with a model, and how it is called', async () => {
  assert.equal((await gemel(['explain', 'broken.yaml'], directory)).code, 1);
  assert.match((await gemel(['explain', '--help'])).stdout, /Example:\n {2}gemel explain models\/tank\.yaml/);
});
