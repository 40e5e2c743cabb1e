/** The next version of a document: only the values differ, however they were written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate, newVersion, readRecording } from '../../../src/core/calibrate/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import { roomRecord, tableOf } from './models.ts';

const text = `# A room, as measured by hand
gemel: 1
model: room
version: "0.9.3"      # quoted
solver: {method: rk4,   step: 10 s}
inputs: { heating: { unit: W }, ambient: { unit: degC, default: 10 } }
parameters:
  tau:      # of the walls
    unit: s
    value: 20 min   # was 18
    min: 1 min
    calibrate: true
  gain: { unit: K/kW, value: 5, calibrate: true }
states:
  temperature: { unit: degC, start: '59 degF' }
equations:
  der(temperature): (gain * heating - (temperature - ambient)) / tau
measurements:
  reading: { equals: temperature, unit: degC }
`;

function fitted(document: string) {
  const { model, diagnostics } = compileModel({ file: 'room', text: document });
  assert.ok(model, JSON.stringify(diagnostics));
  const recording = readRecording(model, tableOf(roomRecord({ seed: 1 })));
  return calibrate(model, recording, { starts: 1, startOf: 'all' });
}

test('quantities, numbers and quotes stay what they were, and so does everything else', () => {
  const result = fitted(text);
  const { version, text: next } = newVersion(text, result);
  assert.equal(version, '0.10.0');
  const numbers = /-?\d+(\.\d+)?/g;
  const changed = next.split('\n').filter((line, i) => line !== text.split('\n')[i]);
  assert.deepEqual(
    changed.map((line) => line.replaceAll(numbers, '#')),
    [
      'version: "#.#"      # quoted',
      '    value: # s   # was #',
      '  gain: { unit: K/kW, value: #, calibrate: true }',
      "  temperature: { unit: degC, start: '# degC' }",
    ],
  );
  const { model } = compileModel({ file: 'next', text: next });
  for (const { unknown, value, standardError } of result.estimates) {
    const written =
      unknown.of === 'parameter'
        ? model?.parameters[unknown.index]?.value
        : model?.states[unknown.index]?.start;
    assert.ok(Math.abs((written ?? NaN) - value) < 1e-2 * standardError);
  }
});

test('a document in JSON stays one', () => {
  const { model } = compileModel({ file: 'room', text });
  const json = JSON.stringify(model?.document, null, 2);
  const { text: next } = newVersion(json, fitted(json));
  assert.equal(JSON.parse(next).version, '0.10.0');
  assert.equal(typeof JSON.parse(next).parameters.gain.value, 'number');
  assert.match(JSON.parse(next).parameters.tau.value, /^\d+(\.\d+)? s$/);
});

test('a text that is not that of the model is refused', () => {
  assert.throws(() => newVersion('gemel: 1\nmodel: other\n', fitted(text)), { code: 'MODEL_INVALID' });
});
