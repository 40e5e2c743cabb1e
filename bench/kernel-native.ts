/**
 * Native kernels: the pump with its motor (8 states, elementary functions, RK4), 16,384 twins on one core, beside the same
 * written by hand in C, and beside the JavaScript kernels. Steps a second of CPU time, medians of interleaved rounds.
 *
 * The peer is compiled with all of -ffast-math, the vector library, and its lanes in blocks; that the compiler did vectorise
 * its loop is checked, since a peer that runs one lane at a time would flatter us.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNativeBackend } from '../src/adapters/native/index.ts';
import { type Backend, javascriptBackend } from '../src/core/kernel/index.ts';
import { compileModel, type Model } from '../src/core/model/index.ts';
import { createStepper } from '../src/core/solve/index.ts';
import { atLeastTimes, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import type { Scope } from './lib/scope.ts';
import { interleave } from './lib/statistics.ts';

const peers = fileURLToPath(new URL('peers', import.meta.url));
const twins = 16_384;
/** Lanes that are stepped before the next are begun: what they need stays in the second cache. */
const blockLanes = 256;
/** Room for more lanes than there are: slots that lie a power of two apart share one place in the cache. */
const capacity = twins + 8;

export const kernelNative: Bench = {
  name: 'kernel.pump.native',
  summary: 'native kernels on a pump with 8 states: steps a second beside C by hand',
  run,
};

async function run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
  const model = readModel();
  const reasons: string[] = [];
  const startMs = performance.now();
  const options = { fallback: javascriptBackend, onFallback: (reason: string) => reasons.push(reason) };
  const backend = await createNativeBackend({ ...options, cacheDirectories: [scope.directory()] });
  const native = runnerOf(model, backend);
  if (reasons.length > 0) {
    note(`kernel.pump.native: skipped, ${reasons.join()}`);
    return [];
  }
  const coldMs = performance.now() - startMs;
  const strict = runnerOf(model, await createNativeBackend({ ...options, mode: 'strict' }));
  const javascript = runnerOf(model, javascriptBackend);
  const hand = await compileHand(scope);
  const steps = quick ? 20 : 60;
  const rates = await interleave(quick ? 5 : 9, {
    native: async () => native(steps),
    hand: () => hand(steps),
    strict: async () => strict(steps / 10),
    javascript: async () => javascript(2),
  });
  note(
    `kernel.pump: native and strict ${readable(rates.strict / 1e6)} M steps/s, JavaScript ${readable(rates.javascript / 1e6)}; ` +
      `compiled in ${readable(coldMs)} ms`,
  );
  const unit = 'M steps/s';
  const value = rates.native / 1e6;
  const figure = (name: string, rate: number): Figure => ({
    name: 'kernel.pump.native',
    value,
    unit,
    peer: { name, value: rate / 1e6 },
  });
  return [atLeastTimes(1.4, figure('c-hand', rates.hand)), figure('javascript', rates.javascript)];
}

function readModel(): Model {
  const file = join(peers, 'pump-8.yaml');
  const { model, diagnostics } = compileModel({ file, text: readFileSync(file, 'utf8') });
  if (model === undefined) throw new Error(JSON.stringify(diagnostics));
  return model;
}

/** Runs so many steps of all twins, block by block, and returns steps a second of CPU time. */
function runnerOf(model: Model, backend: Backend): (steps: number) => number {
  const stepper = createStepper(model, { backend });
  const { layout } = stepper;
  const memory = new Float64Array(layout.slots * capacity);
  for (let lane = 0; lane < twins; lane++) {
    const spread = 1 + (0.01 * (lane % 1000)) / 1000;
    stepper.initialise(memory, capacity, lane, {
      parameters: Float64Array.from(model.parameters, ({ value }) => value),
      inputs: Float64Array.from(model.inputs, ({ default: value = 0 }) => value),
      states: Float64Array.from(model.states, ({ start }) => start * spread),
    });
  }
  return (steps) => {
    const start = process.threadCpuUsage();
    for (let from = 0; from < twins; from += blockLanes) {
      const lanes = { memory, capacity, from, to: from + blockLanes };
      for (let step = 0; step < steps; step++) stepper.substep(lanes);
    }
    const { user, system } = process.threadCpuUsage(start);
    return (twins * steps * 1e6) / (user + system);
  };
}

async function compileHand(scope: Scope): Promise<(steps: number) => Promise<number>> {
  const program = join(scope.directory(), 'pump-8');
  const source = join(peers, 'pump-8.c');
  const flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp-simd', '-fopt-info-vec-optimized'];
  const made = await scope.run('gcc', [...flags, source, '-o', program, '-lm', '-lmvec']);
  if (made.code !== 0) throw new Error(`the peer could not be compiled:\n${made.stderr}`);
  const text = readFileSync(source, 'utf8');
  // The compiler names some line of the loop.
  const lineOf = (mark: string) => text.slice(0, text.indexOf(mark)).split('\n').length;
  const lines = [...made.stderr.matchAll(/pump-8\.c:(\d+):.*loop vectorized/g)].map((match) =>
    Number(match[1]),
  );
  if (!lines.some((line) => line > lineOf('#pragma') && line < lineOf('static void hoist')))
    throw new Error(`the peer was not vectorised:\n${made.stderr}`);
  return async (steps) => {
    const { stdout } = await scope.run(program, [String(twins), String(steps)]);
    return Number(stdout.split(' ')[0]);
  };
}
