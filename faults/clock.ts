/**
 * Sets the computer's clock while machines send: by fractions of a second, by seconds, and then by two hours and back; for engine and
 * machines alike, as on one computer or with one time server.
 *
 * The engine's time never goes back. Small steps are made up for; what is in the journal stays what the twins are. After two hours
 * forward the ticks between are given up. After two hours back the engine is ahead of the machines: it serves, ticks at half speed, and
 * says so; started again it stands still until its time has come, and says that.
 */

import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { look, missedBetween } from './lib/look.ts';
import { addUp, type Context, type Fault, nothing, type Outcome } from './lib/report.ts';
import { Trial, type TrialOptions } from './lib/trial.ts';

const hoursMs = 2 * 3_600_000;
/** A sample from before a step of half a minute is not too late. */
const options: TrialOptions = { setsClock: true, latenessSeconds: 120 };

/** The clock against the true one, in seconds, and how long it stays: after a step back as long as it takes to be right again. */
const steps: readonly (readonly [offsetSeconds: number, staysSeconds: number])[] = [
  [0.6, 2],
  [-0.2, 2],
  [8, 2],
  [3, 11],
  [33, 2],
  [28, 11],
];

export const clock: Fault = {
  name: 'clock',
  summary: "the computer's clock is set back and forth, by fractions of a second to hours",
  async run(context: Context): Promise<Outcome> {
    const small = await bySeconds(context);
    const large = await byHours(context);
    return { fault: clock.name, ...addUp(small, large) };
  },
};

async function bySeconds({ seed, times, scope, note }: Context): Promise<Omit<Outcome, 'fault'>> {
  const rng = new Rng(seed);
  const trial = await Trial.make(scope, seed, options);
  const rounds = Math.max(steps.length, Math.ceil(times / 20));
  trial.launch();
  await trial.recovered();
  for (let round = 0; round < rounds; round++) {
    const [offset = 0, stays = 0] = steps[round % steps.length] ?? [];
    // Each time through, half a minute further.
    await trial.setClock(1000 * (offset + 28 * Math.floor(round / steps.length)));
    await wait(1000 * stays);
    if (rng.uniform() < 0.25) {
      await trial.kill();
      trial.launch();
    }
    await trial.recovered();
    note(`clock at ${offset} s: ${trial.ledger.acknowledged.size} samples acknowledged`);
  }
  return { tried: rounds, ...(await trial.account()), broken: [] };
}

async function byHours({ seed, scope, note }: Context): Promise<Omit<Outcome, 'fault'>> {
  const trial = await Trial.make(scope, seed + 1, options);
  const broken: string[] = [];
  trial.launch();
  await trial.recovered();
  for (const offsetMs of [hoursMs, 0]) {
    await trial.setClock(offsetMs);
    await wait(3000);
    await trial.recovered();
    const before = await look(trial);
    await wait(5000);
    const after = await look(trial);
    const where = `clock ${offsetMs === 0 ? 'set back by' : 'set forward by'} 2 h`;
    note(
      `${where}: ${after.ticks - before.ticks} ticks in 5 s, ${(100 * missedBetween(before, after)).toFixed(1)} % of them late`,
    );
    if (after.ticks === before.ticks) broken.push(`${where}: no tick was made`);
  }
  const said = (what: RegExp) => {
    if (!what.test(trial.output())) broken.push(`nothing is said of it: ${what.source}`);
  };
  said(/clock was set back by 7\d{3} s/);
  await trial.kill();
  trial.launch();
  await trial.recovered();
  said(/ahead of the computer's clock/);
  await trial.end();
  return { tried: 2, ...nothing, broken };
}
