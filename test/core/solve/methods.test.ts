/**
 * The compiled steps of the adaptive methods: order of convergence of the step, of its error estimate and of its dense
 * output, on closed forms, on each backend.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from '../../../src/core/kernel/index.ts';
import { javascriptBackend, webAssemblyBackend } from '../../../src/core/kernel/index.ts';
import { refreshProgram } from '../../../src/core/solve/begin.ts';
import { layoutOf, solverMemory } from '../../../src/core/solve/layout.ts';
import { rodas5p } from '../../../src/core/solve/rodas5p.ts';
import type { Method } from '../../../src/core/solve/trial.ts';
import { stepProgram } from '../../../src/core/solve/trial.ts';
import { tsit5 } from '../../../src/core/solve/tsit5.ts';
import { Unknowns } from '../../../src/core/solve/unknowns.ts';
import { phases, workAfter } from '../../../src/core/solve/work.ts';
import type { Sketch } from './models.ts';
import { add, lt, modelOf, mul, sub, un } from './models.ts';

interface Case {
  readonly states: Sketch['states'];
  readonly at: (t: number) => readonly number[];
}

/** x′ = x·cos t − y, y′ = x + y·cos t: a rotation and a swing. */
const swing: Case = {
  states: {
    x: { start: 1, der: sub(mul('x', un('cos', 'time')), 'y') },
    y: { start: 0, der: add('x', mul('y', un('cos', 'time'))) },
  },
  at: (t) => [Math.exp(Math.sin(t)) * Math.cos(t), Math.exp(Math.sin(t)) * Math.sin(t)],
};

/** x′ = −x²·(1 + t), which is not linear. */
const curved: Case = {
  states: { x: { start: 1, der: mul(mul(-1, mul('x', 'x')), add(1, 'time')) } },
  at: (t) => [1 / (1 + t + (t * t) / 2)],
};

/** One lane that takes steps of a given length, whatever their error. */
class Steps {
  readonly n: number;
  readonly #method: Method;
  readonly #parts;
  readonly #run: () => void;
  readonly #refresh: () => void;
  readonly memory: Float64Array;

  constructor(method: Method, { states, at }: Case, backend: Backend, { start = 0, tolerance = 1e6 } = {}) {
    // A clause that never fires has the dense output written.
    const model = modelOf({ states, method: 'tsit5', tolerance, whens: [{ condition: lt('time', -1) }] });
    const layout = layoutOf(model);
    const work = workAfter(model, layout);
    this.n = work.moving.length;
    this.#method = method;
    this.#parts = { layout, work };
    this.memory = backend.allocate(work.slots);
    const lanes = { memory: this.memory, capacity: 1, from: 0, to: 1 };
    const step = backend(stepProgram(new Unknowns(model, layout, work), method, 'free'));
    const refresh = backend(refreshProgram(new Unknowns(model, layout, work)));
    this.#run = () => step(lanes);
    this.#refresh = () => refresh(lanes);
    this.memory.set(at(start), layout.states);
    this.memory[layout.time] = start;
    this.memory[work.base] = start;
    this.memory[work.length] = 1e6;
  }

  get x(): Float64Array {
    const { states } = this.#parts.layout;
    return this.memory.slice(states, states + this.n);
  }

  /** The error estimate, as a part of what is allowed. */
  get estimate(): number {
    return this.memory[this.#parts.layout.solver + solverMemory.error] ?? NaN;
  }

  take(h: number): this {
    const { work } = this.#parts;
    this.try(h);
    assert.equal(this.memory[work.phase], phases.going);
    assert.equal(this.memory[work.rejected], 0);
    assert.equal(this.memory[work.h], h);
    return this;
  }

  /** Tries a step; the length of the one to try next, as a part of it. */
  try(h: number): number {
    const { layout, work } = this.#parts;
    this.memory[layout.solver + solverMemory.step] = h;
    if (this.memory[work.tried] === 0 && !this.#method.stiff) this.#refresh();
    this.#run();
    return (this.memory[layout.solver + solverMemory.step] ?? NaN) / h;
  }

  /** The dense output of the last step, which began at `x`. */
  within(x: ArrayLike<number>, theta: number): number[] {
    const { dense } = this.#parts.work;
    return Array.from({ length: this.n }, (_, i) => {
      const p = (power: number): number => this.memory[dense + power * this.n + i] ?? NaN;
      return (x[i] ?? NaN) + theta * (p(0) + theta * (p(1) + theta * (p(2) + theta * p(3))));
    });
  }
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(b, (value, i) => Math.abs((a[i] ?? NaN) - value)));

const methods = { tsit5, rodas5p };
const backends = { JavaScript: javascriptBackend, WebAssembly: webAssemblyBackend('strict') };

for (const [backendName, backend] of Object.entries(backends)) {
  for (const [name, method] of Object.entries(methods)) {
    /** The error at t = 1 after `count` equal steps. */
    const errorAtOne = (problem: Case, count: number): number => {
      const steps = new Steps(method, problem, backend);
      for (let i = 0; i < count; i++) steps.take(1 / count);
      return distance(steps.x, problem.at(1));
    };

    /** Largest error within one step of length h from t = 0.3, and its own estimate of the error at its end. */
    const oneStep = (problem: Case, h: number) => {
      const steps = new Steps(method, problem, backend, { start: 0.3 });
      const x = steps.x;
      steps.take(h);
      const errors = [0.1, 0.35, 0.5, 0.8].map((theta) =>
        distance(steps.within(x, theta), problem.at(0.3 + theta * h)),
      );
      return { dense: Math.max(...errors), estimate: steps.estimate, steps, x };
    };

    test(`${name} in ${backendName} converges with order 5`, () => {
      for (const problem of [swing, curved]) {
        const order = Math.log2(errorAtOne(problem, 10) / errorAtOne(problem, 20));
        assert.ok(order > 4.6 && order < 6.5, `order ${order}`);
      }
    });

    test(`the error estimate of ${name} in ${backendName} is of order 4, its dense output too`, () => {
      for (const problem of [swing, curved]) {
        const [coarse, fine] = [oneStep(problem, 0.1), oneStep(problem, 0.05)];
        // Of one step: a power of h more than the order.
        const estimate = Math.log2(coarse.estimate / fine.estimate);
        const dense = Math.log2(coarse.dense / fine.dense);
        assert.ok(estimate > 4.4 && estimate < 6.6, `estimate ${estimate}`);
        assert.ok(dense > 4.4 && dense < 6.6, `dense ${dense}`);
      }
    });

    test(`the dense output of ${name} in ${backendName} begins and ends where the step does`, () => {
      const { steps, x } = oneStep(swing, 0.3);
      assert.ok(distance(steps.within(x, 0), swing.at(0.3)) < 1e-15);
      assert.ok(distance(steps.within(x, 1), steps.x) < 1e-14);
    });
  }
}

test('rodas5p takes steps a million times longer than the fastest decay', () => {
  const rate = 1e8;
  const towards = sub(mul(-rate, sub('x', un('cos', 'time'))), un('sin', 'time'));
  const stiff: Case = { states: { x: { start: 1, der: towards } }, at: (t) => [Math.cos(t)] };
  const steps = new Steps(rodas5p, stiff, javascriptBackend);
  for (let i = 0; i < 50; i++) steps.take(1 / 50);
  assert.ok(distance(steps.x, [Math.cos(1)]) < 1e-7);
});

test('a pivot that is 0 has the step of rodas5p rejected, and a shorter one is taken', () => {
  const h = 0.5;
  const rate = 1 / h / 0.21193756319429014; // 1/(γh): the first pivot is 1/(γh) − rate
  const growth: Case = {
    states: { x: { start: 1, der: sub(mul(rate, 'x'), 'y') }, y: { start: 1, der: mul(-1, 'x') } },
    at: () => [1, 1],
  };
  const steps = new Steps(rodas5p, growth, javascriptBackend);
  assert.equal(steps.try(h), 0.1);
  assert.deepEqual([...steps.x], [1, 1]);
  steps.take(0.1 * h);
});
