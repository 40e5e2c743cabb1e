/** Models written in TypeScript. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { defineModel, type ModelOf } from '../../../src/core/model/index.ts';

const document = {
  gemel: 1,
  model: 'tank',
  version: '1.0.0',
  inputs: { inflow: { unit: 'l/min', default: 12 } },
  states: { level: { unit: 'm', start: 1, min: 0 } },
  equations: { outflow: '0.1 [l/s]', 'der(level)': '(inflow - outflow) / 1.5 [m2]' },
} as const;

test('gives the same model as its text', () => {
  const tank = defineModel(document);
  assert.equal(tank.id, 'tank@1.0.0');
  assert.equal(tank.inputs[0]?.default, 12 / 60_000);
});

test('its type knows the names', () => {
  type Names = NonNullable<ModelOf<typeof document>['names']>;
  const state: Names['state'] = 'level';
  const output: Names['output'] = 'outflow';
  // @ts-expect-error a misspelt state does not compile
  const wrong: Names['state'] = 'lvel';
  assert.deepEqual([state, output, wrong], ['level', 'outflow', 'lvel']);
});

test('an invalid one is thrown with every problem in its place', () => {
  const broken = { ...document, equations: { 'der(level)': 'inflw / 1.5 [m2]' } } as const;
  assert.throws(
    () => defineModel(broken),
    (error) => {
      assert.ok(error instanceof GemelError);
      assert.equal(error.code, 'MODEL_INVALID');
      assert.equal(error.diagnostics.length, 1);
      assert.match(error.message, /der\(level\): inflw[\s\S]*\^{5}[\s\S]*did you mean `inflow`/);
      return true;
    },
  );
});
