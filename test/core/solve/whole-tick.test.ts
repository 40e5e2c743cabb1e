/** A tick in one kernel: the same bits as its parts. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import { createStepper, createWholeTick } from '../../../src/core/solve/index.ts';
import { add, gt, lt, modelOf, mul, sub } from './models.ts';

const path = 'examples/tutorial-machine/models/tutorial-machine.yaml';
const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const tutorial = compileModel({ file: path, text }).model;
assert.ok(tutorial);

/** Bounds, events, updates of both kinds, outputs and measurements. */
const machine = modelOf({
  step: 0.1,
  inputs: { u: { default: 1 } },
  parameters: { rate: 3 },
  states: {
    level: { start: 0.2, min: 0, max: 1, der: sub('u', mul('rate', 'level')) },
    phase: { start: 0, der: 3 },
    turns: { start: 0, next: 'turns' },
    ticks: { start: 0, next: add('ticks', 'dt') },
    sampled: { start: 0, next: 'level', every: 0.2 },
  },
  outputs: { twice: mul(2, 'level') },
  measurements: { sensor: add('level', 'sampled') },
  whens: [
    { condition: gt('phase', 1), resets: { phase: sub('phase', 1), turns: add('turns', 1) } },
    { condition: lt('level', 0) },
  ],
});

test('a whole tick has the bits of its parts, tick after tick, in every lane', () => {
  for (const [model, tickSeconds] of [
    [tutorial, 0.5],
    [machine, 0.4],
  ] as const satisfies readonly (readonly [Model, number])[]) {
    for (const backend of [javascriptBackend, webAssemblyBackend('strict')]) {
      const stepper = createStepper(model, { backend });
      const { layout } = stepper;
      const substeps = stepper.substeps(tickSeconds);
      const whole = createWholeTick(model, { backend, substeps });
      assert.ok(whole);
      const capacity = 11;
      const [parts, one] = [stepper.allocate(capacity), stepper.allocate(capacity)];
      for (const memory of [parts, one]) {
        for (let lane = 0; lane < capacity; lane++) {
          stepper.initialise(memory, capacity, lane, {
            parameters: Float64Array.from(model.parameters, ({ value }) => value),
            inputs: Float64Array.from(model.inputs, (input) => (input.default ?? 1) + lane - 5),
            // One lane overflows at once.
            states: Float64Array.from(model.states, ({ start }) => (lane === 4 ? 1e308 : start) * (1 + lane)),
          });
          memory[layout.tickSeconds * capacity + lane] = tickSeconds;
          memory[layout.stepSeconds * capacity + lane] = tickSeconds / substeps;
        }
      }
      const lanes = { memory: parts, capacity, from: 0, to: capacity };
      for (let tick = 0; tick < 50; tick++) {
        stepper.beginTick(lanes);
        stepper.substep(lanes, substeps);
        stepper.endTick(lanes);
        stepper.observe(lanes);
        whole({ ...lanes, memory: one });
        assert.deepEqual(one, parts, `tick ${tick}`);
      }
    }
  }
});

test('there is none for a method that chooses its steps, nor where it would be large', () => {
  const backend = javascriptBackend;
  const states = { x: { start: 1, der: mul(-1, 'x') } };
  assert.equal(createWholeTick(modelOf({ states, method: 'auto' }), { backend, substeps: 1 }), undefined);
  assert.equal(createWholeTick(modelOf({ states }), { backend, substeps: 100_000 }), undefined);
  assert.ok(createWholeTick(modelOf({ states }), { backend, substeps: 2 }));
});
