/** A thread with pumps of its own, which steps them for as long as it is told. */

import { parentPort } from 'node:worker_threads';
import { webAssemblyBackend } from '../../src/core/kernel/index.ts';
import { createTwins, pumpPath, readModel } from './twins.ts';

export interface WorkerOrder {
  readonly seconds: number;
}

export interface WorkerReport {
  readonly steps: number;
  /** That passed, by the clock on the wall. */
  readonly seconds: number;
}

const count = 4096;
const stepsPerCall = 20;

const options = { count, kind: 'substeps' } as const;
const twins = createTwins(readModel(pumpPath), webAssemblyBackend('relaxed'), options);

parentPort?.on('message', ({ seconds }: WorkerOrder) => {
  const began = performance.now();
  let steps = 0;
  let passed = 0;
  while (passed < seconds) {
    twins.run(stepsPerCall);
    steps += count * stepsPerCall;
    passed = (performance.now() - began) / 1000;
  }
  const report: WorkerReport = { steps, seconds: passed };
  parentPort?.postMessage(report);
});
