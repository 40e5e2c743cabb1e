/** The examples' models in every backend: strict WebAssembly goes with JavaScript, relaxed stays close. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Backend } from '../../../src/core/kernel/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import { createStepper, simulate } from '../../../src/core/solve/index.ts';

function read(path: string): Model {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const { model } = compileModel({ file: path, text });
  assert.ok(model);
  return model;
}

const models = {
  tutorial: read('examples/tutorial-machine/models/tutorial-machine.yaml'),
  rig: read('examples/hydraulic-rig/models/hydraulic-rig.yaml'),
  station: read('examples/pump-station/models/station-pump.yaml'),
  pump: read('bench/models/pump.yaml'),
};
const strict = webAssemblyBackend('strict');
const relaxed = webAssemblyBackend('relaxed');

function run(model: Model, backend: Backend) {
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, min = 0, max = 100, ...input }) => [name, input.default ?? (min + max) / 2]),
  );
  return simulate(model, { seconds: 60, inputs, backend });
}

/** The largest difference of two runs' values, relative to the larger of 1 and the value. */
function difference(a: ReturnType<typeof run>, b: ReturnType<typeof run>): number {
  assert.deepEqual([...a.time], [...b.time]);
  assert.deepEqual([a.fired, a.stopped], [b.fired, b.stopped]);
  let most = 0;
  for (const [column, values] of a.values.entries()) {
    for (const [row, value] of values.entries()) {
      const other = b.values[column]?.[row] ?? NaN;
      const apart = Math.abs(value - other) / Math.max(1, Math.abs(value));
      most = apart <= most ? most : apart;
    }
  }
  return most;
}

test('models without elementary functions give the same bits in strict WebAssembly as in JavaScript', () => {
  for (const model of [models.tutorial, models.station]) {
    assert.equal(difference(run(model, strict), run(model, javascriptBackend)), 0);
  }
});

test('every model stays within 1e-11 of JavaScript over a minute, strict and relaxed', () => {
  for (const model of Object.values(models)) {
    const plain = run(model, javascriptBackend);
    for (const backend of [strict, relaxed]) {
      const apart = difference(run(model, backend), plain);
      assert.ok(apart <= 1e-11, `${model.id}: ${apart}`);
    }
  }
});

test('many substeps in one call give the bits of as many calls, in every lane of a block', () => {
  for (const backend of [javascriptBackend, strict, relaxed]) {
    const { pump } = models;
    const stepper = createStepper(pump, { backend });
    const capacity = 21;
    const [once, oneByOne] = [stepper.allocate(capacity), stepper.allocate(capacity)];
    for (const memory of [once, oneByOne]) {
      for (let lane = 0; lane < capacity; lane++) {
        stepper.initialise(memory, capacity, lane, {
          inputs: new Float64Array(0),
          states: Float64Array.from(pump.states, ({ start }) => start * (1 + lane / 100)),
          // One lane overflows at once; the others must not notice.
          parameters: Float64Array.from(pump.parameters, ({ value }) => (lane === 5 ? 1e200 : value)),
        });
      }
    }
    stepper.substep({ memory: once, capacity, from: 0, to: capacity }, 100);
    for (let i = 0; i < 100; i++) stepper.substep({ memory: oneByOne, capacity, from: 0, to: capacity });
    assert.deepEqual([...once], [...oneByOne]);
    const { finite } = stepper.layout;
    for (let lane = 0; lane < capacity; lane++)
      assert.equal(once[finite * capacity + lane], lane === 5 ? 0 : 1);
  }
});
