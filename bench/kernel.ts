/**
 * Kernels on one core, in millions of steps of one twin a second of processor time, beside the same model written by hand
 * in C and in Python. 16,384 twins; rounds take turns; medians.
 *
 * What is measured is what the engine calls: the stepper's substep, with time, bounds and flags, or, for the tutorial
 * machine, its whole tick. The peers only move their states. Each must end where Gemel does.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Arithmetic } from '../src/core/kernel/index.ts';
import { webAssemblyBackend } from '../src/core/kernel/index.ts';
import type { Model } from '../src/core/model/index.ts';
import { compileModel } from '../src/core/model/index.ts';
import { createStepper } from '../src/core/solve/index.ts';
import { root } from './lib/engine.ts';
import { atLeastTimes, atMost, type Bench, type Context, type Figure } from './lib/report.ts';
import { wait } from './lib/scope.ts';
import { interleave, median } from './lib/statistics.ts';

const peers = fileURLToPath(new URL('peers', import.meta.url));
const python = '/usr/bin/python3';
const twins = 16_384;
/** Twins that are stepped together to the end of a round: few enough for the second cache. */
const together = 512;
const optimised = ['-O3', '-march=native', '-ffast-math', '-fopenmp-simd'];

export const kernel: Bench = {
  name: 'kernel',
  summary: 'steps of many twins on one core, beside C by hand, numpy and pydantic; time to compile',
  async run(context: Context): Promise<readonly Figure[]> {
    return [...(await pump(context)), ...(await tutorial(context)), ...(await compilation())];
  },
};

/** A round of so many steps for every twin: its rate, and where twin 0 ends. */
interface Round {
  readonly rate: number;
  readonly states: readonly number[];
}

type Candidate = (steps: number) => Promise<Round>;

async function pump(context: Context): Promise<readonly Figure[]> {
  const model = read('bench/models/pump.yaml');
  const steps = context.quick ? 50 : 200;
  const found = await compare(context, steps, {
    wasm: await ours(model, 'relaxed', 'substeps'),
    strict: await ours(model, 'strict', 'substeps'),
    'c-hand': await byHand(context, 'hand-pump', '_exp'),
    numpy: await inPython(context, 'pump', 'numpy'),
    pydantic: await inPython(context, 'pump', 'pydantic'),
  });
  const limits = { 'c-hand': 0.55, numpy: 2.5, pydantic: 100 };
  return [
    ...figures('kernel.pump.wasm', found.wasm ?? NaN, found, limits),
    ...figures('kernel.pump.strict', found.strict ?? NaN, found, { ...limits, 'c-hand': 0.42 }),
  ];
}

async function tutorial(context: Context): Promise<readonly Figure[]> {
  const model = read('examples/tutorial-machine/models/tutorial-machine.yaml');
  const found = await compare(context, context.quick ? 400 : 2000, {
    wasm: await ours(model, 'relaxed', 'ticks'),
    'c-hand': await byHand(context, 'hand-tutorial'),
    numpy: await inPython(context, 'tutorial', 'numpy'),
    pydantic: await inPython(context, 'tutorial', 'pydantic'),
  });
  return figures('kernel.tutorial.wasm', found.wasm ?? NaN, found, {});
}

/** One figure a peer that is there. */
function figures(
  name: string,
  value: number,
  found: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>>,
): readonly Figure[] {
  const unit = 'M steps/s';
  const lines = ['c-hand', 'numpy', 'pydantic'].flatMap((peer) => {
    const rate = found[peer];
    if (rate === undefined) return [];
    const figure: Figure = { name, value, unit, peer: { name: peer, value: rate } };
    const limit = limits[peer];
    return [limit === undefined ? figure : atLeastTimes(limit, figure)];
  });
  return lines.length > 0 ? lines : [{ name, value, unit }];
}

/** Medians of interleaved rounds, after one in which all must end in the same states. */
async function compare(
  { quick }: Context,
  steps: number,
  candidates: Readonly<Record<string, Candidate | undefined>>,
): Promise<Readonly<Record<string, number>>> {
  const present = Object.entries(candidates).flatMap(([name, run]) => (run ? [[name, run] as const] : []));
  let reference: readonly number[] | undefined;
  for (const [name, run] of present) {
    const { states } = await run(steps);
    reference ??= states;
    for (const [i, value] of reference.entries()) {
      // C with -ffast-math is free to round as it likes.
      if (Math.abs((states[i] ?? NaN) - value) <= 1e-7 * Math.abs(value)) continue;
      throw new Error(`${name}: state ${i} of twin 0 is ${states[i]}, not ${value}`);
    }
  }
  await wait(500); // V8 has put its faster code in place
  return interleave(
    quick ? 3 : 9,
    Object.fromEntries(present.map(([name, run]) => [name, async () => (await run(steps)).rate])),
  );
}

function read(path: string): Model {
  const { model, diagnostics } = compileModel({ file: path, text: readFileSync(join(root, path), 'utf8') });
  if (!model) throw new Error(`${path}: ${diagnostics[0]?.message}`);
  return model;
}

/** Within a hundredth of the value, the same in every peer. */
function varied(value: number, twin: number, number: number): number {
  return value * (1 + 0.02 * (((twin * 7919 + number * 104_729) % 1000) / 1000 - 0.5));
}

async function ours(model: Model, arithmetic: Arithmetic, unit: 'substeps' | 'ticks'): Promise<Candidate> {
  const stepper = createStepper(model, { backend: webAssemblyBackend(arithmetic) });
  const { layout } = stepper;
  const memory = stepper.allocate(twins);
  const start = memory.slice();
  for (let twin = 0; twin < twins; twin++) {
    stepper.initialise(memory, twins, twin, {
      inputs: Float64Array.from(model.inputs, (input) => input.default ?? NaN),
      states: Float64Array.from(model.states, (state, i) => varied(state.start, twin, i)),
      parameters: Float64Array.from(model.parameters, ({ value }, i) =>
        varied(value, twin, model.states.length + i),
      ),
    });
  }
  if (unit === 'ticks') memory.fill(0.5, layout.tickSeconds * twins, (layout.tickSeconds + 1) * twins);
  start.set(memory);
  const run = (steps: number): Round => {
    memory.set(start);
    const began = processorSeconds();
    for (let from = 0; from < twins; from += together) {
      const lanes = { memory, capacity: twins, from, to: from + together };
      if (unit === 'substeps') {
        stepper.substep(lanes, steps);
        continue;
      }
      for (let tick = 0; tick < steps; tick++) {
        stepper.beginTick(lanes);
        stepper.substep(lanes);
        stepper.endTick(lanes);
      }
    }
    const rate = (twins * steps) / (processorSeconds() - began) / 1e6;
    return { rate, states: model.states.map((_, i) => memory[(layout.states + i) * twins] ?? NaN) };
  };
  for (let i = 0; i < 20; i++) {
    run(2);
    await wait(5);
  }
  return async (steps) => run(steps);
}

/** Linux counts it in steps of 4 ms, so a round takes a good part of a second. */
function processorSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** Compiles a peer; `calls` is a vector function that it must call, or the ratio would flatter us. */
async function byHand(
  { scope, note }: Context,
  name: string,
  calls?: string,
): Promise<Candidate | undefined> {
  const program = join(scope.directory(), name);
  const compiled = await scope.run('gcc', [
    ...optimised,
    join(peers, `${name}.c`),
    '-lmvec',
    '-lm',
    '-o',
    program,
  ]);
  if (compiled.code !== 0) {
    note(`kernel: ${name} is left out, gcc does not compile it (${compiled.stderr.split('\n')[0]})`);
    return undefined;
  }
  if (calls !== undefined) {
    const { stdout } = await scope.run('nm', ['-D', program]);
    if (!new RegExp(`_ZGV[a-zA-Z]N\\d+v+${calls}\\b`).test(stdout)) {
      throw new Error(`${name} does not call a vector ${calls}: it is not what it should be compared with`);
    }
  }
  return async (steps) => roundOf(await scope.run(program, [`${twins}`, `${steps}`]));
}

async function inPython(
  { scope, note }: Context,
  model: string,
  way: string,
): Promise<Candidate | undefined> {
  const { code } = await scope.run(python, ['-c', `import ${way}`]);
  if (code !== 0) {
    note(`kernel: ${way} is left out, it is not installed (apt-get install python3-${way})`);
    return undefined;
  }
  // An object a twin is so slow that a few must do.
  const count = way === 'pydantic' ? 64 : twins;
  return async (steps) =>
    roundOf(await scope.run(python, [join(peers, 'kernel_peers.py'), model, way, `${count}`, `${steps}`]));
}

function roundOf({ code, stdout, stderr }: { code: number | string; stdout: string; stderr: string }): Round {
  const [rate = NaN, ...states] = stdout.trim().split('\n').map(Number);
  if (code !== 0 || !(rate > 0)) throw new Error(`a peer ended with ${code}: ${stderr}`);
  return { rate, states };
}

/** From text to a stepper that can run: the first time in this process, and again. */
async function compilation(): Promise<readonly Figure[]> {
  const path = 'bench/models/pump.yaml';
  const text = readFileSync(join(root, path), 'utf8');
  const times: number[] = [];
  for (let i = 0; i < 11; i++) {
    // Another number each time, so that no module is found in the cache.
    const changed = text.replace('0.0142', `0.0142${i}`);
    const began = performance.now();
    const { model } = compileModel({ file: path, text: changed });
    if (!model) throw new Error(`${path} has errors`);
    const stepper = createStepper(model, { backend: webAssemblyBackend('relaxed') });
    stepper.observe({ memory: stepper.allocate(8), capacity: 8, from: 0, to: 8 });
    times.push(performance.now() - began);
  }
  return [atMost(100, { name: 'compile.warm', value: median(times), unit: 'ms' })];
}
