/** The extended filter: its factor goes along the derivative of the very step, whatever happens in it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { Bench } from '../solve/run.ts';
import { compiled, Filtered, product, transposed } from './filter.ts';
import { near } from './near.ts';

/** The states after some ticks, from any start. */
function motion(model: Model, start: readonly number[], ticks: number): number[] {
  const bench = new Bench(model);
  for (const [i, value] of start.entries()) bench.memory[bench.stepper.layout.states + i] = value;
  for (let k = 0; k < ticks; k++) bench.tick(0.25);
  return model.states.map(({ name }) => bench.state(name));
}

/** ∂ motion / ∂ start by central differences. */
function slopes(model: Model, ticks: number): number[][] {
  const start = model.states.map((state) => state.start);
  const columns = start.map((value, i) => {
    const step = 1e-5 * Math.max(1, Math.abs(value));
    const [plus = [], minus = []] = [step, -step].map((by) =>
      motion(
        model,
        start.map((it, j) => (i === j ? it + by : it)),
        ticks,
      ),
    );
    return plus.map((it, j) => (it - (minus[j] ?? NaN)) / (2 * step));
  });
  return transposed(columns);
}

/** Without noise and samples P is F·P₀·Fᵀ, F being the derivative of the whole motion. */
function holds(model: Model, ticks: number, tolerance = 1e-7): void {
  const filter = new Filtered(model);
  const before = filter.covariance;
  for (let k = 0; k < ticks; k++) filter.tick(0.25);
  const f = slopes(model, ticks);
  const expected = product(product(f, before), transposed(f));
  const end = motion(
    model,
    model.states.map(({ start }) => start),
    ticks,
  );
  for (const [i, row] of expected.entries()) {
    near(filter.mean[i], end[i], 1e-12, `mean ${i}`);
    for (const [j, value] of row.entries()) {
      const size = Math.sqrt((expected[i]?.[i] ?? 0) * (expected[j]?.[j] ?? 0)) || 1;
      near((filter.covariance[i]?.[j] ?? NaN) / size, value / size, tolerance, `P ${i}, ${j}`);
    }
  }
}

test('through the stages of rk4, bounds in and after them included', () => {
  holds(
    compiled(`
solver: { step: 50 ms }
filter: { method: extended }
states:
  speed: { unit: "1", start: 9.7, max: 10, uncertainty: 0.1 }
  heat: { unit: "1", start: 40, uncertainty: 2 }
  level: { unit: "1", start: 1.5, min: 0, uncertainty: 0.3 }
  friction: { unit: "1", start: 0.4, uncertainty: 0.05 }
equations:
  der(speed): 6 - friction * abs(speed)^1.3 - 0.01 * exp(0.03 * heat)
  der(heat): friction * speed^2 - 0.2 * tanh(heat - 20) * (heat - 20)
  der(level): 0.02 * speed - 0.3 * sqrt(level)
  der(friction): 0
measurements: { speed: { equals: speed, unit: "1", noise: 1 } }
`),
    12,
  );
});

test('a state that its bound holds is certain', () => {
  const model = compiled(`
filter: { method: extended }
states:
  level: { unit: "1", start: 0.01, min: 0, uncertainty: 0.001 }
  leak: { unit: "1", start: 1, uncertainty: 0.1 }
equations:
  der(level): -leak * sqrt(level) - 0.1
  der(leak): 0
measurements: { level: { equals: level, unit: "1", noise: 1 } }
`);
  const filter = new Filtered(model);
  for (let k = 0; k < 4; k++) filter.tick(0.25);
  assert.equal(filter.mean[0], 0);
  near(filter.covariance[0]?.[0], 0, 1e-12);
  near(filter.covariance[1]?.[1], 0.01, 1e-12);
});

test('through due updates, ends of ticks, and resets', () => {
  holds(
    compiled(`
solver: { step: 50 ms }
filter: { method: extended }
states:
  charge: { unit: "1", start: 1, uncertainty: 0.1 }
  slow: { unit: "1", start: 0.5, every: 500 ms, uncertainty: 0.2, noise: "1e-150" }
  held: { unit: "1", start: 0.2, uncertainty: 0.2, noise: "1e-150" }
equations:
  der(charge): 1 + slow - 0.2 * charge^2 * held
  next(slow): 0.5 * slow + sin(charge)
  next(held): 0.9 * held + 0.01 * charge * slow
when:
  full: { condition: charge > 2.5, reset: { charge: 0.3 * charge^2, held: held + 0.1 * charge } }
measurements: { charge: { equals: charge, unit: "1", noise: 1 } }
`),
    14,
  );
});

test('a sample of what is not linear is weighed by its slope at the mean', () => {
  const model = compiled(`
filter: { method: extended }
states:
  x: { unit: "1", start: 2, uncertainty: 0.5 }
  y: { unit: "1", start: 1, uncertainty: 0.2 }
equations:
  der(x): 0
  der(y): 0
measurements: { z: { equals: x^2 * y, unit: "1", noise: 0.3 } }
`);
  const filter = new Filtered(model).correct([4.5]);
  // h = (2xy, x²) = (4, 4); s = 16·0.25 + 16·0.04 + 0.09.
  const s = 16 * 0.25 + 16 * 0.04 + 0.09;
  near(filter.innovation().value, 0.5, 1e-12);
  near(filter.innovation().deviation, Math.sqrt(s), 1e-12);
  near(filter.mean[0], 2 + ((4 * 0.25) / s) * 0.5, 1e-12);
  near(filter.mean[1], 1 + ((4 * 0.04) / s) * 0.5, 1e-12);
  near(filter.covariance[0]?.[1], (-(4 * 0.25) * (4 * 0.04)) / s, 1e-12);
});

test('a slope without end leaves the belief whole', () => {
  const model = compiled(`
filter: { method: extended }
states:
  level: { unit: "1", start: 0, min: 0, uncertainty: 0.1, noise: "0.01" }
  inflow: { unit: "1", start: 0, uncertainty: 0.2 }
equations:
  der(level): inflow - sqrt(level)
  der(inflow): 0
measurements: { level: { equals: level, unit: "1", noise: 0.1 } }
`);
  const filter = new Filtered(model, webAssemblyBackend('strict'));
  for (let k = 0; k < 20; k++) filter.tick(0.25, [0]);
  assert.ok(filter.covariance.flat().every(Number.isFinite));
  assert.ok(filter.factor(0, 0) > 0 && filter.factor(1, 1) > 0);
});
