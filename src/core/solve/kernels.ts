/** The kernels that an adaptive method runs over its lanes. Those that most lanes never need are compiled when they are. */

import { GemelError } from '../diagnose/index.ts';
import type { Backend, Kernel, Program } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { probeProgram, refreshProgram } from './begin.ts';
import type { Watched } from './events.ts';
import { advanceProgram, lookProgram } from './events.ts';
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

/** @throws GemelError `MODEL_TOO_LARGE` if a step by the document's method has too many operations. */
export function compileKernels({ model, layout, work, backend }: KernelParts): Kernels {
  const unknowns = (): Unknowns => new Unknowns(model, layout, work);
  const later = (build: () => Program): Kernel & { readonly prepare: () => void } => {
    let compiled: Kernel | undefined;
    const prepare = (): Kernel => (compiled ??= backend(build()));
    return Object.assign<Kernel, { prepare: () => void }>((lanes, times) => prepare()(lanes, times), {
      prepare,
    });
  };
  const methodKernels = (method: Method) => ({
    step: {
      free: later(() => stepProgram(unknowns(), method, 'free')),
      held: later(() => stepProgram(unknowns(), method, 'held')),
    },
    worst: later(() => worstProgram(unknowns(), method)),
  });
  const explicit = methodKernels(tsit5);
  const stiff = methodKernels(rodas5p);
  (model.method === 'rodas5p' ? stiff : explicit).step.free.prepare();
  return {
    refresh: backend(refreshProgram(unknowns())),
    probe: later(() => probeProgram(unknowns())),
    advance: later(() => advanceProgram(unknowns())),
    every: layout.periods.length > 0 ? backend(everyProgram(model, layout)) : () => {},
    explicit,
    stiff,
    look: {
      free: later(() => lookProgram(unknowns(), 'free')),
      held: later(() => lookProgram(unknowns(), 'held')),
    },
    canBeStiff: () => {
      try {
        stiff.step.free.prepare();
        return true;
      } catch (error) {
        if (error instanceof GemelError && error.code === 'MODEL_TOO_LARGE') return false;
        throw error;
      }
    },
  };
}
