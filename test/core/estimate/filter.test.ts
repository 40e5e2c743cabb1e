/** A filter in use: lanes, missing and absurd samples, bounds, events, long runs. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { createEstimator, isFiltered } from '../../../src/core/estimate/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import { compileModel, compileModelDocument, type Model } from '../../../src/core/model/index.ts';
import { Bench } from '../solve/run.ts';
import { compiled, Filtered } from './filter.ts';
import { near } from './near.ts';

/** An electric motor with its windings and bearing, two of its states measured: not linear. */
const motor = (solver = 'step: 100 ms') =>
  compiled(`
solver: { ${solver} }
inputs: { voltage: { unit: V, default: 200 } }
states:
  speed: { unit: rad/s, start: 100, min: 0, uncertainty: 5, noise: "0.5" }
  winding: { unit: degC, start: 60, uncertainty: 3, noise: "0.05" }
  wear: { unit: "1", start: 0.2, min: 0, max: 5, uncertainty: 0.1, noise: "0.001" }
equations:
  torque: 0.002 * voltage^2 * max(157 - speed, 0) / (1 + 0.004 * (winding - 25))
  der(speed): (torque - 0.01 * speed^2 * (1 + wear)) / 20
  der(winding): (0.0004 * torque^2 - 3 * (winding - 20)) / 500
  der(wear): 0
measurements:
  speed: { equals: speed, unit: rad/s, noise: 1 }
  current: { equals: sqrt(2 + 0.01 * torque), unit: A, noise: 0.1 }
`);

/** Lanes of different twins over some ticks, each lane with samples of its own. */
function run(
  model: Model,
  lanes: readonly number[],
  { backend = webAssemblyBackend('strict'), capacity = 200 } = {},
) {
  const estimator = createEstimator(model, { backend });
  const { layout } = estimator;
  const memory = estimator.allocate(capacity);
  for (const [twin, lane] of lanes.entries()) {
    estimator.initialise(memory, capacity, lane, {
      parameters: new Float64Array(0),
      inputs: Float64Array.of(190 + twin),
      states: Float64Array.of(100 + twin, 60 - twin, 0.2),
    });
    memory[layout.tickSeconds * capacity + lane] = 0.5;
    memory[layout.stepSeconds * capacity + lane] = 0.1;
  }
  const selection = { memory, capacity, lanes: Uint32Array.from(lanes), count: lanes.length };
  for (let k = 1; k <= 10; k++) {
    estimator.beginTick(selection);
    for (const times of [2, 3]) {
      estimator.predict(selection, times);
      for (const [twin, lane] of lanes.entries()) {
        const isMissing = (twin + k) % 3 === 0;
        memory[layout.measured * capacity + lane] = isMissing ? NaN : 110 + Math.sin(k + twin);
        memory[(layout.measured + 1) * capacity + lane] = times === 2 ? NaN : 2 + 0.1 * Math.cos(k * twin);
      }
      estimator.correct(selection, 0);
      estimator.correct(selection, 1);
    }
    estimator.endTick(selection);
    estimator.observe(selection);
  }
  return lanes.map((lane) =>
    Array.from({ length: layout.slots }, (_, slot) => memory[slot * capacity + lane] ?? NaN),
  );
}

test("a lane's result does not depend, to the bit, on the other lanes and on its place", () => {
  for (const solver of ['step: 100 ms', 'method: auto']) {
    const model = motor(solver);
    const inARow = Array.from({ length: 70 }, (_, twin) => twin);
    const scattered = inARow.map((twin) => 3 * twin - (twin > 60 ? 100 : 0)).map((lane) => Math.abs(lane));
    const together = run(model, inARow);
    assert.ok(together[0]?.slice(0, 5).every(Number.isFinite));
    assert.deepEqual(run(model, scattered, { capacity: 300 }), together);
    assert.deepEqual(run(model, [5], { capacity: 7 })[0], together[0]);
    assert.deepEqual(run(model, [0, 1, 5, 6], { capacity: 7 }), together.slice(0, 4));
  }
});

test('the backends agree on a filter', () => {
  const lanes = Array.from({ length: 9 }, (_, twin) => twin);
  const expected = run(motor(), lanes, { backend: javascriptBackend });
  for (const arithmetic of ['strict', 'relaxed'] as const) {
    const found = run(motor(), lanes, { backend: webAssemblyBackend(arithmetic) });
    for (const [lane, slots] of found.entries()) {
      for (const [slot, value] of slots.entries()) near(value, expected[lane]?.[slot], 1e-9, `slot ${slot}`);
    }
  }
});

test('a hidden state is found from those it drives', () => {
  const truth = new Bench(motor());
  truth.memory[truth.stepper.layout.states + 2] = 0.5;
  const filter = new Filtered(motor());
  for (let k = 0; k < 400; k++) {
    truth.tick(1);
    const torque = truth.output(0);
    filter.tick(1, [truth.state('speed'), Math.sqrt(2 + 0.01 * torque)]);
  }
  near(filter.mean[2], 0.5, 0.02);
  const deviation = filter.memory[filter.estimator.layout.deviations + 2] ?? NaN;
  assert.ok(deviation > 0.001 && deviation < 0.1, `${deviation}`);
});

test('without samples the mean goes on and the uncertainty grows', () => {
  const filter = new Filtered(
    compiled(`
states: { x: { unit: "1", start: 3, uncertainty: 2, noise: "0.5" } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`),
  );
  for (let k = 0; k < 10; k++) filter.tick(4, [NaN]);
  near(filter.covariance[0]?.[0], 4 + 0.25 * 40, 1e-12);
  assert.equal(filter.mean[0], 3);
});

test('the gate leaves out what is too far from what is expected, and says so', () => {
  const model = compiled(`
filter: { gate: 3 }
states: { x: { unit: "1", start: 0, uncertainty: 3 } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1", noise: 4 } }
`);
  const filter = new Filtered(model).tick(1);
  const before = [...filter.memory];
  const { factor, states } = filter.estimator.layout;
  filter.correct([15.01]); // deviation 5, gate at 15
  assert.deepEqual(filter.innovation(), { value: 15.01, deviation: 5, rejected: true });
  assert.equal(filter.memory[states], before[states]);
  assert.equal(filter.memory[factor], before[factor]);
  filter.correct([-14.99]);
  assert.deepEqual(filter.innovation(), { value: -14.99, deviation: 5, rejected: false });
  near(filter.mean[0], -14.99 * (9 / 25), 1e-12);
});

test('a measurement without noise is compared and corrects nothing', () => {
  const filter = new Filtered(
    compiled(`
states: { x: { unit: "1", start: 0, uncertainty: 3 } }
equations: { der(x): 0 }
measurements:
  good: { equals: x, unit: "1", noise: 4 }
  shown: { equals: 2 * x, unit: "1" }
`),
  ).correct([NaN, 100]);
  assert.deepEqual(filter.innovation(1), { value: 100, deviation: 6, rejected: false });
  assert.equal(filter.mean[0], 0);
  near(filter.covariance[0]?.[0], 9, 1e-12);
});

test('a sample that is not valid is compared and corrects nothing, nor does the gate count it', () => {
  const model = compiled(`
filter: { gate: 3 }
inputs: { open: { unit: "1", default: 0 } }
states: { x: { unit: "1", start: 0, uncertainty: 3 }, y: { unit: "1", start: 0 } }
equations: { der(x): 0, der(y): 0, settled: open > 0.5 and y < 1 }
measurements: { x: { equals: x, unit: "1", noise: 4, valid: settled } }
`);
  const filter = new Filtered(model);
  const before = [...filter.memory];
  const { factor, states } = filter.estimator.layout;
  for (const sample of [10, 1000]) {
    filter.correct([sample]);
    assert.deepEqual(filter.innovation(), { value: sample, deviation: NaN, rejected: false });
    assert.deepEqual([filter.memory[states], filter.memory[factor]], [before[states], before[factor]]);
  }
  filter.set('open', 1).correct([10]);
  assert.deepEqual(filter.innovation(), { value: 10, deviation: 5, rejected: false });
  near(filter.mean[0], 10 * (9 / 25), 1e-12);
});

test('whether a sample is valid is asked at the mean', () => {
  const model = compiled(`
states: { x: { unit: "1", start: 1, uncertainty: 3 } }
equations: { der(x): 0 }
measurements: { x: { equals: x * x, unit: "1", noise: 1, valid: x > 0.5 } }
`);
  const filter = new Filtered(model).correct([2]);
  const [mean] = filter.mean;
  assert.notEqual(mean, 1);
  filter.memory[filter.estimator.layout.states] = 0.4;
  filter.correct([2]);
  assert.deepEqual([filter.mean[0], filter.innovation().deviation], [0.4, NaN]);
});

test('a mean stays within the bounds, and the bound that held it is flagged', () => {
  const model = compiled(`
filter: { gate: 1e6 }
states:
  level: { unit: m, start: 0.2, min: 0, max: 3, uncertainty: 0.5, noise: "0.01" }
equations:
  der(level): -0.1 * sqrt(level)
measurements: { level: { equals: level, unit: m, noise: 0.1 } }
`);
  const filter = new Filtered(model);
  const { heldMin, heldMax } = filter.estimator.layout;
  filter.tick(0.1, [-5]);
  assert.equal(filter.mean[0], 0);
  assert.equal(filter.memory[heldMin], 1);
  filter.tick(0.1, [99]);
  assert.equal(filter.mean[0], 3);
  assert.equal(filter.memory[heldMax], 1);
  for (let k = 0; k < 100; k++) {
    filter.tick(0.1, [Math.sin(k)]);
    const level: number = filter.mean[0] ?? NaN;
    assert.ok(level >= 0 && level <= 3, `${level}`);
    assert.ok(filter.factor(0, 0) > 0);
  }
});

test('the diagonal of the factor stays positive, and the filter right, with states of very different size', () => {
  // 18 powers of ten between the states.
  const model = compiled(`
solver: { step: 1 s }
filter: { gate: 1e6 }
states:
  pressure: { unit: Pa, start: 2e9, uncertainty: 1e7, noise: "1e4" }
  rate: { unit: Pa/s, start: 0, uncertainty: 1e5, noise: "10" }
  crack: { unit: m, start: 3e-9, uncertainty: 2e-9, noise: "1e-14" }
equations:
  der(pressure): rate + 1e15 * crack - 0.001 * pressure
  der(rate): -0.05 * rate
  der(crack): 0
measurements:
  precise: { equals: pressure, unit: Pa, noise: 1e-3 }
  coarse: { equals: pressure, unit: Pa, noise: 1e7 }
`);
  const filter = new Filtered(model, webAssemblyBackend('strict'));
  for (let k = 1; k <= 30_000; k++) {
    const pressure = 2.9e9 + 1e6 * Math.sin(k / 50);
    filter.tick(1, [pressure, pressure]);
    for (let row = 0; row < 3; row++) assert.ok(filter.factor(row, row) > 0, `tick ${k}, row ${row}`);
  }
  near(filter.mean[0], 2.9e9 + 1e6 * Math.sin(600), 1e-9);
});

test('an event resets the mean with its points', () => {
  const model = compiled(`
solver: { step: 100 ms }
states:
  tank: { unit: l, start: 8, uncertainty: 0.05, noise: "0.01" }
  pumped: { unit: "1", start: 0 }
equations:
  der(tank): 1
  next(pumped): pumped
when:
  full: { condition: tank > 10, reset: { tank: 2, pumped: pumped + 1 }, raise: full }
measurements: { tank: { equals: tank, unit: l, noise: 0.05 } }
`);
  const filter = new Filtered(model);
  let tank = 8;
  let times = 0;
  for (let k = 0; k < 400; k++) {
    tank += 0.1;
    if (tank > 10 + 1e-9) {
      tank = 2;
      times++;
    }
    filter.tick(0.1, [tank]);
  }
  assert.equal(filter.mean[1], times);
  near(filter.mean[0], tank, 0.1);
});

test('what leaves the finite numbers is told, and a sample cannot spoil a belief', () => {
  const model = compiled(`
states: { x: { unit: "1", start: 1, uncertainty: 0.1, noise: "0.01" } }
equations: { der(x): x^2 }
measurements: { x: { equals: x, unit: "1", noise: 0.1 } }
`);
  const filter = new Filtered(model).correct([Infinity]);
  assert.equal(filter.mean[0], 1);
  const { finite, offender } = filter.estimator.layout;
  for (let k = 0; k < 5; k++) filter.tick(1);
  assert.equal(filter.memory[finite], 0);
  assert.equal(filter.memory[offender], 0);
});

test('a model is filtered if it has a method and something to correct with', () => {
  const body = (filter: string, noise: string) =>
    compiled(`${filter}\nmeasurements: { x: { equals: 1, unit: "1"${noise} } }`);
  assert.equal(isFiltered(body('', ', noise: 1')), true);
  assert.equal(isFiltered(body('', '')), false);
  assert.equal(isFiltered(body('filter: { method: none }', ', noise: 1')), false);
  // Nothing to estimate, but samples are compared and gated.
  const filter = new Filtered(body('', ', noise: 2')).tick(1, [12]);
  assert.deepEqual(filter.innovation(), { value: 11, deviation: 2, rejected: true });
});

test('every model of the library can be filtered', () => {
  for (const name of ['centrifugal-pump', 'lithium-ion-cell', 'gearbox', 'belt-conveyor']) {
    const file = `models/${name}/model.yaml`;
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    const document = compileModel({ file, text }).model?.document;
    const states = Object.entries(document?.states ?? {}).map(([state, it]) => [
      state,
      { ...it, uncertainty: 0.001 },
    ]);
    const { model } = compileModelDocument({ ...document, states: Object.fromEntries(states) });
    assert.ok(model, name);
    const filter = new Filtered(model, webAssemblyBackend('strict'));
    for (let k = 0; k < 20; k++) filter.tick(1);
    assert.ok(filter.mean.every(Number.isFinite), name);
    assert.ok(filter.covariance.flat().every(Number.isFinite), name);
  }
});

test('an infinity that a bound would hide is seen in the points', () => {
  const model = compiled(`
states:
  x: { unit: "1", start: 1, min: 0, max: 5, uncertainty: 0.1, noise: "0.01" }
  y: { unit: "1", start: 1, uncertainty: 0.1 }
equations:
  der(x): if(time > 0.55, 1 / (y - y), 0)
  der(y): 0
measurements: { x: { equals: x, unit: "1", noise: 0.1 } }
`);
  const filter = new Filtered(model, webAssemblyBackend('strict'));
  const { finite, offender } = filter.estimator.layout;
  filter.tick(0.5);
  assert.equal(filter.memory[finite], 1);
  filter.tick(0.5);
  assert.equal(filter.memory[finite], 0);
  assert.equal(filter.memory[offender], 0);
});
