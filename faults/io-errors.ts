/**
 * Makes the disk fail under load: writing and flushing of the journal with the errors of a broken or read-only disk, checkpoints that
 * cannot be written, and a disk that takes 300 ms for each flush; every second time the engine is killed meanwhile.
 *
 * While the journal fails nothing may be acknowledged. Checkpoints that fail, and a slow disk, may hold up nobody for longer than
 * they take: ticks go on.
 */

import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { look, missedBetween } from './lib/look.ts';
import type { Order } from './lib/points.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

/** Messages on their way when the disk begins to fail. */
const settlingMs = 1000;
const missedAtMost = 0.02;

type Hindrance = Omit<Extract<Order, { kind: 'hinder' }>, 'kind'>;

const hindrances: readonly (Hindrance & { readonly name: string; readonly acknowledges: boolean })[] = [
  { name: 'EIO on write', step: 'journal', code: 'EIO', acknowledges: false },
  { name: 'EIO on flush', step: 'journal-flush', code: 'EIO', acknowledges: false },
  { name: 'read-only file system', step: 'journal', code: 'EROFS', acknowledges: false },
  { name: 'checkpoints fail', step: 'checkpoint', code: 'EIO', acknowledges: true },
  { name: 'flushes of 300 ms', step: 'journal-flush', delayMs: 300, acknowledges: true },
  { name: 'checkpoints of 3 s', step: 'checkpoint', delayMs: 3000, acknowledges: true },
];

export const ioErrors: Fault = {
  name: 'io-errors',
  summary: 'the disk fails with EIO or EROFS on write or flush, or is slow',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const trial = await Trial.make(scope, seed, { isBreakable: true });
    const rounds = Math.max(hindrances.length, Math.ceil(times / 10));
    const broken: string[] = [];
    trial.launch();
    await trial.recovered();
    for (let round = 0; round < rounds; round++) {
      const chosen = hindrances[round % hindrances.length];
      if (chosen === undefined) break;
      const { name, acknowledges, ...hindrance } = chosen;
      trial.order({ kind: 'hinder', ...hindrance });
      await wait(settlingMs);
      const before = { ...(await look(trial)), acknowledged: trial.ledger.acknowledged.size };
      await wait(2000 + 2000 * rng.uniform());
      const acknowledged = trial.ledger.acknowledged.size - before.acknowledged;
      const missed = missedBetween(before, await look(trial));
      if (!acknowledges && acknowledged > 0)
        broken.push(`${name}: ${acknowledged} samples were acknowledged`);
      if (acknowledges && acknowledged === 0) broken.push(`${name}: nothing was acknowledged`);
      if (!(missed <= missedAtMost))
        broken.push(`${name}: ${(100 * missed).toFixed(1)} % of the ticks were late`);
      const isKilled = rng.uniform() < 0.5;
      if (isKilled) {
        await trial.kill();
        trial.launch();
      } else trial.order({ kind: 'mend' });
      await trial.recovered();
      note(`${name}${isKilled ? ', and killed' : ''}: ${acknowledged} samples acknowledged meanwhile`);
    }
    return { fault: ioErrors.name, tried: rounds, ...(await trial.account()), broken };
  },
};
