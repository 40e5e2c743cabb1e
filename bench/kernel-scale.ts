/**
 * How kernels scale: the cost of a step from 64 twins to a million, two threads beside one, and the bytes that a twin takes.
 *
 * A call of the kernel makes 20 steps of every twin, as for a tick of 100 ms. Threads share nothing; the pump's steps are
 * counted over the time that passed, so two of them need two cores that nobody else uses.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { webAssemblyBackend } from '../src/core/kernel/index.ts';
import type { Model } from '../src/core/model/index.ts';
import { createStepper } from '../src/core/solve/index.ts';
import { atLeastTimes, atMost, atMostTimes, type Bench, type Context, type Figure } from './lib/report.ts';
import { interleave } from './lib/statistics.ts';
import { createTwins, processorSeconds, pumpPath, readModel, tutorialPath } from './lib/twins.ts';
import type { WorkerOrder, WorkerReport } from './lib/kernel-worker.ts';

const sizes = [64, 1000, 16_384, 131_072, 1_000_000];
const stepsPerCall = 20;
const spread = 1.3;
const twoThreads = 1.9;
const limitBytes = 500;

export const kernelScale: Bench = {
  name: 'kernel.scale',
  group: 'kernel',
  summary: 'the cost of a step from 64 to 1,000,000 twins, two threads beside one, bytes a twin',
  about:
    'Whether a step costs the same for 64 twins and for a million, what a second thread brings, and how many bytes a twin takes in a kernel. ' +
    'The peer is the cheapest size, and one thread.',
  async run(context: Context): Promise<readonly Figure[]> {
    const model = readModel(pumpPath);
    return [await flat(context, model), await workers(context), bytes(context, model)];
  },
};

/** Nanoseconds of processor time a step of one twin, for each size in turn. */
async function flat({ quick, note, plot }: Context, model: Model): Promise<Figure> {
  const stepsPerRound = quick ? 2e6 : 4e6;
  const candidates = sizes.map((count) => {
    const options = { count, kind: 'substeps', together: count } as const;
    const twins = createTwins(model, webAssemblyBackend('relaxed'), options);
    const calls = Math.max(1, Math.round(stepsPerRound / (count * stepsPerCall)));
    twins.run(2); // its memory is there
    const measure = async (): Promise<number> => {
      const began = processorSeconds();
      for (let call = 0; call < calls; call++) twins.run(stepsPerCall);
      return ((processorSeconds() - began) * 1e9) / (calls * count * stepsPerCall);
    };
    return [String(count), measure] as const;
  });
  const costs = await interleave(quick ? 3 : 5, Object.fromEntries(candidates));
  const points = sizes.map((count) => ({ x: count, y: costs[String(count)] ?? NaN }));
  note(
    `kernel.flat: ${points.map(({ x, y }) => `${x.toLocaleString('en')} twins ${y.toFixed(1)} ns`).join(', ')}`,
  );
  plot({
    title: 'Cost of a step over the number of twins',
    x: { title: 'twins', scale: 'log' },
    y: { title: 'ns of processor time a step', scale: 'linear' },
    series: [{ name: 'gemel (wasm)', points }],
  });
  const [cheapest, dearest] = [Math.min, Math.max].map((of) => of(...points.map(({ y }) => y)));
  return atMostTimes(spread, {
    name: 'kernel.flat',
    value: dearest ?? NaN,
    unit: 'ns/step',
    peer: { name: 'cheapest size', value: cheapest ?? NaN },
  });
}

async function workers({ quick }: Context): Promise<Figure> {
  const script = new URL('./lib/kernel-worker.ts', import.meta.url);
  const started = [new Worker(script), new Worker(script)];
  const ask = async (worker: Worker, order: WorkerOrder): Promise<WorkerReport> => {
    worker.postMessage(order);
    const [report] = await once(worker, 'message');
    return report as WorkerReport;
  };
  const seconds = quick ? 0.3 : 0.5;
  const rateOf = async (some: readonly Worker[]): Promise<number> => {
    const reports = await Promise.all(some.map((worker) => ask(worker, { seconds })));
    return reports.reduce((sum, { steps, seconds: passed }) => sum + steps / passed, 0) / 1e6;
  };
  const one = () => rateOf(started.slice(0, 1));
  const two = () => rateOf(started);
  let rates: { readonly one: number; readonly two: number };
  try {
    await two(); // compiled and warm from here on
    rates = await interleave(quick ? 3 : 7, { one, two });
  } finally {
    await Promise.all(started.map((worker) => worker.terminate()));
  }
  return atLeastTimes(twoThreads, {
    name: 'kernel.workers',
    value: rates.two,
    unit: 'M steps/s',
    peer: { name: 'one worker', value: rates.one },
  });
}

function bytes({ note }: Context, model: Model): Figure {
  const bytesOf = (some: Model): number => {
    const { layout } = createStepper(some, { backend: webAssemblyBackend('relaxed') });
    return layout.slots * Float64Array.BYTES_PER_ELEMENT;
  };
  note(`kernel.bytes: the tutorial machine takes ${bytesOf(readModel(tutorialPath))}`);
  return atMost(limitBytes, { name: 'kernel.bytes', value: bytesOf(model), unit: 'bytes/twin' });
}
