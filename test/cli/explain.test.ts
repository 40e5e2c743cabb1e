/** `gemel explain`: the text, the JSON, and the help with its example. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decayModel, directoryWith, gemel } from './run.ts';

const brake = `gemel: 1
model: brake
version: 1.0.0
solver: { step: 1 s }
states:
  speed: { unit: rpm, start: 500, uncertainty: 20 rpm }
  lining: { unit: rpm/s, start: 1, uncertainty: 0.5 }
  wind: { unit: rpm/s, start: 1, uncertainty: 0.5 }
equations:
  der(speed): 2 [rpm/s] - lining - wind
  der(lining): 0
  der(wind): 0
measurements:
  speed: { equals: speed, unit: rpm, noise: 5 rpm }
`;
const directory = directoryWith({
  'decay.yaml': decayModel,
  'broken.yaml': 'gemel: 1\n',
  'brake.yaml': brake,
});

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

test('says which states the sensors cannot tell', async () => {
  const { stdout, stderr } = await gemel(['explain', 'brake.yaml'], directory);
  assert.equal(stderr, '');
  assert.match(stdout, /Sensors\n.*600 s from the start/);
  assert.match(stdout, /  speed +[\d.]+ → [\d.]+ rpm\n/);
  assert.match(stdout, /`lining` cannot be told from `wind` with these sensors\n/);
  const { observability } = JSON.parse((await gemel(['explain', 'brake.yaml', '--json'], directory)).stdout);
  assert.equal(observability.states[1].verdict, 'tied');
  assert.deepEqual(observability.states[1].from, ['wind']);
});

test('says what is wrong with a model, and how it is called', async () => {
  assert.equal((await gemel(['explain', 'broken.yaml'], directory)).code, 1);
  assert.match((await gemel(['explain', '--help'])).stdout, /Example:\n {2}gemel explain models\/tank\.yaml/);
});
