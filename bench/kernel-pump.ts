/**
 * Kernels on a pump with its motor (8 states, elementary functions, Runge–Kutta, 5 ms), on one core, in millions of steps of
 * one twin a second of processor time, beside the same pump written by hand and by others' solvers. Rounds take turns; medians.
 *
 * What is measured is what the engine calls: the stepper's substep, with time, bounds and flags. The peers only move their
 * states. All must end in the same states.
 */

import { compete } from './lib/contest.ts';
import { cvodePump } from './lib/cvode.ts';
import { figuresOf, ours, twinCount } from './lib/kernels.ts';
import { byHand, inPython, sameGraph } from './lib/peers.ts';
import type { Bench, Context, Figure } from './lib/report.ts';
import { createTwins, pumpPath, readModel } from './lib/twins.ts';
import { webAssemblyBackend } from '../src/core/kernel/index.ts';

const shared = { numpy: 2.5, pydantic: 100 };

export const kernelPump: Bench = {
  name: 'kernel.pump',
  group: 'kernel',
  summary: 'steps of a pump with 8 states on one core, beside C, numpy, pydantic and CVODE',
  about:
    'Steps of a pump with its motor (8 states, exp, tanh, pow; Runge–Kutta, 5 ms), 16,384 of them on one core, by processor time: WebAssembly with and without fused arithmetic, and native code. ' +
    "Peers: C by hand with everything a compiler can do (checked to be vectorised), our own graph's C without Node, numpy over all pumps, an object a pump in pydantic, and SUNDIALS CVODE one pump at a time at the accuracy that our step has. Gemel's steps also keep time, bounds and flags; the peers' do not.",
  async run(context: Context): Promise<readonly Figure[]> {
    const model = readModel(pumpPath);
    const steps = context.quick ? 50 : 200;
    const twins = createTwins(model, webAssemblyBackend('strict'), { count: twinCount, kind: 'substeps' });
    const rates = await compete(
      { steps, rounds: context.quick ? 3 : 5 },
      {
        ...(await ours(context, model, 'substeps')),
        'c-hand': await byHand(context, {
          file: 'hand-pump.c',
          twins: twinCount,
          calls: ['exp', 'tanh', 'pow'],
        }),
        'c-same-graph': await sameGraph(context, twins, 'substeps'),
        numpy: await inPython(context, { model: 'pump', way: 'numpy', twins: twinCount }),
        pydantic: await inPython(context, { model: 'pump', way: 'pydantic', twins: twinCount }),
        cvode: await cvodePump(context, model, steps),
      },
    );
    return figuresOf('kernel.pump', rates, {
      wasm: { 'c-hand': 0.55, ...shared },
      strict: { 'c-hand': 0.42, ...shared },
      native: { 'c-hand': 1.4, ...shared },
    });
  },
};
