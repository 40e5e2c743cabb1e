/** One tick of a block: bounds, finiteness, timers, lanes apart. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import { createStepper } from '../../../src/core/solve/index.ts';
import { add, choose, div, eq, gt, lt, max, modelOf, mul, sub, un } from './models.ts';
import { Bench } from './run.ts';

fc.configureGlobal({ seed: 20261122 });

test('substeps are the fewest that are short enough, whatever the rounding', () => {
  const of = (step: number, every?: number) => {
    const x = { start: 0, next: 'x', ...(every === undefined ? {} : { every }) };
    return createStepper(modelOf({ step, states: { x } }), { backend: javascriptBackend });
  };
  assert.equal(of(0.1).substeps(0.5), 5);
  assert.equal(of(0.1).substeps(0.3), 3); // 0.3 / 0.1 is 2.9999999999999996
  assert.equal(of(0.1).substeps(0.7), 7);
  assert.equal(of(0.01).substeps(1.1), 110); // 110.00000000000001
  assert.equal(of(0.1).substeps(0.51), 6);
  assert.equal(of(0.1).substeps(0.001), 1);
  assert.equal(of(0.1, 0.02).substeps(0.5), 25);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 1000 }),
      (count, milliseconds) => {
        assert.equal(of(milliseconds / 1000).substeps((count * milliseconds) / 1000), count);
      },
    ),
    { numRuns: 100 },
  );
});

test('a tick that is not a positive time, or is far too long, is refused', () => {
  const { stepper } = new Bench(modelOf({ states: { x: { start: 0, der: 1 } } }));
  for (const tick of [0, -1, NaN, Infinity, 1e6])
    assert.throws(() => stepper.substeps(tick), { code: 'DURATION_RANGE' });
});

test('time does not drift over a million substeps', () => {
  const bench = new Bench(modelOf({ states: { x: { start: 0, der: 0 } } }));
  for (let i = 0; i < 10_000; i++) bench.tick(10);
  assert.ok(Math.abs(bench.time - 100_000) < 2e-11, `${bench.time}`);
});

test('the tutorial machine agrees with plain doubles bit for bit over 10,000 updates', () => {
  const bench = new Bench(
    modelOf({
      inputs: { ambient: { default: 22 } },
      states: {
        temperature: {
          start: 60,
          next: add('temperature', mul(mul(sub('ambient', 'temperature'), 0.05), 'dt')),
        },
        vibration: { start: 0.5, next: max(0.5, add('vibration', mul(sub('rpm', 1500), 0.001))) },
        rpm: { start: 1620, next: un('trunc', add(mul('rpm', 0.999), 1500 * 0.001)) },
      },
    }),
  );
  let [temperature, vibration, rpm] = [60, 0.5, 1620];
  for (let i = 0; i < 10_000; i++) {
    const ambient = 22 + (i % 17) * 0.37;
    const dt = i % 3 === 0 ? 0.5 : 1;
    temperature += (ambient - temperature) * 0.05 * dt;
    vibration = Math.max(0.5, vibration + (rpm - 1500) * 0.001);
    rpm = Math.trunc(rpm * 0.999 + 1500 * 0.001);
    bench.set('ambient', ambient).tick(dt);
    assert.deepEqual(
      [bench.state('temperature'), bench.state('vibration'), bench.state('rpm')],
      [temperature, vibration, rpm],
    );
  }
});

test('`every` updates neither miss nor gain one over 10,000 ticks', () => {
  const periods = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 60];
  for (const [tick, step] of [
    [0.5, 0.1],
    [0.3, 0.1],
    [0.25, 0.1],
    [1, 0.03],
  ] as const) {
    const states = Object.fromEntries(
      periods.map((every, i) => [`n${i}`, { start: 0, next: add(`n${i}`, 1), every }]),
    );
    const bench = new Bench(modelOf({ step, states }));
    for (let i = 0; i < 10_000; i++) bench.tick(tick);
    for (const [i, every] of periods.entries()) {
      assert.equal(
        bench.state(`n${i}`),
        Math.floor((10_000 * tick) / every + 1e-6),
        `${every} s in ticks of ${tick} s`,
      );
    }
  }
});

test('an `every` update comes with its first multiple, not before', () => {
  const bench = new Bench(modelOf({ states: { n: { start: 0, next: add('n', 1), every: 0.3 } } }));
  const counts = Array.from({ length: 12 }, () => bench.tick(0.1).state('n'));
  assert.deepEqual(counts, [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
});

test('dt is the period in an `every` update, the tick in the others, the substep in derivatives', () => {
  const bench = new Bench(
    modelOf({
      method: 'euler',
      states: {
        periodic: { start: 0, next: 'dt', every: 0.25 },
        ticked: { start: 0, next: 'dt' },
        moved: { start: 0, der: 'dt' },
      },
      outputs: { shown: 'dt' },
    }),
  );
  bench.tick(1);
  assert.equal(bench.state('periodic'), 0.25);
  assert.equal(bench.state('ticked'), 1);
  assert.ok(Math.abs(bench.state('moved') - 0.1) < 1e-15);
  assert.equal(bench.output(), 1);
});

test('discrete updates read end values of continuous states and old values of discrete ones', () => {
  for (const every of [undefined, 0.1]) {
    const timing = every === undefined ? {} : { every };
    const bench = new Bench(
      modelOf({
        states: {
          a: { start: 1, next: 'b', ...timing },
          b: { start: 2, next: 'a', ...timing },
          x: { start: 0, der: 1 },
          seen: { start: -1, next: 'x', ...timing },
          clock: { start: -1, next: 'time', ...timing },
        },
      }),
    );
    bench.tick(0.1);
    assert.deepEqual([bench.state('a'), bench.state('b')], [2, 1]);
    assert.equal(bench.state('seen'), bench.state('x'));
    assert.ok(Math.abs(bench.state('x') - 0.1) < 1e-15);
    assert.equal(bench.state('clock'), 0.1);
  }
});

test('a bound holds a state, flags it, and lets go when the derivative points inwards', () => {
  const bench = new Bench(
    modelOf({ inputs: { u: { default: 1 } }, states: { x: { start: 0.95, min: 0, max: 1, der: 'u' } } }),
  );
  bench.tick(0.5);
  assert.equal(bench.state('x'), 1);
  assert.deepEqual(bench.held('x'), { min: 0, max: 1 });
  bench.set('u', -1).tick(0.5);
  assert.ok(Math.abs(bench.state('x') - 0.5) < 1e-15);
  assert.deepEqual(bench.held('x'), { min: 0, max: 0 });
  bench.tick(1);
  assert.equal(bench.state('x'), 0);
  assert.deepEqual(bench.held('x'), { min: 1, max: 0 });
  bench.set('u', 0).tick(0.5);
  assert.deepEqual(bench.held('x'), { min: 0, max: 0 });
  assert.ok(bench.finite);
});

test('a discrete state is held at its bounds as well, once a tick and every so often', () => {
  const up = { start: 0, max: 2.5, next: add('n', 1) };
  for (const n of [up, { ...up, every: 0.5 }]) {
    const bench = new Bench(modelOf({ states: { n } }));
    assert.deepEqual(
      Array.from({ length: 4 }, () => bench.tick(0.5).state('n')),
      [1, 2, 2.5, 2.5],
    );
    assert.deepEqual(bench.held('n'), { min: 0, max: 1 });
  }
});

test('NaN stays NaN within bounds and clears `finite`', () => {
  const bad = choose(gt('time', 0.7), un('sqrt', -1), 1);
  for (const x of [
    { start: 0, min: -1, max: 1, der: bad },
    { start: 0, min: -1, max: 1, next: bad },
    { start: 0, min: -1, max: 1, next: bad, every: 0.1 },
  ]) {
    const bench = new Bench(modelOf({ states: { fine: { start: 0, der: 0 }, x } }));
    assert.ok(bench.tick(0.5).finite);
    assert.ok(!bench.tick(0.5).finite);
    assert.ok(Number.isNaN(bench.state('x')));
    assert.deepEqual(bench.held('x').min, 0);
    assert.equal(bench.memory[bench.stepper.layout.offender], 1);
    assert.ok(!bench.tick(0.5).finite); // still NaN
  }
});

test('an infinity that a bound would hide clears `finite`', () => {
  for (const x of [
    { start: 1, max: 10, der: div(1, 0) },
    { start: 1, max: 10, next: div('x', 0) },
    { start: 1, max: 10, next: div('x', 0), every: 0.1 },
  ]) {
    const bench = new Bench(modelOf({ states: { x } })).tick(0.5);
    assert.equal(bench.state('x'), 10);
    assert.ok(!bench.finite);
  }
});

test('`finite` stays cleared for the rest of the tick, though the state looks fine again', () => {
  const x = { start: 0, next: choose(lt('time', 0.15), un('log', -1), 5), every: 0.1 };
  const bench = new Bench(modelOf({ states: { x } })).tick(0.5);
  assert.equal(bench.state('x'), 5);
  assert.ok(!bench.finite);
  assert.ok(bench.tick(0.5).finite);
});

test('a reset to an infinity clears `finite`, though a bound holds it', () => {
  const model = modelOf({
    states: { x: { start: 0, max: 5, der: 1 } },
    whens: [{ condition: gt('x', 0.25), resets: { x: div(1, 0) } }],
  });
  const bench = new Bench(model).tick(0.5);
  assert.equal(bench.state('x'), 5);
  assert.ok(!bench.finite);
});

test('an `every` update reads continuous states within their bounds', () => {
  const level = { start: 0.05, min: 0, der: -1 };
  const root = { start: 1, next: un('sqrt', 'level'), every: 0.1 };
  const bench = new Bench(modelOf({ states: { level, root } })).tick(0.1);
  assert.equal(bench.state('root'), 0);
  assert.ok(bench.finite);
});

test('a reset cannot hide that a state was not finite', () => {
  const model = modelOf({
    states: { t: { start: 0, der: 1 }, x: { start: 1, der: choose(gt('t', 0.25), div(1, 0), 0) } },
    whens: [{ condition: gt('x', 100), resets: { x: 0 } }],
  });
  const bench = new Bench(model).tick(0.3);
  assert.equal(bench.state('x'), 0);
  assert.ok(!bench.finite);
});

test('outputs and measurements are those of the present state, from the start on', () => {
  const bench = new Bench(
    modelOf({
      states: { x: { start: 3, der: -1 } },
      outputs: { double: mul(2, 'x') },
      measurements: { sensor: add('x', 100) },
    }),
  );
  const { predictions } = bench.stepper.layout;
  assert.deepEqual([bench.output(), bench.memory[predictions]], [6, 103]);
  bench.tick(1);
  assert.deepEqual(
    [bench.output(), bench.memory[predictions]],
    [2 * bench.state('x'), bench.state('x') + 100],
  );
});

const busy = () =>
  modelOf({
    inputs: { u: { default: 0.3 } },
    parameters: { k: 1 },
    states: {
      x: { start: 1, min: -0.8, max: 0.9, der: 'v' },
      v: { start: 0, der: sub('u', mul('k', 'x')) },
      n: { start: 0, next: add('n', 1), every: 0.3 },
      parity: { start: 0, next: eq('parity', 0) },
    },
    outputs: { energy: add(mul('v', 'v'), mul('k', mul('x', 'x'))) },
    whens: [{ condition: lt('x', 0), resets: { v: mul(1.01, 'v') } }],
  });

test('a copied block goes on with the same bits', () => {
  const bench = new Bench(busy());
  for (let i = 0; i < 33; i++) bench.tick(0.5);
  const twin = new Bench(busy());
  twin.memory = bench.memory.slice();
  for (let i = 0; i < 100; i++) {
    bench.tick(0.5);
    twin.tick(0.5);
  }
  assert.deepEqual(twin.memory, bench.memory);
});

test('lanes side by side do what each does alone, and others keep every bit', () => {
  const model = busy();
  const { stepper } = new Bench(model);
  const { layout } = stepper;
  const capacity = 4;
  const memory = new Float64Array(layout.slots * capacity).fill(NaN);
  const alone = [1, 2].map((lane) => {
    const bench = new Bench(model);
    const values = {
      parameters: Float64Array.of(lane),
      inputs: Float64Array.of(lane / 7),
      states: Float64Array.of(0.1 * lane, 1, 0, 0),
    };
    bench.stepper.initialise(bench.memory, 1, 0, values);
    stepper.initialise(memory, capacity, lane, values);
    return bench;
  });
  const lanes = { memory, capacity, from: 1, to: 3 };
  for (let i = 0; i < 50; i++) {
    for (const lane of [1, 2]) {
      memory[layout.tickSeconds * capacity + lane] = 0.5;
      memory[layout.stepSeconds * capacity + lane] = 0.1;
    }
    stepper.beginTick(lanes);
    for (let step = 0; step < 5; step++) stepper.substep(lanes);
    stepper.endTick(lanes);
    stepper.observe(lanes);
    for (const bench of alone) bench.tick(0.5);
  }
  for (let slot = 0; slot < layout.slots; slot++) {
    const row = [...memory.subarray(slot * capacity, (slot + 1) * capacity)];
    assert.deepEqual(row, [NaN, alone[0]?.memory[slot], alone[1]?.memory[slot], NaN], `slot ${slot}`);
  }
});

test('start values of the wrong number are refused', () => {
  const bench = new Bench(busy());
  const values = {
    parameters: Float64Array.of(1),
    inputs: Float64Array.of(1),
    states: Float64Array.of(1, 2),
  };
  assert.throws(() => bench.stepper.initialise(bench.memory, 1, 0, values), {
    code: 'SHAPE_MISMATCH',
    message: '2 states are given, the model has 4',
  });
});
