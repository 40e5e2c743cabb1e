/** The kernels that an adaptive method runs over its lanes. Those that most lanes never need are compiled when they are. */

import { GemelError } from '../diagnose/index.ts';
import type { Backend, Kernel, Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { probeProgram, refreshProgram } from './begin.ts';
import type { Watched } from './events.ts';
import { advanceProgram, bisectProgram, lookProgram } from './events.ts';
import type { BlockLayout } from './layout.ts';
import { everyProgram } from './programs.ts';
import { rodas5p } from './rodas5p.ts';
import type { Method } from './trial.ts';
import { stepProgram, worstProgram } from './trial.ts';
import { tsit5 } from './tsit5.ts';
import { Unknowns } from './unknowns.ts';
import type { Work } from './work.ts';

export interface Kernels {
  readonly refresh: Kernel;
  readonly probe: Kernel;
  readonly advance: Kernel;
  readonly every: Kernel;
  readonly explicit: MethodKernels;
  readonly stiff: MethodKernels;
  /** For lanes in which nothing is held, and for those where something is. */
  readonly bisect: Record<Watched, Kernel>;
  readonly look: Record<Watched, Kernel>;
  /** Whether the stiff method can be had: its program may be too large. */
  canBeStiff(): boolean;
}

export interface MethodKernels {
  readonly step: Record<Watched, Kernel>;
  readonly worst: Kernel;
}

export interface KernelParts {
  readonly model: Model;
  readonly layout: BlockLayout;
  readonly work: Work;
  readonly backend: Backend;
}

/** From so many nodes on a program is compiled before it is needed, so that what is too large is told at once. */
const largeNodes = 40_000;

/** @throws GemelError `MODEL_TOO_LARGE` if a step by the document's method has too many operations. */
export function compileKernels({ model, layout, work, backend }: KernelParts): Kernels {
  const unknowns = (): Unknowns => new Unknowns(model, layout, work);
  const later = (build: () => Program): LaterKernel => new LaterKernel(build, backend);
  const methodKernels = (method: Method) => ({
    free: later(() => stepProgram(unknowns(), method, 'free')),
    held: later(() => stepProgram(unknowns(), method, 'held')),
    worst: later(() => worstProgram(unknowns(), method)),
  });
  const explicit = methodKernels(tsit5);
  const stiff = methodKernels(rodas5p);
  const bisect = {
    free: later(() => bisectProgram(unknowns(), 'free')),
    held: later(() => bisectProgram(unknowns(), 'held')),
  };
  const look = {
    free: later(() => lookProgram(unknowns(), 'free')),
    held: later(() => lookProgram(unknowns(), 'held')),
  };
  const prepare = ({ free, held, worst }: typeof stiff): void => {
    if (free.prepare() < largeNodes) return;
    if (work.holdable.includes(true)) for (const kernel of [held, bisect.held, look.held]) kernel.prepare();
    for (const kernel of [worst, bisect.free, look.free]) kernel.prepare();
  };
  prepare(model.method === 'rodas5p' ? stiff : explicit);
  const runs = ({ free, held, worst }: typeof stiff): MethodKernels => ({
    step: { free: free.run, held: held.run },
    worst: worst.run,
  });
  return {
    refresh: backend(refreshProgram(unknowns())),
    probe: later(() => probeProgram(unknowns())).run,
    advance: later(() => advanceProgram(unknowns())).run,
    every: layout.periods.length > 0 ? backend(everyProgram(model, layout)) : () => {},
    explicit: runs(explicit),
    stiff: runs(stiff),
    bisect: { free: bisect.free.run, held: bisect.held.run },
    look: { free: look.free.run, held: look.held.run },
    canBeStiff: once(() => {
      try {
        prepare(stiff);
        return true;
      } catch (error) {
        if (error instanceof GemelError && error.code === 'MODEL_TOO_LARGE') return false;
        throw error;
      }
    }),
  };
}

/** A kernel that is compiled when it first runs. */
class LaterKernel {
  readonly #build: () => Program;
  readonly #backend: Backend;
  #compiled: { readonly kernel: Kernel; readonly nodes: number } | undefined;

  constructor(build: () => Program, backend: Backend) {
    this.#build = build;
    this.#backend = backend;
  }

  /** Compiles it now; how many nodes its graph has. */
  prepare(): number {
    return this.#made().nodes;
  }

  readonly run: Kernel = (lanes, times) => this.#made().kernel(lanes, times);

  #made(): { readonly kernel: Kernel; readonly nodes: number } {
    if (this.#compiled !== undefined) return this.#compiled;
    const program = this.#build();
    this.#compiled = { kernel: this.#backend(program), nodes: program.graph.size };
    return this.#compiled;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
