/** Two tanks in a row, simulated with known faults of their sensors and known changes of the machine. */

import { defaultBackend } from '../../../src/core/kernel/index.ts';
import { createEstimator } from '../../../src/core/estimate/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import type { BankSample, DiagnosisRequest } from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

const text = `
gemel: 1
model: tanks
version: 1.0.0
solver: { method: rk4, step: 1 s }
detect: { learn: 80 }
inputs:
  pump: { unit: 1/s, default: 0.03 }
states:
  level_1: { unit: "1", start: 1.13, noise: 0.0003 1/s^0.5, uncertainty: 0.02 }
  level_2: { unit: "1", start: 0.56, noise: 0.0003 1/s^0.5, uncertainty: 0.02 }
  valve:   { unit: "1", start: 1, noise: 0.0005 1/s^0.5, uncertainty: 0.02 }
equations:
  flow: valve * 0.04 [1/s] * sqrt(max(level_1 - level_2, 0.001))
  drain: 0.04 [1/s] * sqrt(max(level_2, 0.001))
  der(level_1): pump - flow
  der(level_2): flow - drain
  der(valve): 0
measurements:
  upper:   { equals: level_1, unit: "1", noise: 0.01 }
  lower:   { equals: level_2, unit: "1", noise: 0.01 }
  between: { equals: flow, unit: 1/s, noise: 0.0005 1/s }
  outlet:  { equals: drain, unit: 1/s, noise: 0.0005 1/s }
`;

export const tanks: Model = (() => {
  const { model, diagnostics } = compileModel({ file: 'tanks.yaml', text });
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return model;
})();

export const sensorNames = tanks.measurements.map(({ name }) => name);

export interface Trouble {
  readonly sensor?: number;
  readonly fault?: 'offset' | 'noisy' | 'stuck';
  /** Of an offset, in standard deviations of the noise, or of noise, in times the usual. Default 4. */
  readonly severity?: number;
  /** Share of the inflow that leaks from the first tank. */
  readonly leak?: number;
  /** How much of the drain is left. */
  readonly clogged?: number;
  /** How much of the valve is left: its state is estimated. */
  readonly valve?: number;
  /** How far the machine's drain is from the model's at all times: a model that is a little wrong. */
  readonly mismatch?: number;
}

const before = 100;
const after = 150;

/** A machine in trouble from 100 s to 250 s, and what a diagnosis needs: the belief at 60 s and the samples since. */
export function record(trouble: Trouble, seed: number): DiagnosisRequest {
  const rng = new Rng(seed);
  const samples: BankSample[] = [];
  let x1 = 1.13;
  let x2 = 0.56;
  let held: number | undefined;
  for (let time = 1; time <= before + after; time++) {
    const ill = time > before;
    const pump = 0.03 + 0.006 * Math.sign(Math.sin(time / 25));
    samples.push({ time: time - 1, kind: 'input', index: 0, value: pump });
    let flow = 0;
    let drain = 0;
    // Euler in tenths of a second: other mathematics than the filter's.
    for (let i = 0; i < 10; i++) {
      flow = (ill ? (trouble.valve ?? 1) : 1) * 0.04 * Math.sqrt(Math.max(x1 - x2, 0));
      drain = (ill ? (trouble.clogged ?? 1) : 1) * (1 + (trouble.mismatch ?? 0)) * 0.04 * Math.sqrt(x2);
      const leak = ill ? (trouble.leak ?? 0) * 0.03 : 0;
      x1 += (pump - flow - leak) / 10 + 0.0003 * Math.sqrt(0.1) * rng.normal();
      x2 += (flow - drain) / 10 + 0.0003 * Math.sqrt(0.1) * rng.normal();
    }
    for (const [index, truth] of [x1, x2, flow, drain].entries()) {
      const noise = tanks.measurements[index]?.noise ?? NaN;
      const faulty = ill && trouble.sensor === index;
      const scatter = faulty && trouble.fault === 'noisy' ? (trouble.severity ?? 4) : 1;
      const offset = faulty && trouble.fault === 'offset' ? (trouble.severity ?? 4) * noise : 0;
      let value = Math.round((truth + offset + scatter * noise * rng.normal()) * 1e7) / 1e7;
      if (faulty && trouble.fault === 'stuck') value = held ??= value;
      samples.push({ time, kind: 'measurement', index, value });
    }
  }
  return { belief: beliefAt(60, samples), samples, tickSeconds: 1, since: before, until: before + after };
}

const estimator = createEstimator(tanks, { backend: defaultBackend() });

/** The slots of a filter that has seen the samples until then. */
function beliefAt(time: number, samples: readonly BankSample[]): Float64Array {
  const { layout } = estimator;
  const memory = estimator.allocate(1);
  const selection = { memory, capacity: 1, lanes: Uint32Array.of(0), count: 1 };
  estimator.initialise(memory, 1, 0, {
    parameters: new Float64Array(),
    inputs: Float64Array.of(0.03),
    states: Float64Array.from(tanks.states, ({ start }) => start),
  });
  memory[layout.tickSeconds] = 1;
  memory[layout.stepSeconds] = 1;
  for (let tick = 0; tick < time; tick++) {
    for (const sample of samples)
      if (sample.kind === 'input' && sample.time === tick)
        memory[layout.inputs + sample.index] = sample.value;
    estimator.beginTick(selection);
    estimator.predict(selection, 1);
    estimator.endTick(selection);
    for (const { kind, time: at, index, value } of samples) {
      if (kind !== 'measurement' || at !== tick + 1) continue;
      memory[layout.measured + index] = value;
      estimator.correct(selection, index);
    }
    estimator.observe(selection);
  }
  return memory.slice(0, layout.slots);
}
