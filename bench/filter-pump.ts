/**
 * Filters of a pump with its motor (8 states, 4 sensors, two Runge–Kutta steps an update), on one core, in updates of one
 * twin a second of processor time. Rounds take turns; medians. All must end in the same states.
 */

import { createEstimator } from '../src/core/estimate/index.ts';
import { type Backend, webAssemblyBackend } from '../src/core/kernel/index.ts';
import type { Model } from '../src/core/model/index.ts';
import { type Candidate, compete } from './lib/contest.ts';
import { nativeBackend } from './lib/kernels.ts';
import { byHand, peersFolder, python, roundOf } from './lib/peers.ts';
import { atLeast, atLeastTimes, type Bench, type Context, type Figure } from './lib/report.ts';
import { wait } from './lib/scope.ts';
import { processorSeconds, readModel, startValues, varied } from './lib/twins.ts';
import { join } from 'node:path';

const path = 'bench/models/pump-filter.yaml';
const twinCount = 2048;
/** An object a pump and a call a point are so slow that a few must do. */
const numpyTwins = 4;
/** Twins that are taken through an update together, as a shard does with its blocks. */
const together = 512;
const samples = [155.3, 0.0418, 8.5, 50.4];

export const filterPump: Bench = {
  name: 'filter.pump',
  summary: 'filter updates of a pump with 8 states and 4 sensors on one core, beside C and numpy',
  about:
    'Updates of a filter (8 states, 4 sensors, two Runge–Kutta steps of 5 ms each), 2,048 pumps on one core, by processor time: the square-root cubature filter in WebAssembly with fused arithmetic and in native code, and the extended filter. ' +
    'Peers: the same square-root filter by hand in C with AVX and libmvec, pumps in lanes (checked to be vectorised), and the usual filter in numpy, a pump and a call a point at a time. All must end in the same states.',
  async run(context: Context): Promise<readonly Figure[]> {
    const { quick } = context;
    const model = readModel(path);
    const native = await nativeBackend(context);
    const relaxed = webAssemblyBackend('relaxed');
    const unscented = await compete(
      { steps: quick ? 20 : 100, rounds: quick ? 3 : 7 },
      {
        ukf: await ours(model, relaxed),
        native: native && (await ours(model, native)),
        c: await byHand(context, {
          file: 'filter-pump.c',
          twins: twinCount,
          calls: ['exp', 'tanh', 'pow'],
        }),
        numpy: await inNumpy(context),
      },
    );
    const extended = await compete(
      { steps: quick ? 40 : 200, rounds: quick ? 3 : 7 },
      { ekf: await ours({ ...model, filter: { ...model.filter, method: 'extended' } }, relaxed) },
    );
    return figures(unscented, extended['ekf'] ?? NaN);
  },
};

function figures(rates: Readonly<Record<string, number>>, extended: number): readonly Figure[] {
  const unit = 'updates/s';
  const perSecond = (millions: number) => millions * 1e6;
  const ukf = { name: 'filter.pump.ukf', value: perSecond(rates['ukf'] ?? NaN), unit };
  const beside = (figure: Figure, peer: string, bound: number): Figure[] => {
    const rate = rates[peer];
    return rate === undefined
      ? []
      : [atLeastTimes(bound, { ...figure, peer: { name: peer, value: perSecond(rate) } })];
  };
  const native =
    rates['native'] === undefined
      ? []
      : beside({ name: 'filter.pump.ukf.native', value: perSecond(rates['native']), unit }, 'c', 0.8);
  const ekf = { name: 'filter.pump.ekf', value: perSecond(extended), unit };
  return [
    atLeast(180_000, ukf),
    ...beside(ukf, 'c', 0.55),
    ...beside(ukf, 'numpy', 120),
    ...native,
    atLeastTimes(3, { ...ekf, peer: { name: 'ukf', value: ukf.value } }),
  ];
}

async function ours(model: Model, backend: Backend): Promise<Candidate> {
  const estimator = createEstimator(model, { backend });
  const { layout } = estimator;
  const memory = estimator.allocate(twinCount);
  for (let twin = 0; twin < twinCount; twin++) {
    estimator.initialise(memory, twinCount, twin, startValues(model, twin));
    const put = (slot: number, value: number): void => {
      memory[slot * twinCount + twin] = value;
    };
    put(layout.tickSeconds, 0.01);
    put(layout.stepSeconds, 0.005);
    for (const [k, sample] of samples.entries()) put(layout.measured + k, varied(sample, twin, 50 + k));
  }
  const start = memory.slice();
  const selections = Array.from({ length: twinCount / together }, (_, part) => ({
    memory,
    capacity: twinCount,
    lanes: Uint32Array.from({ length: together }, (__, i) => part * together + i),
    count: together,
  }));
  const run = (updates: number) => {
    memory.set(start);
    const began = processorSeconds();
    for (let update = 0; update < updates; update++) {
      for (const selection of selections) {
        estimator.beginTick(selection);
        estimator.predict(selection, 2);
        estimator.endTick(selection);
        for (const k of samples.keys()) estimator.correct(selection, k);
      }
    }
    const rate = (twinCount * updates) / (processorSeconds() - began) / 1e6;
    return { rate, states: model.states.map((_, i) => memory[(layout.states + i) * twinCount] ?? NaN) };
  };
  for (let i = 0; i < 10; i++) {
    run(2);
    await wait(20);
  }
  return async (updates) => run(updates);
}

async function inNumpy({ scope, note }: Context): Promise<Candidate | undefined> {
  const { code } = await scope.run(python, ['-c', 'import numpy']);
  if (code !== 0) {
    note('numpy is left out: it is not installed (apt-get install python3-numpy)');
    return undefined;
  }
  const script = join(peersFolder, 'filter_pump.py');
  return async (updates) => roundOf(await scope.run(python, [script, `${numpyTwins}`, `${updates}`]));
}
