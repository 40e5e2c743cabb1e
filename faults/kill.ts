/** Kills the engine under load, mostly while it works, sometimes while it starts. */

import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { historyHoles } from './lib/history-holes.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

export const kill: Fault = {
  name: 'kill',
  summary: 'SIGKILL under load, also during start-up',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const trial = await Trial.make(scope, seed);
    trial.launch();
    await trial.recovered();
    for (let i = 1; i <= times; i++) {
      await wait(200 + 1500 * rng.uniform());
      await trial.kill();
      trial.launch();
      if (rng.uniform() < 0.25) {
        await wait(100 + 900 * rng.uniform());
        await trial.kill();
        trial.launch();
      }
      await trial.recovered();
      note(`kill ${i} of ${times}: ${trial.ledger.acknowledged.size} samples acknowledged`);
    }
    const account = await trial.account();
    const { wanted, missing } = await historyHoles(trial);
    note(`the history lacks ${missing} of ${wanted} samples of sensors`);
    return { fault: kill.name, tried: times, ...account, lost: account.lost + missing, broken: [] };
  },
};
