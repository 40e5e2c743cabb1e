/**
 * Cuts, delays, slows down, silences and doubles the line between machines and broker, and has a thousand clients come back at once
 * while the machines send; every fourth time the engine is killed meanwhile.
 *
 * A machine that notices that its line is dead sends again what was not acknowledged: it may come twice, and counts once.
 */

import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { missedBetween, look } from './lib/look.ts';
import { Proxy } from './lib/proxy.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { stormOf } from './lib/storm.ts';
import { Trial } from './lib/trial.ts';

const missedAtMost = 0.02;
const stormClients = 1000;
/** From the storm's beginning until the last of its clients is connected. */
const stormWithinMs = 20_000;

/** What is done to the line, and for how long at least. */
const troubles: readonly (readonly [name: string, forMs: number, begin: (proxy: Proxy) => void])[] = [
  ['cut', 500, (proxy) => proxy.cut()],
  ['delayed by 400 ms', 2500, (proxy) => (proxy.line = { delayMs: 400 })],
  ['halved to 3 kB/s', 2500, (proxy) => (proxy.line = { bytesPerSecond: 3000 })],
  ['everything twice', 2500, (proxy) => (proxy.line = { repeats: true })],
  ['half open', 6000, (proxy) => proxy.silence()],
];

export const network: Fault = {
  name: 'network',
  summary:
    'the line to the broker is cut, slow, half open or says things twice; 1,000 clients reconnect at once',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const broken: string[] = [];
    const trial = await Trial.make(scope, seed, {
      more: ['mqtt: { clients: 2000 }'],
      machinesThrough: (port) => Proxy.open(port),
    });
    const { proxy } = trial;
    if (proxy === undefined) throw new Error('the machines have no proxy');
    const rounds = Math.max(troubles.length, Math.ceil(times / 8));
    trial.launch();
    await trial.recovered();
    for (let round = 0; round < rounds; round++) {
      const [name, forMs, begin] = troubles[round % troubles.length] ?? [];
      if (name === undefined || begin === undefined) break;
      begin(proxy);
      await wait((forMs ?? 0) * (1 + 0.5 * rng.uniform()));
      const isKilled = rng.uniform() < 0.25;
      if (isKilled) {
        await trial.kill();
        trial.launch();
      }
      proxy.line = {};
      await trial.recovered();
      note(
        `${name}${isKilled ? ', and killed' : ''}: ${trial.ledger.acknowledged.size} samples acknowledged`,
      );
    }
    const storms = Math.max(1, Math.ceil(times / 50));
    for (let i = 0; i < storms; i++) broken.push(...(await storm(trial, scope, note)));
    return { fault: network.name, tried: rounds + storms, ...(await trial.account()), broken };
  },
};

/** A thousand clients with sessions, from four addresses, whose broker comes back after a kill; they all try at once, and again. */
async function storm(
  trial: Trial,
  scope: Context['scope'],
  note: Context['note'],
): Promise<readonly string[]> {
  const clients = stormOf(scope, { port: trial.mqttPort, count: stormClients });
  await clients.allConnected(stormWithinMs);
  await trial.kill();
  const sinceMs = Date.now();
  trial.launch();
  await trial.recovered();
  const servedAfterMs = Date.now() - sinceMs;
  await clients.allConnected(stormWithinMs);
  const connectedAfterMs = Date.now() - sinceMs;
  const calm = await look(trial);
  clients.reconnect();
  await wait(3000);
  await clients.allConnected(stormWithinMs);
  const after = await look(trial);
  await clients.end();
  const missed = missedBetween(calm, after);
  note(
    `storm of ${stormClients} clients: machines served after ${(servedAfterMs / 1000).toFixed(1)} s, all connected after ` +
      `${(connectedAfterMs / 1000).toFixed(1)} s; when all come back at once ${(100 * missed).toFixed(2)} % of the ticks late, ` +
      `memory ${after.memoryMib.toFixed(0)} MiB`,
  );
  return missed <= missedAtMost ? [] : [`storm: ${(100 * missed).toFixed(1)} % of the ticks were late`];
}
