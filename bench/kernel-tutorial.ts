/**
 * Kernels on the machine of a tutorial: three formulas a tick, nothing to compute but a few sums. What the engine calls for a
 * whole tick is measured, beside three lines of C, numpy and pydantic. There is no differential equation, so no solver is a peer.
 */

import { webAssemblyBackend } from '../src/core/kernel/index.ts';
import { compete } from './lib/contest.ts';
import { figuresOf, ours, twinCount } from './lib/kernels.ts';
import { byHand, inPython, sameGraph } from './lib/peers.ts';
import type { Bench, Context, Figure } from './lib/report.ts';
import { createTwins, readModel, tutorialPath } from './lib/twins.ts';

export const kernelTutorial: Bench = {
  name: 'kernel.tutorial',
  group: 'kernel',
  summary: 'ticks of the tutorial machine on one core, beside C, numpy and pydantic',
  about:
    'Whole ticks of a machine of three formulas, where there is next to nothing to compute and what remains is the bookkeeping of a tick: time, flags, finiteness. ' +
    'Beside three lines of C, numpy and pydantic, which keep no such books.',
  async run(context: Context): Promise<readonly Figure[]> {
    const model = readModel(tutorialPath);
    context.note('cvode is left out: the tutorial machine has no differential equation');
    const twins = createTwins(model, webAssemblyBackend('strict'), { count: twinCount, kind: 'ticks' });
    const python = { model: 'tutorial', twins: twinCount };
    const rates = await compete(
      { steps: context.quick ? 400 : 2000, rounds: context.quick ? 3 : 5 },
      {
        ...(await ours(context, model, 'ticks')),
        'c-hand': await byHand(context, { file: 'hand-tutorial.c', twins: twinCount, vectorised: 'update' }),
        'c-same-graph': await sameGraph(context, twins, 'ticks'),
        numpy: await inPython(context, { ...python, way: 'numpy' }),
        pydantic: await inPython(context, { ...python, way: 'pydantic' }),
      },
    );
    return figuresOf('kernel.tutorial', rates, {});
  },
};
