/** Ticks by the methods that choose their steps themselves: events, bounds, discrete states, and what cannot be done. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { createStepper, describeStop, simulate } from '../../../src/core/solve/index.ts';
import type { Sketch } from './models.ts';
import { add, and, choose, div, gt, le, lt, modelOf, mul, sub, un } from './models.ts';
import { Bench } from './run.ts';

const methods = ['tsit5', 'rodas5p', 'auto'] as const;

const close = (got: number, want: number, within: number): void =>
  assert.ok(Math.abs(got - want) <= within, `${got}, not ${want}`);

/** Values of a state at the end of every tick of a second. */
function everySecond(model: Model, seconds: number): readonly number[] {
  const { values, stopped } = simulate(model, { seconds, tickSeconds: 1 });
  assert.equal(stopped, undefined);
  return [...(values[0] ?? [])];
}

/** A ball thrown up from the floor; it keeps a part of its speed when it comes back. */
const ball = (kept: number): Sketch => ({
  method: 'auto',
  tolerance: 1e-8,
  states: { height: { start: 0, min: 0, der: 'speed' }, speed: { start: 9.81, der: -9.81 } },
  whens: [{ condition: lt('height', 0), resets: { speed: mul(-kept, 'speed') } }],
});

for (const method of methods) {
  test(`${method}: an event is found when it happens, and its reset goes on from there`, () => {
    const bench = new Bench(modelOf({ ...ball(0.5), method })).tick(2.5);
    // Up and down in 2 s, then half as fast: 4.905·0.5 − 4.905·0.5² at 2.5 s.
    assert.equal(bench.fired(), 1);
    close(bench.state('height'), 9.81 * 0.125, 1e-8);
    close(bench.state('speed'), 0, 1e-8);
    assert.deepEqual(bench.held('height'), { min: 1, max: 0 });
  });

  test(`${method}: events within a tick that is far longer are all found`, () => {
    const model = modelOf({
      method,
      states: { phase: { start: 0, der: 3 }, turns: { start: 0, next: 'turns' } },
      whens: [
        { condition: gt('phase', 1), resets: { phase: sub('phase', 1), turns: add('turns', 1) } },
        { condition: gt('turns', 4.5) },
      ],
    });
    const bench = new Bench(model).tick(10.1);
    assert.equal(bench.fired(0), 30);
    assert.equal(bench.fired(1), 1);
    assert.equal(bench.state('turns'), 30);
    close(bench.state('phase'), 0.3, 1e-9);
  });

  test(`${method}: several conditions that come true at one moment act together, from the states before`, () => {
    const model = modelOf({
      method,
      states: {
        x: { start: 0, der: 1 },
        a: { start: 0, next: 'a' },
        b: { start: 7, next: 'b' },
      },
      whens: [
        { condition: gt('x', 2), resets: { a: 'b' } },
        { condition: gt('x', 2), resets: { b: add('a', 1) } },
      ],
    });
    const bench = new Bench(model).tick(5);
    assert.deepEqual([bench.fired(0), bench.fired(1)], [1, 1]);
    assert.deepEqual([bench.state('a'), bench.state('b')], [7, 1]);
  });

  test(`${method}: a bound holds a state from the moment it is reached until the equation points inside`, () => {
    // level′ = cos t, held at 0.5 from t = π/6 on, off it from π/2 on.
    const model = modelOf({
      method,
      tolerance: 1e-8,
      states: { level: { start: 0, max: 0.5, der: un('cos', 'time') } },
    });
    const levels = everySecond(model, 4);
    for (const [t, level] of levels.entries()) {
      const exact = t < Math.PI / 6 ? Math.sin(t) : t < Math.PI / 2 ? 0.5 : 0.5 + Math.sin(t) - 1;
      close(level, exact, 1e-7);
    }
    const bench = new Bench(model).tick(1);
    assert.deepEqual(bench.held('level'), { min: 0, max: 1 });
    assert.deepEqual(bench.tick(0.25).held('level'), { min: 0, max: 1 });
    assert.deepEqual(bench.tick(2).tick(0.1).held('level'), { min: 0, max: 0 });
  });

  test(`${method}: a tank that runs empty keeps its square root within the bounds`, () => {
    const tank = { start: 1, min: 0, der: mul(-0.5, un('sqrt', 'level')) };
    const levels = everySecond(modelOf({ method, tolerance: 1e-8, states: { level: tank } }), 9);
    for (const [t, level] of levels.entries()) close(level, Math.max(0, 1 - t / 4) ** 2, 1e-6);
  });

  test(`${method}: updates of every come at their own times, and the equations see them at once`, () => {
    // Every 0.3 s the rate becomes the number of updates so far; x is the sum of the stairs.
    const model = modelOf({
      method,
      states: {
        x: { start: 0, der: 'rate' },
        rate: { start: 0, next: add('rate', 1), every: 0.3 },
        seen: { start: 0, next: 'x', every: 0.3 },
        ticks: { start: 0, next: add('ticks', 'dt') },
      },
    });
    const bench = new Bench(model);
    for (let i = 0; i < 4; i++) bench.tick(0.25);
    assert.equal(bench.state('rate'), 3);
    close(bench.state('x'), 0.3 * (1 + 2) + 0.1 * 3, 1e-12);
    close(bench.state('seen'), 0.3 * (1 + 2), 1e-12);
    close(bench.state('ticks'), 1, 1e-12);
    close(bench.time, 1, 1e-15);
    for (let i = 0; i < 400; i++) bench.tick(0.5);
    assert.equal(bench.state('rate'), 670);
  });

  test(`${method}: a growth without bound is stopped, with the time and the state`, () => {
    // y = 1/√(1 − 2t)
    const model = modelOf({
      method,
      states: { fine: { start: 0, der: 1 }, y: { start: 1, der: mul('y', mul('y', 'y')) } },
    });
    const { stopped, values } = simulate(model, { seconds: 2, tickSeconds: 0.1 });
    assert.ok(stopped !== undefined && stopped.state === 'y');
    close(stopped.atSeconds, 0.5, 1e-4);
    assert.equal(describeStop(stopped).code, 'STEP_IMPOSSIBLE');
    assert.match(describeStop(stopped).message, /`y`/);
    assert.ok(values[1]?.every(Number.isFinite));
  });

  test(`${method}: what has no value at the start is told at once`, () => {
    const model = modelOf({ method, states: { x: { start: -1, der: un('sqrt', 'x') } } });
    const { stopped } = simulate(model, { seconds: 1, tickSeconds: 1 });
    assert.deepEqual(stopped, { atSeconds: 0, state: 'x', reason: 'not-finite' });
  });

  test(`${method}: lanes step for themselves, and one that stops leaves the others alone`, () => {
    const model = modelOf({
      method,
      parameters: { rate: 1 },
      states: { x: { start: 1, der: mul('rate', mul('x', 'x')) } },
    });
    const stepper = createStepper(model, { backend: javascriptBackend });
    const { layout } = stepper;
    const memory = new Float64Array(layout.slots * 3);
    for (const [lane, rate] of [-1, 1, -3].entries()) {
      const values = {
        parameters: Float64Array.of(rate),
        inputs: new Float64Array(),
        states: Float64Array.of(1),
      };
      stepper.initialise(memory, 3, lane, values);
      memory[layout.tickSeconds * 3 + lane] = 2;
      memory[layout.stepSeconds * 3 + lane] = 2;
    }
    const lanes = { memory, capacity: 3, from: 0, to: 3 };
    stepper.beginTick(lanes);
    stepper.substep(lanes);
    const read = (slot: number): number[] => [...memory.subarray(slot * 3, slot * 3 + 3)];
    assert.deepEqual(read(layout.finite), [1, 0, 1]);
    const [slow = NaN, , fast = NaN] = read(layout.states);
    close(slow, 1 / 3, 1e-6); // x = 1/(1 − rate·t)
    close(fast, 1 / 7, 1e-6);
  });

  test(`${method}: a copied block goes on with the same bits`, () => {
    const bench = new Bench(modelOf({ ...ball(0.9), method }));
    for (let i = 0; i < 7; i++) bench.tick(0.5);
    const other = new Bench(bench.model);
    other.memory.set(bench.memory);
    for (let i = 0; i < 7; i++) {
      bench.tick(0.5);
      other.tick(0.5);
    }
    assert.deepEqual(other.memory, bench.memory);
  });
}

for (const method of methods) {
  test(`${method}: a ball comes to rest when Zeno's sum of its bounces says, and stays there`, () => {
    // Thrown up at 9.81 m/s: flights of 2 s, then half as long each; 4 s in all, and 20 s if it keeps nine tenths.
    for (const [kept, end] of [
      [0.5, 4],
      [0.9, 20],
    ] as const) {
      const bench = new Bench(modelOf({ ...ball(kept), method }));
      let bounces = 0;
      const run = (seconds: number): void => {
        for (let left = seconds; left > 1e-9; left -= 0.5) {
          bench.tick(Math.min(left, 0.5));
          bounces += bench.fired();
        }
      };
      run(end - 1e-3);
      assert.ok(bench.state('height') > 0);
      run(1e-3 + 1e-6);
      assert.deepEqual([bench.state('height'), bench.state('speed'), bench.finite], [0, 0, true]);
      // Down to the tolerance of the speed's size: 9.81·keptⁿ = 9.81·1e-8.
      assert.ok(Math.abs(bounces - Math.log(1e-8) / Math.log(kept)) <= 2, `${bounces} bounces`);
      run(10);
      assert.deepEqual([bench.state('height'), bench.state('speed')], [0, 0]);
      close(bench.time, end + 1e-6 + 10, 1e-9);
    }
  });

  test(`${method}: a ball at rest is off again as soon as something lifts it`, () => {
    const model = modelOf({
      ...ball(0.5),
      method,
      inputs: { lift: { default: 0 } },
      states: {
        height: { start: 0, min: 0, der: 'speed' },
        speed: { start: 9.81, der: sub('lift', 9.81) },
        clock: { start: 0, der: 1 },
      },
    });
    const bench = new Bench(model).tick(6);
    assert.deepEqual([bench.state('height'), bench.state('speed')], [0, 0]);
    bench.set('lift', 5).tick(1);
    assert.equal(bench.state('height'), 0);
    bench.set('lift', 11.81).tick(1);
    close(bench.state('height'), 1, 1e-7); // ½·2·1²
    close(bench.state('speed'), 2, 1e-7);
    // Thrown up by that, it falls and comes to rest again.
    bench.set('lift', 0).tick(30);
    assert.deepEqual([bench.state('height'), bench.state('speed')], [0, 0]);
  });

  test(`${method}: a ball comes to rest within a tick that has an end of it lifted off`, () => {
    // Lifted with 2·(t − 5) from the start: at rest from 4 s on, off at 5 s + 9.81/2.
    const lift = sub(mul(2, sub('time', 5)), 9.81);
    const model = modelOf({
      method,
      tolerance: 1e-8,
      states: {
        height: { start: 0, min: 0, der: 'speed' },
        speed: { start: 1, der: choose(lt('time', 5), -9.81, lift) },
      },
      whens: [{ condition: lt('height', 0), resets: { speed: mul(-0.5, 'speed') } }],
    });
    const off = 5 + 9.81 / 2;
    const bench = new Bench(model).tick(off + 1);
    close(bench.state('speed'), 1, 1e-6); // ∫ 2s ds
    close(bench.state('height'), 1 / 3, 1e-6);
  });
}

test('a ball at rest that is kicked flies, whether a clause does it or something from outside', () => {
  const sketch = ball(0.5);
  const model = modelOf({
    ...sketch,
    whens: [...(sketch.whens ?? []), { condition: gt('time', 6), resets: { speed: 4.905 } }],
  });
  const bench = new Bench(model).tick(5.5).tick(1);
  close(bench.state('height'), (9.81 / 2) * 0.25, 1e-7);
  close(bench.state('speed'), 0, 1e-7);
  bench.tick(5);
  assert.deepEqual([bench.state('height'), bench.state('speed')], [0, 0]);
  bench.memory[bench.stepper.layout.states + 1] = 9.81;
  close(bench.tick(1).state('height'), 9.81 / 2, 1e-7);
});

test('a counter that is reset to almost nothing is no motion that comes to rest', () => {
  const model = modelOf({
    method: 'tsit5',
    states: { x: { start: 0, der: 1e-9 } },
    whens: [{ condition: gt('x', 1e-8), resets: { x: 0 } }],
  });
  assert.equal(new Bench(model).tick(1005).fired(), 100);
});

test('a ball that no bound holds comes to rest too', () => {
  const model = modelOf({
    method: 'auto',
    tolerance: 1e-8,
    states: { height: { start: 1, der: 'speed' }, speed: { start: 0, der: -9.81 } },
    whens: [{ condition: and(le('height', 0), lt('speed', 0)), resets: { speed: mul(-0.7, 'speed') } }],
  });
  // The fall and then Zeno's sum: √(2h/g)·(1 + k)/(1 − k).
  const end = Math.sqrt(2 / 9.81) * (1.7 / 0.3);
  const bench = new Bench(model).tick(end - 1e-3);
  assert.ok(bench.state('speed') !== 0);
  bench.tick(1e-3 + 1e-6);
  assert.equal(bench.state('speed'), 0);
  const height = bench.state('height');
  assert.ok(Math.abs(height) < 1e-12);
  bench.tick(1000);
  assert.deepEqual([bench.state('height'), bench.state('speed')], [height, 0]);
});

test('a wheel that turns ever faster and has its angle reset is no motion that comes to rest', () => {
  const model = modelOf({
    method: 'tsit5',
    states: { angle: { start: 0, der: 'speed' }, speed: { start: 0, der: 1 } },
    whens: [{ condition: gt('angle', 1), resets: { angle: 0 } }],
  });
  // Turns: t²/2.
  assert.equal(new Bench(model).tick(20.1).fired(), 202);
});

test('a ball that keeps its speed goes on and on', () => {
  const { fired, stopped } = simulate(modelOf(ball(1)), { seconds: 101, tickSeconds: 1 });
  assert.equal(stopped, undefined);
  assert.deepEqual(fired, [50]);
});

test('a switch without hysteresis is stopped, one with it goes on', () => {
  const thermostat = (band: number): Model =>
    modelOf({
      method: 'auto',
      states: { x: { start: 1, der: sub('on', 0.5) }, on: { start: 0, next: 'on' } },
      whens: [
        { condition: lt('x', sub(0, band)), resets: { on: 1 } },
        { condition: gt('x', band), resets: { on: 0 } },
      ],
    });
  const chatter = simulate(thermostat(0), { seconds: 9 }).stopped;
  assert.ok(chatter !== undefined);
  assert.equal(chatter.reason, 'chatter');
  close(chatter.atSeconds, 2, 1e-9);
  assert.match(describeStop(chatter).message, /`when-[01]` and `when-[01]` go off in turn without end/);
  assert.equal(describeStop(chatter).code, 'EVENT_CHATTER');
  const { stopped, fired } = simulate(thermostat(0.1), { seconds: 8.9 });
  assert.equal(stopped, undefined);
  // −0.1 at 2.2 s, and from there on a switch every 0.4 s.
  assert.deepEqual(fired, [9, 8]);
});

test('inputs that jump between ticks, and a jump in an equation, keep the tolerance', () => {
  const model = modelOf({
    method: 'auto',
    tolerance: 1e-8,
    inputs: { u: {} },
    states: { x: { start: 0, der: add('u', choose(le('time', 1.25), 0, 10)) } },
  });
  const { values } = simulate(model, { seconds: 3, tickSeconds: 1, inputAt: (_, time) => time });
  close(values[0]?.at(-1) ?? NaN, 0 + 1 + 2 + 17.5, 1e-6);
});

test('auto takes the stiff method where equations are stiff, and only there', () => {
  // Decay towards a slow swing, 1e5 times faster than it.
  const follower = (rate: number): Sketch => ({
    tolerance: 1e-6,
    states: { x: { start: 0, der: mul(rate, sub(un('cos', 'time'), 'x')) } },
  });
  const stiffAfter = (rate: number): number => {
    const bench = new Bench(modelOf({ ...follower(rate), method: 'auto' })).tick(3);
    close(bench.state('x'), (rate ** 2 * Math.cos(3) + rate * Math.sin(3)) / (1 + rate ** 2), 1e-5);
    return bench.memory[bench.stepper.layout.solver + 2] ?? NaN;
  };
  assert.equal(stiffAfter(1e5), 1);
  assert.equal(stiffAfter(10), 0);
});

test('a step that the document limits is not exceeded', () => {
  // A pulse of 10 ms that steps of seconds would pass over.
  const pulse = choose(lt(un('abs', sub('time', 5)), 0.005), 100, 0);
  const model = (step: number): Model =>
    modelOf({
      method: 'tsit5',
      step,
      states: { x: { start: 1, der: mul(0, 'x') }, y: { start: 0, der: pulse } },
    });
  const end = (step: number): number =>
    simulate(model(step), { seconds: 10, tickSeconds: 10 }).values[1]?.at(-1) ?? NaN;
  assert.equal(end(10), 0);
  close(end(0.004), 1, 0.02);
});

test('a state at rest at 0 that an equation sets going is no obstacle', () => {
  const model = modelOf({
    method: 'auto',
    tolerance: 1e-8,
    states: { y: { start: 0, der: choose(gt('time', Math.SQRT2), 100, 0) } },
  });
  const { values } = simulate(model, { seconds: 2, tickSeconds: 2 });
  close(values[0]?.at(-1) ?? NaN, 100 * (2 - Math.SQRT2), 1e-7);
});

test('a model without continuous states ticks', () => {
  const model = modelOf({
    method: 'auto',
    states: { n: { start: 0, next: add('n', 1) }, m: { start: 0, next: add('m', 1), every: 0.2 } },
  });
  const bench = new Bench(model).tick(1).tick(1);
  assert.deepEqual([bench.state('n'), bench.state('m')], [2, 10]);
});

test('an event that a measurement of time sets off is at that time', () => {
  const model = modelOf({
    method: 'auto',
    states: { x: { start: 1, der: div('x', -2) }, at: { start: -1, next: 'at' } },
    whens: [{ condition: gt('time', 1.75), resets: { at: 'time' } }],
  });
  close(new Bench(model).tick(4).state('at'), 1.75, 1e-14);
});

test('no lanes and no repetitions are nothing to do', () => {
  const bench = new Bench(modelOf(ball(0.5)));
  const before = bench.memory.slice();
  bench.stepper.substep({ memory: bench.memory, capacity: 1, from: 0, to: 1 }, 0);
  bench.stepper.substep({ memory: bench.memory, capacity: 1, from: 1, to: 1 });
  assert.deepEqual(bench.memory, before);
});
