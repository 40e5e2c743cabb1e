/**
 * Many lanes under an adaptive method: what becomes of one is the same bits whatever its neighbours do and wherever it
 * lies, on each backend; and the backends agree.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Backend } from '../../../src/core/kernel/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { createStepper, simulate } from '../../../src/core/solve/index.ts';
import type { Sketch } from './models.ts';
import { add, div, gt, lt, modelOf, mul, sub, un } from './models.ts';

const strict = webAssemblyBackend('strict');
const backends = { JavaScript: javascriptBackend, WebAssembly: strict };
const methods = ['tsit5', 'rodas5p', 'auto'] as const;

/** A bouncing ball in a wind, beside a van der Pol oscillator that is stiff or not, and a counter with its own times. */
const sketch: Sketch = {
  parameters: { mu: 1, kept: 0.8 },
  states: {
    height: { start: 1, min: 0, der: 'speed' },
    speed: { start: 2, der: sub(mul(-0.1, 'speed'), 9.81) },
    x: { start: 2, der: 'y' },
    y: { start: 0, der: sub(mul(mul('mu', sub(1, mul('x', 'x'))), 'y'), 'x') },
    turns: { start: 0, next: add('turns', 1), every: 0.07 },
    level: { start: 0.4, min: 0, max: 0.5, der: sub(div('x', 4), 0.1) },
  },
  whens: [
    { condition: lt('height', 0), resets: { speed: mul(-1, mul('kept', 'speed')) } },
    { condition: gt('x', 1.5), resets: { turns: add('turns', 100) } },
  ],
};

interface Lane {
  readonly mu: number;
  readonly kept: number;
}

/** The slots of each lane after some ticks, by lane. */
function run(model: Model, backend: Backend, lanes: readonly Lane[], ticks = 4): Float64Array[] {
  const stepper = createStepper(model, { backend });
  const capacity = lanes.length;
  const memory = stepper.allocate(capacity);
  const block = { memory, capacity, from: 0, to: capacity };
  for (const [lane, { mu, kept }] of lanes.entries()) {
    stepper.initialise(memory, capacity, lane, {
      parameters: Float64Array.of(mu, kept),
      inputs: new Float64Array(),
      states: Float64Array.from(model.states, ({ start }) => start),
    });
  }
  for (let tick = 0; tick < ticks; tick++) {
    memory.fill(0.5, stepper.layout.tickSeconds * capacity, (stepper.layout.tickSeconds + 1) * capacity);
    memory.fill(0.5, stepper.layout.stepSeconds * capacity, (stepper.layout.stepSeconds + 1) * capacity);
    stepper.beginTick(block);
    stepper.substep(block);
    stepper.endTick(block);
  }
  const { slots } = stepper.layout;
  return lanes.map((_, lane) =>
    Float64Array.from({ length: slots }, (_unused, slot) => memory[slot * capacity + lane] ?? NaN),
  );
}

const many = (count: number): Lane[] =>
  Array.from({ length: count }, (_, i) => ({
    mu: i % 3 === 0 ? 500 + i : 1 + i / 10,
    kept: 0.3 + (i % 7) / 10,
  }));

for (const [name, backend] of Object.entries(backends)) {
  for (const method of methods) {
    test(`${method} in ${name}: a lane gives the same bits alone, among 150 others, and in another place`, () => {
      const model = modelOf({ ...sketch, method });
      const lanes = many(151);
      const together = run(model, backend, lanes);
      const backwards = run(model, backend, lanes.toReversed()).toReversed();
      for (const index of [0, 1, 2, 63, 64, 77, 150]) {
        const lane = lanes[index];
        assert.ok(lane);
        assert.deepEqual(together[index], run(model, backend, [lane])[0]);
        assert.deepEqual(together[index], backwards[index]);
      }
    });

    test(`${method} in ${name}: a lane that overflows leaves the others bit for bit as they are`, () => {
      const model = modelOf({ ...sketch, method });
      const lanes = many(70);
      const broken = lanes.map((lane, index) => (index % 10 === 3 ? { mu: -1e300, kept: NaN } : lane));
      const [fine, beside] = [run(model, backend, lanes), run(model, backend, broken)];
      const { finite } = createStepper(model, { backend }).layout;
      for (const index of lanes.keys()) {
        if (index % 10 === 3) assert.equal(beside[index]?.[finite], 0);
        else assert.deepEqual(beside[index], fine[index]);
      }
    });
  }
}

test('fixed steps: a lane that overflows leaves the others bit for bit as they are', () => {
  for (const method of ['euler', 'rk4'] as const) {
    for (const backend of Object.values(backends)) {
      const model = modelOf({ ...sketch, method, step: 0.001 });
      const lanes = many(12).map((lane) => ({ ...lane, mu: lane.mu / 100 }));
      const broken = lanes.map((lane, index) => (index === 5 ? { mu: -1e300, kept: NaN } : lane));
      const [fine, beside] = [run(model, backend, lanes), run(model, backend, broken)];
      const { finite } = createStepper(model, { backend }).layout;
      for (const index of lanes.keys()) {
        if (index === 5) assert.equal(beside[index]?.[finite], 0);
        else assert.deepEqual(beside[index], fine[index]);
      }
    }
  }
});

test('a model without elementary functions gives the same bits in strict WebAssembly as in JavaScript', () => {
  for (const method of methods) {
    const model = modelOf({ ...sketch, method });
    assert.deepEqual(run(model, strict, many(20)), run(model, javascriptBackend, many(20)));
  }
});

test('with elementary functions strict WebAssembly stays within a hundredth of the tolerance of JavaScript', () => {
  const tolerance = 1e-7;
  fc.assert(
    fc.property(
      fc.constantFrom(...methods),
      fc.constantFrom('sin', 'cos', 'tanh', 'atan', 'exp'),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (method, operator, rate, start) => {
        const model = modelOf({
          method,
          tolerance,
          parameters: { mu: 1, kept: 1 },
          states: {
            x: { start, der: sub(un(operator, un('sin', 'y')), mul(rate, 'x')) },
            y: { start: 1, der: sub(un('cos', 'time'), mul(0.2, 'x')) },
          },
        });
        const lanes = [{ mu: 1, kept: 1 }];
        const { states } = createStepper(model, { backend: strict }).layout;
        const [a, b] = [strict, javascriptBackend].map((backend) => run(model, backend, lanes)[0]);
        for (const index of [0, 1]) {
          const [one = NaN, other = NaN] = [a?.[states + index], b?.[states + index]];
          assert.ok(
            Math.abs(one - other) <= 0.01 * tolerance * Math.max(1, Math.abs(one)),
            `${one} ${other}`,
          );
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test('random swings and decays, slow and a million times faster, follow their closed forms', () => {
  // x″ = −2a·x′ − (a² + b²)·x: x = e^(−at)·(cos bt + (a/b)·sin bt); beside it a decay towards x.
  fc.assert(
    fc.property(
      fc.constantFrom('rodas5p' as const, 'auto' as const),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.double({ min: 1, max: 6, noNaN: true }),
      (method, a, b, decades) => {
        const rate = 10 ** decades;
        const model = modelOf({
          method,
          tolerance: 1e-8,
          states: {
            x: { start: 1, der: 'v' },
            v: { start: 0, der: sub(mul(-2 * a, 'v'), mul(a * a + b * b, 'x')) },
            z: { start: 1, der: mul(rate, sub('x', 'z')) },
          },
        });
        const { values, stopped } = simulate(model, { seconds: 6, tickSeconds: 1.5 });
        assert.equal(stopped, undefined);
        const exact = Math.exp(-6 * a) * (Math.cos(6 * b) + (a / b) * Math.sin(6 * b));
        const [x = NaN, v = NaN, z = NaN] = values.map((column) => column.at(-1));
        assert.ok(Math.abs(x - exact) <= 1e-6 * 10, `${x}, not ${exact}`);
        // z lags by 1/rate: x − x′/rate + x″/rate² …
        const second = -2 * a * v - (a * a + b * b) * x;
        const bend = (60 * (1 + b) ** 3) / rate ** 3 + Math.exp(-6 * rate);
        assert.ok(Math.abs(z - (x - v / rate + second / rate ** 2)) <= 1e-5 + bend, `${z} beside ${x}`);
      },
    ),
    { numRuns: 60, seed: 2 },
  );
});
