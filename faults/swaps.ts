/**
 * Kills the engine while versions change: all the time some twin begins with another version of its model in its shadow, exchanges both, and
 * lets the older one go.
 *
 * A shadow does not have the late samples of before it began, so no engine without exchanges can be a measure. In the end a second engine is
 * started from a copy of what is on the disk, as after a kill, while the first goes on: at a common tick both must be the same in
 * every digit.
 */

import { cpSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, type Scope, until, wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { points } from './lib/points.ts';
import { twinIds } from './lib/project.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

const reachedWithinMs = 45_000;
const engine = fileURLToPath(new URL('engine.ts', import.meta.url));

export const swaps: Fault = {
  name: 'swaps',
  summary: 'SIGKILL, at random moments and named points, while twins exchange versions of their model',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const trial = await Trial.make(scope, seed, { isBreakable: true, versions: 2 });
    let exchanged = 0;
    let rests = false;
    trial.onMessage((message) => {
      if ('rests' in message) rests = true;
      if ('exchanged' in message) exchanged++;
      if ('problem' in message) note(`an exchange failed: ${String(message['problem'])}`);
    });
    const begin = async () => {
      trial.launch();
      await trial.recovered();
      trial.order({ kind: 'swap' });
    };
    await begin();
    const kills = Math.max(2, Math.ceil(times / 4));
    for (let i = 1; i <= kills; i++) {
      const point = points[rng.below(points.length)];
      if (point?.passes === 'often' && rng.uniform() < 0.5) {
        const passes = 50 + rng.below(300);
        trial.order({ kind: 'kill', point: point.name, passes, fraction: rng.uniform() });
        await trial.died(point.name, reachedWithinMs);
      } else {
        await wait(500 + 2000 * rng.uniform());
        await trial.kill();
      }
      await begin();
      note(
        `kill ${i} of ${kills}: ${exchanged} exchanges, ${trial.ledger.acknowledged.size} samples acknowledged`,
      );
    }
    const broken = exchanged >= kills ? [] : [`only ${exchanged} exchanges were made`];
    await trial.settle();
    trial.order({ kind: 'rest' });
    await until('the last exchange', () => (rests ? true : undefined));
    const diverged = await differingFromCopy(trial, scope);
    note(`${exchanged} exchanges in all; ${diverged} twins of a copy differ`);
    return { fault: swaps.name, tried: kills, ...(await trial.countSamples()), diverged, broken };
  },
};

/** How many twins of an engine that was started from what is on the disk are not what they are in the one that runs. */
async function differingFromCopy(trial: Trial, scope: Scope): Promise<number> {
  const directory = scope.directory();
  // The lock says that the other runs.
  cpSync(trial.directory, directory, { recursive: true, filter: (path) => basename(path) !== 'lock' });
  const [http = 0, mqtt = 0] = await freePorts(2);
  const child = scope.start(process.execPath, [engine, directory, String(http), String(mqtt)], {
    messages: true,
  });
  const stateOf = async (port: number, id: string) =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/twins/${id}/state`)).text();
  const pair = (id: string) => async () => {
    const texts = await Promise.all([trial.httpPort, http].map((port) => stateOf(port, id))).catch(() => []);
    const [ours, theirs] = texts.map((text) => /"time":"([^"]+)"/.exec(text)?.[1]);
    return ours !== undefined && ours === theirs ? texts : undefined;
  };
  let differing = 0;
  for (const id of twinIds) {
    const [ours, theirs] = await until(`${id} at a common tick`, pair(id), { child, withinMs: 60_000 });
    if (ours !== theirs) differing++;
  }
  await scope.stop(child);
  return differing;
}
