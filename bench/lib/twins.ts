/** Many twins of one model on one thread, stepped as the engine does it, for the benchmarks of kernels. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, Program } from '../../src/core/kernel/index.ts';
import { compileModel, type Model } from '../../src/core/model/index.ts';
import { createStepper, type StartValues, type Stepper } from '../../src/core/solve/index.ts';
import { root } from './engine.ts';

/** What counts as a step: a substep of the solver, or a whole tick with one substep in it. */
export type StepKind = 'substeps' | 'ticks';

export interface Twins {
  readonly model: Model;
  readonly stepper: Stepper;
  readonly memory: Float64Array;
  readonly count: number;
  /** Lanes that there is room for. */
  readonly capacity: number;
  /** Back to the start. */
  reset(): void;
  /** So many steps of every twin, a part of the twins after the other. */
  run(steps: number): void;
  /** The states of one twin. */
  statesOf(twin: number): number[];
}

export interface TwinsOptions {
  readonly count: number;
  readonly kind: StepKind;
  /** Twins that are stepped together to the end of a run. Default 512: what they need stays in the second cache. */
  readonly together?: number;
}

/** Room for more twins than there are: slots that lie a power of two apart would share one place in the cache. */
const spareLanes = 8;

/** The pump and its motor: 8 states, elementary functions, Runge–Kutta with 5 ms. */
export const pumpPath = 'bench/models/pump.yaml';
/** Three formulas, once a tick. */
export const tutorialPath = 'examples/tutorial-machine/models/tutorial-machine.yaml';

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** @throws Error if the document has errors. */
export function readModel(path: string, text = readText(path)): Model {
  const { model, diagnostics } = compileModel({ file: path, text });
  if (!model) throw new Error(`${path}: ${diagnostics[0]?.message}`);
  return model;
}

export function createTwins(model: Model, backend: Backend, options: TwinsOptions): Twins {
  const { count, kind, together = 512 } = options;
  const stepper = createStepper(model, { backend });
  const { layout } = stepper;
  const capacity = count + spareLanes;
  const memory = stepper.allocate(capacity);
  for (let twin = 0; twin < count; twin++) {
    stepper.initialise(memory, capacity, twin, startValues(model, twin));
  }
  if (kind === 'ticks') memory.fill(0.5, layout.tickSeconds * capacity, (layout.tickSeconds + 1) * capacity);
  const start = memory.slice();
  return {
    model,
    stepper,
    memory,
    count,
    capacity,
    reset: () => memory.set(start),
    run(steps) {
      for (let from = 0; from < count; from += together) {
        const lanes = { memory, capacity, from, to: Math.min(count, from + together) };
        if (kind === 'substeps') {
          stepper.substep(lanes, steps);
          continue;
        }
        for (let tick = 0; tick < steps; tick++) {
          stepper.beginTick(lanes);
          stepper.substep(lanes);
          stepper.endTick(lanes);
        }
      }
    },
    statesOf: (twin) => model.states.map((_, i) => memory[(layout.states + i) * capacity + twin] ?? NaN),
  };
}

/** Where a twin starts: a little different from the others. */
export function startValues(model: Model, twin: number): StartValues {
  return {
    inputs: Float64Array.from(model.inputs, (input) => input.default ?? NaN),
    states: Float64Array.from(model.states, (state, i) => varied(state.start, twin, i)),
    parameters: Float64Array.from(model.parameters, ({ value }, i) =>
      varied(value, twin, model.states.length + i),
    ),
  };
}

/** Within a hundredth of the value; the same in every peer (peers/peer.h). */
export function varied(value: number, twin: number, number: number): number {
  return value * (1 + 0.02 * (((twin * 7919 + number * 104_729) % 1000) / 1000 - 0.5));
}

export type Part = 'beginTick' | 'substep' | 'endTick';

/** The programs that a model's stepper is made of, before any backend turns them into kernels. */
export function programsOf(model: Model): Readonly<Record<Part, Program>> {
  const programs = new Map<unknown, Program>();
  const record = (program: Program) => {
    const kernel = (): void => undefined;
    programs.set(kernel, program);
    return kernel;
  };
  const backend = Object.assign(record, {
    arithmetic: 'none',
    allocate: (length: number) => new Float64Array(length),
  });
  const stepper = createStepper(model, { backend });
  const programOf = (part: Part): Program => {
    const program = programs.get(stepper[part]);
    if (program === undefined) throw new Error(`${part} of ${model.name} is more than one kernel`);
    return program;
  };
  return {
    beginTick: programOf('beginTick'),
    substep: programOf('substep'),
    endTick: programOf('endTick'),
  };
}

/** Processor time of this thread. Linux counts it in steps of up to 4 ms, so a round takes a good part of a second. */
export function processorSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}
