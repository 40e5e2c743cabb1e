/** `when` clauses: once an edge, resets, several at one instant. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from '../../../src/core/solve/index.ts';
import { add, and, ge, gt, le, lt, modelOf, mul, sub, un } from './models.ts';
import { Bench } from './run.ts';

test('a clause fires once on the rising edge, and again only after a falling one', () => {
  const model = modelOf({
    states: { x: { start: 0, der: 0 } },
    inputs: { u: { default: 0 } },
    whens: [{ condition: gt('u', 1) }],
  });
  const bench = new Bench(model);
  const counts = [0, 2, 3, 2, 0, 2].map((u) => bench.set('u', u).tick(0.5).fired());
  assert.deepEqual(counts, [0, 1, 0, 0, 0, 1]);
});

test('a condition that is true at the start does not fire', () => {
  const bench = new Bench(
    modelOf({ states: { x: { start: 5, der: -1 } }, whens: [{ condition: gt('x', 1) }] }),
  );
  let fired = 0;
  for (let i = 0; i < 20; i++) fired += bench.tick(0.5).fired();
  assert.equal(fired, 0);
});

test('every crossing within a tick counts', () => {
  const model = modelOf({
    step: 0.01,
    states: { x: { start: 0, der: 1 } },
    whens: [{ condition: gt(un('sin', mul(2 * Math.PI, 'x')), 0.5) }],
  });
  assert.equal(new Bench(model).tick(10).fired(), 10);
});

/** How often a ball dropped from `height` has bounced by `seconds`: flights of √(2h/g), then 2·v·eⁿ/g each. */
function bounces(height: number, g: number, restitution: number, seconds: number): number {
  let speed = Math.sqrt(2 * g * height);
  let count = 0;
  for (let at = speed / g; at < seconds; at += (2 * speed) / g) {
    speed *= restitution;
    count++;
  }
  return count;
}

test('a ball bounces as often as the closed form says, whether the condition has < or ≤', () => {
  for (const touches of [lt('height', 0), and(le('height', 0), lt('speed', 0))]) {
    const model = modelOf({
      step: 0.0005,
      states: { height: { start: 5, min: 0, der: 'speed' }, speed: { start: 0, der: -9.81 } },
      whens: [{ condition: touches, resets: { speed: mul(-0.8, 'speed') } }],
    });
    for (const seconds of [0.9, 2, 4, 6]) {
      const { fired } = simulate(model, { seconds, tickSeconds: 0.1 });
      assert.deepEqual(fired, [bounces(5, 9.81, 0.8, seconds)], `${seconds} s`);
    }
  }
});

test('a ball at rest stays at rest', () => {
  const model = modelOf({
    step: 0.01,
    states: { height: { start: 1, min: 0, der: 'speed' }, speed: { start: 0, der: -9.81 } },
    whens: [{ condition: lt('height', 0), resets: { speed: mul(-0.5, 'speed') } }],
  });
  const { values } = simulate(model, { seconds: 60, tickSeconds: 1 });
  assert.ok(Math.abs(values[0]?.at(-1) ?? NaN) < 1e-3);
  assert.ok(Math.abs(values[1]?.at(-1) ?? NaN) < 0.2);
});

test('a sawtooth that passes its top in every substep fires in every substep', () => {
  const model = modelOf({
    states: { x: { start: 0, der: 15 } },
    whens: [{ condition: ge('x', 1), resets: { x: 0 } }],
  });
  assert.equal(new Bench(model).tick(1).fired(), 10);
});

test('a condition held true at a bound does not fire again and again', () => {
  const model = modelOf({
    states: { level: { start: 0.35, min: 0, der: -1 }, count: { start: 0, next: add('count', 1) } },
    whens: [{ condition: lt('level', 0) }, { condition: and(lt('level', 0), gt('count', 2)) }],
  });
  const { fired } = simulate(model, { seconds: 20, tickSeconds: 0.5 });
  assert.deepEqual(fired, [1, 1]);
});

test('a discrete state held at its bound is never seen past it', () => {
  for (const timing of [{}, { every: 0.5 }]) {
    const model = modelOf({
      states: { n: { start: 0, max: 3, next: add('n', 1), ...timing } },
      whens: [{ condition: gt('n', 3) }, { condition: ge('n', 3) }],
    });
    assert.deepEqual(simulate(model, { seconds: 10, tickSeconds: 0.5 }).fired, [0, 1]);
  }
});

test('a clause on a state updated once a tick fires in that tick, and resets at once', () => {
  const model = modelOf({
    states: { n: { start: 0, next: add('n', 1) } },
    whens: [{ condition: ge('n', 3), resets: { n: 0 } }],
  });
  const bench = new Bench(model);
  const seen = Array.from({ length: 7 }, () => {
    bench.tick(0.5);
    return [bench.state('n'), bench.fired()];
  });
  assert.deepEqual(seen, [
    [1, 0],
    [2, 0],
    [0, 1],
    [1, 0],
    [2, 0],
    [0, 1],
    [1, 0],
  ]);
});

test('resets of one moment read the states before any of them; of two, the later clause wins', () => {
  const model = modelOf({
    states: {
      t: { start: 0, der: 1 },
      a: { start: 1, der: 0 },
      b: { start: 2, der: 0 },
      c: { start: 0, der: 0 },
    },
    whens: [
      { condition: ge('t', 0.05), resets: { a: 'b', b: 'a', c: 7 } },
      { condition: ge('t', 0.06), resets: { c: add('a', 10) } },
    ],
  });
  const bench = new Bench(model).tick(0.1);
  assert.deepEqual([bench.state('a'), bench.state('b'), bench.state('c')], [2, 1, 11]);
});

test('a reset beyond a bound is held there and flagged', () => {
  const model = modelOf({
    states: { t: { start: 0, der: 1 }, x: { start: 1, max: 2, der: 0 } },
    whens: [{ condition: gt('t', 0.05), resets: { x: sub(10, 'x') } }],
  });
  const bench = new Bench(model).tick(0.1);
  assert.equal(bench.state('x'), 2);
  assert.deepEqual(bench.held('x'), { min: 0, max: 1 });
});
