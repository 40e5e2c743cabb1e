/** Records filtered and smoothed: against the textbook, the Nile, and the posterior of everything at once. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { type RecordEstimate, runRecord, type SampleRecord } from '../../../src/core/estimate/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { hasResults, nileModel, readNile } from './data.ts';
import * as linear from './filter.ts';
import { compiled, dot, type Matrix, product, rungeKuttaStep, transposed } from './filter.ts';
import { near, relative } from './near.ts';

const methods = ['unscented', 'extended', 'ensemble'];

function run(model: Model, record: SampleRecord, options: object = {}): RecordEstimate {
  return runRecord(model, record, { backend: javascriptBackend, ...options });
}

/** Solves a·x = b by elimination with pivots. */
function solve(a: Matrix, b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] ?? NaN]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.findIndex(
      (row, i) =>
        i >= k && Math.abs(row[k] ?? 0) === Math.max(...rows.slice(k).map((it) => Math.abs(it[k] ?? 0))),
    );
    [rows[k], rows[pivot]] = [rows[pivot] ?? [], rows[k] ?? []];
    for (let i = k + 1; i < n; i++) {
      const factor = (rows[i]?.[k] ?? 0) / (rows[k]?.[k] ?? NaN);
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (rows[k]?.[j] ?? 0));
    }
  }
  const x = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] ?? [];
    const rest = x.reduce((sum, value, j) => sum + (j > i ? value * (row[j] ?? 0) : 0), 0);
    x[i] = ((row[n] ?? NaN) - rest) / (row[i] ?? NaN);
  }
  return x;
}

const options = { skip: hasResults ? false : 'the results are not here: ../shared/data/kalman' };

for (const method of methods) {
  test(`${method}: the Nile, smoothed, is that of Durbin & Koopman`, options, () => {
    const nile = readNile();
    const [first = NaN] = nile.y;
    const model = nileModel(nile, first, nile.sigma2_eps);
    const estimate = run(
      { ...model, filter: { ...model.filter, method: method as 'unscented' } },
      {
        times: Float64Array.from(nile.y, (_, k) => k),
        inputs: [],
        measurements: [Float64Array.from(nile.y, (y, k) => (k === 0 ? NaN : y))],
      },
      { smooth: 'smooth' },
    );
    for (const [k, level] of nile.smoothed_state.entries()) {
      relative(estimate.smoothed?.[0]?.mean[k], level, 1e-10, `level ${k}`);
      relative(
        estimate.smoothed?.[0]?.deviation[k],
        Math.sqrt(nile.smoothed_var[k] ?? NaN),
        1e-10,
        `deviation ${k}`,
      );
      relative(estimate.states[0]?.mean[k], nile.filtered_state[k], 1e-10, `filtered ${k}`);
    }
    near(
      estimate.logLikelihood,
      nile.loglik['exact_diffuse_without_2pi_term_for_first_obs (KFAS convention)'],
      1e-10,
    );
  });
}

/** A swing with an unknown pull, sampled unevenly, one sensor missing now and then. */
const swing = (method: string) =>
  compiled(`
solver: { step: 100 ms }
filter: { method: ${method}, gate: 1e6 }
inputs: { push: { unit: "1" } }
states:
  position: { unit: "1", start: 1, uncertainty: 0.3 }
  speed: { unit: "1", start: 0, uncertainty: 0.5, noise: "0.3" }
  pull: { unit: "1", start: 0, uncertainty: 0.8 }
  known: { unit: "1", start: 2 }
equations:
  der(position): speed
  der(speed): push + pull - 4 * position - 0.2 * speed
  der(pull): 0
  der(known): -known
measurements:
  position: { equals: position, unit: "1", noise: 0.1 }
  sum: { equals: speed + 2 * pull, unit: "1", noise: 0.4 }
`);

test('a smoothed record is the posterior of all states given all samples, by conditioning one large Gaussian', () => {
  const rows = 14;
  const [dt, n] = [0.3, 3];
  const record = {
    times: Float64Array.from({ length: rows }, (_, k) => k * dt),
    inputs: [Float64Array.from({ length: rows }, (_, k) => Math.sin(k))],
    measurements: [
      Float64Array.from({ length: rows }, (_, k) => (k % 3 === 1 ? NaN : Math.cos(k))),
      Float64Array.from({ length: rows }, (_, k) => (k % 4 === 2 ? 0.3 * k : NaN)),
    ],
  };
  const a: Matrix = [
    [0, 1, 0],
    [-4, -0.2, 1],
    [0, 0, 0],
  ];
  // The push as one more state, so that a step of it all is a matrix.
  const withPush = [...a.map((row, i) => [...row, i === 1 ? 1 : 0]), [0, 0, 0, 0]];
  const step = rungeKuttaStep(withPush, 0.1);
  const whole = product(product(step, step), step);
  const f = whole.slice(0, n).map((row) => row.slice(0, n));
  const drive = whole.slice(0, n).map((row) => row[n] ?? NaN);
  // Means and covariances of all states of all rows, before any sample.
  const means: number[][] = [[1, 0, 0]];
  const variances: Matrix[] = [
    [
      [0.09, 0, 0],
      [0, 0.25, 0],
      [0, 0, 0.64],
    ],
  ];
  for (let k = 1; k < rows; k++) {
    const before = means[k - 1] ?? [];
    means.push(linear.times(f, before).map((value, i) => value + (drive[i] ?? 0) * Math.sin(k - 1)));
    const grown = product(product(f, variances[k - 1] ?? []), transposed(f));
    variances.push(
      grown.map((row, i) => row.map((value, j) => value + (i === 1 && j === 1 ? 0.09 * dt : 0))),
    );
  }
  // Cov(x_j, x_k) = P_j·(F^(k−j))ᵀ for k ≥ j.
  const covariance = (j: number, k: number): Matrix => {
    if (j > k) return transposed(covariance(k, j));
    let result = variances[j] ?? [];
    for (let i = j; i < k; i++) result = product(result, transposed(f));
    return result;
  };
  const samples = Array.from({ length: rows }, (_, k) => k).flatMap((k) =>
    [
      { k, h: [1, 0, 0], r: 0.01, z: record.measurements[0]?.[k] ?? NaN },
      { k, h: [0, 1, 2], r: 0.16, z: record.measurements[1]?.[k] ?? NaN },
    ].filter(({ z }) => !Number.isNaN(z)),
  );
  const gram = samples.map((one, i) =>
    samples.map(
      (other, j) => dot(one.h, linear.times(covariance(one.k, other.k), other.h)) + (i === j ? one.r : 0),
    ),
  );
  const rest = samples.map(({ k, h, z }) => z - dot(h, means[k] ?? []));
  const weights = solve(gram, rest);
  for (const method of methods) {
    const { smoothed, states } = run(swing(method), record, { smooth: 'smooth' });
    assert.deepEqual(
      smoothed?.map(({ name }) => name),
      ['position', 'speed', 'pull'],
    );
    for (let k = 0; k < rows; k++) {
      for (let i = 0; i < n; i++) {
        const cross = samples.map(({ k: other, h }) => dot(covariance(k, other)[i] ?? [], h));
        near(
          smoothed?.[i]?.mean[k],
          (means[k]?.[i] ?? NaN) + dot(cross, weights),
          1e-8,
          `${method}, mean ${i} in row ${k}`,
        );
        const variance = (variances[k]?.[i]?.[i] ?? NaN) - dot(cross, solve(gram, cross));
        near(smoothed?.[i]?.deviation[k], Math.sqrt(variance), 1e-8, `${method}, deviation ${i} in row ${k}`);
      }
      // What is known is no random quantity.
      near(states[3]?.mean[k], 2 * Math.exp(-k * dt), 1e-5);
      assert.equal(states[3]?.deviation[k], 0);
    }
    // The likelihood of all samples at once: log N(z; h·x̄, H·P·Hᵀ + R).
    const logDeterminant = gram.reduce((sum, row, i) => {
      // By the chain rule: the variance of each given those before it.
      const head = gram.slice(0, i).map((it) => it.slice(0, i));
      const cross = row.slice(0, i);
      return sum + Math.log((row[i] ?? NaN) - (i === 0 ? 0 : dot(cross, solve(head, cross))));
    }, 0);
    const { logLikelihood } = run(swing(method), record);
    const expected = -0.5 * (samples.length * Math.log(2 * Math.PI) + logDeterminant + dot(rest, weights));
    near(logLikelihood, expected, 1e-9, method);
  }
});

test('discrete states are smoothed over the ends of their ticks', () => {
  const record = {
    times: Float64Array.from({ length: 30 }, (_, k) => k),
    inputs: [],
    measurements: [Float64Array.from({ length: 30 }, (_, k) => Math.sin(k / 3))],
  };
  const model = (method: string) =>
    compiled(`
filter: { method: ${method}, gate: 1e6 }
states:
  x: { unit: "1", start: 0, uncertainty: 1, noise: "0.2" }
  rate: { unit: "1", start: 0, uncertainty: 0.5, noise: "0.1" }
equations:
  next(x): x + 0.9 * rate
  next(rate): 0.8 * rate
measurements: { x: { equals: x, unit: "1", noise: 0.3 } }
`);
  // Rauch, Tung & Striebel on covariances.
  const f: Matrix = [
    [1, 0.9],
    [0, 0.8],
  ];
  const filtered: { x: number[]; p: Matrix }[] = [];
  const predicted: { x: number[]; p: Matrix }[] = [];
  let x = [0, 0];
  let p: Matrix = [
    [1, 0],
    [0, 0.25],
  ];
  for (let k = 0; k < 30; k++) {
    if (k > 0) {
      x = linear.times(f, x);
      p = product(product(f, p), transposed(f)).map((row, i) =>
        row.map((value, j) => value + (i === j ? ([0.04, 0.01][i] ?? 0) : 0)),
      );
    }
    predicted.push({ x, p });
    const s = (p[0]?.[0] ?? NaN) + 0.09;
    const gain = p.map((row) => (row[0] ?? NaN) / s);
    const y = Math.sin(k / 3) - (x[0] ?? NaN);
    const first = p[0] ?? [];
    x = x.map((value, i) => value + (gain[i] ?? NaN) * y);
    p = p.map((row, i) => row.map((value, j) => value - (gain[i] ?? NaN) * (first[j] ?? NaN)));
    filtered.push({ x, p });
  }
  let later = filtered.at(-1) ?? { x: [], p: [] };
  for (const method of methods) {
    const { smoothed } = run(model(method), record, { smooth: 'smooth' });
    later = filtered.at(-1) ?? later;
    for (let k = 28; k >= 0; k--) {
      const now = filtered[k] ?? later;
      const next = predicted[k + 1] ?? later;
      const cross = product(now.p, transposed(f));
      const gain = cross.map((row) => solve(transposed(next.p), row));
      const change = linear.times(
        gain,
        later.x.map((value, i) => value - (next.x[i] ?? NaN)),
      );
      const narrower = later.p.map((row, i) => row.map((value, j) => value - (next.p[i]?.[j] ?? NaN)));
      const correction = product(product(gain, narrower), transposed(gain));
      later = {
        x: now.x.map((value, i) => value + (change[i] ?? NaN)),
        p: now.p.map((row, i) => row.map((value, j) => value + (correction[i]?.[j] ?? NaN))),
      };
      for (const i of [0, 1]) {
        near(smoothed?.[i]?.mean[k], later.x[i], 1e-9, `${method}, ${k}`);
        near(smoothed?.[i]?.deviation[k], Math.sqrt(later.p[i]?.[i] ?? NaN), 1e-9, `${method}, ${k}`);
      }
    }
  }
});

test('a smoother finds a hidden jump on both of its sides', () => {
  const model = compiled(`
solver: { step: 1 s }
states:
  level: { unit: "1", start: 0, uncertainty: 1, noise: "0.01" }
  leak: { unit: "1", start: 0, uncertainty: 0.1, noise: "0.05" }
equations:
  der(level): -leak * exp(0.1 * level)
  der(leak): 0
measurements: { level: { equals: level, unit: "1", noise: 0.1 } }
`);
  const times = Float64Array.from({ length: 200 }, (_, k) => k);
  const level = times.map((t) => (t < 100 ? 0 : -5 * (1 - Math.exp(-(t - 100) / 20))));
  const { smoothed, states } = run(model, { times, inputs: [], measurements: [level] }, { smooth: 'smooth' });
  const after = smoothed?.[1]?.deviation[60] ?? NaN;
  assert.ok(after < (states[1]?.deviation[60] ?? NaN), 'the samples to come make it surer');
  // Halfway through its fall the leak is 5/20·e^(−10/20)·e^(0.1·level) or so; the filter lags behind.
  const truth = ((5 / 20) * Math.exp(-0.5)) / Math.exp(0.1 * (level[110] ?? NaN));
  const [late = NaN, right = NaN] = [states, smoothed ?? []].map((it) =>
    Math.abs((it[1]?.mean[110] ?? NaN) - truth),
  );
  assert.ok(right < late && right < 0.05, `${late}, ${right}`);
});

test('a record that cannot be followed says where it stopped', () => {
  const model = compiled(`
states: { x: { unit: "1", start: 1, uncertainty: 0.01 } }
equations: { der(x): x^2 }
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`);
  const times = Float64Array.from({ length: 20 }, (_, k) => k / 10);
  const {
    stopped,
    times: done,
    states,
  } = run(model, { times, inputs: [], measurements: [times.map(() => NaN)] }, { smooth: 'smooth' });
  assert.equal(stopped?.state, 'x');
  assert.ok(done.length < 20 && done.length === states[0]?.mean.length);
});

test('samples that the gate leaves out are told and do not count', () => {
  const model = compiled(`
states: { x: { unit: "1", start: 0, uncertainty: 0.1 } }
equations: { der(x): 0 }
measurements:
  x: { equals: x, unit: "1", noise: 1 }
  shown: { equals: x, unit: "1" }
`);
  const estimate = run(model, {
    times: Float64Array.of(0, 1, 2),
    inputs: [],
    measurements: [Float64Array.of(0.1, 50, NaN), Float64Array.of(1, 1, 1)],
  });
  assert.deepEqual([estimate.samples, estimate.rejected], [2, 1]);
  assert.deepEqual([...(estimate.measurements[0]?.rejected ?? [])], [0, 1, 0]);
  near(estimate.logLikelihood, -0.5 * Math.log(2 * Math.PI * 1.01) - 0.01 / 2.02, 1e-12);
  assert.ok(Number.isNaN(estimate.measurements[0]?.innovation[2]));
});

test('a sensor that insists is believed once patience has ended', () => {
  const model = compiled(`
filter: { patience: 2 }
states: { x: { unit: "1", start: 0, uncertainty: 0.1, noise: "0.001" } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1", noise: 0.1 } }
`);
  const { rejected, states, measurements } = run(model, {
    times: Float64Array.from({ length: 8 }, (_, k) => k),
    inputs: [],
    measurements: [Float64Array.of(0, 0, 7, 7, 7, 7, 7, 7)],
  });
  assert.equal(rejected, 3);
  assert.deepEqual([...(measurements[0]?.rejected ?? [])], [0, 0, 1, 1, 1, 0, 0, 0]);
  assert.ok(Math.abs(states[0]?.mean[3] ?? NaN) < 1);
  near(states[0]?.mean[7], 7, 0.1);
});

test('a column of another length is refused', () => {
  const model = compiled(`
states: { x: { unit: "1", start: 0, uncertainty: 0.1 } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`);
  assert.throws(
    () => run(model, { times: Float64Array.of(0, 1), inputs: [], measurements: [Float64Array.of(1)] }),
    { code: 'SHAPE_MISMATCH' },
  );
});
