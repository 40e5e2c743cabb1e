/** Ends the engine with SIGKILL at each named point of its way to the disk, under load, in an order that the seed decides. */

import { Rng } from '../src/core/statistics/index.ts';
import { points } from './lib/points.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

/** A point that a working engine does not pass in this time is none. */
const reachedWithinMs = 45_000;

export const failPoints: Fault = {
  name: 'fail-points',
  summary: 'SIGKILL at each named point of the way to the disk: journal, segments, checkpoints, history',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const trial = await Trial.make(scope, seed, { keep: '1 s', isBreakable: true });
    trial.launch();
    await trial.recovered();
    let order: (typeof points)[number][] = [];
    // Each at least once, unless only a few kills are asked for.
    const kills = times < 20 ? times : Math.max(points.length, Math.ceil(times / 2));
    for (let i = 1; i <= kills; i++) {
      if (order.length === 0) order = shuffled(points, rng);
      const point = order.pop();
      if (point === undefined) break;
      const passes = rng.below(point.passes === 'often' ? 200 : 3);
      trial.order({ kind: 'kill', point: point.name, passes, fraction: rng.uniform() });
      await trial.died(point.name, reachedWithinMs);
      trial.launch();
      await trial.recovered();
      note(`${point.name} (${i} of ${kills}): ${trial.ledger.acknowledged.size} samples acknowledged`);
    }
    return { fault: failPoints.name, tried: kills, ...(await trial.account()), broken: [] };
  },
};

function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(rng.below(left.length), 1));
}
