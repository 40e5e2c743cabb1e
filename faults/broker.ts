/**
 * Machines send to Mosquitto, and the engine reads from it. Mosquitto is ended and started again, the line between both is cut, slow,
 * half open or says things twice, and the engine is killed, all under load.
 *
 * Two accounts. Where Mosquitto ends in order it keeps what it has: then all that it acknowledged to the machines must be in the
 * journal. Killed, it loses what it had not written, which is not ours to keep: then all that it passed on and that the engine
 * acknowledged to it must be there. What Mosquitto lost is told.
 */

import { Mosquitto, withoutMosquitto } from '../bench/lib/mosquitto.ts';
import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { Passed } from './lib/passed.ts';
import { Proxy } from './lib/proxy.ts';
import { recordedSamples } from './lib/reference.ts';
import { keyOf } from './lib/ledger.ts';
import { addUp, type Context, type Fault, nothing, type Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

/** What waited behind a slow or dead line is not too late. */
const latenessSeconds = 240;
/** The engine waits up to 30 s between attempts, and notices a half open line after 45 s. */
const recoveredWithinMs = 80_000;

const quietMs = 3000;

interface Parts {
  readonly trial: Trial;
  readonly mosquitto: Mosquitto;
  readonly proxy: Proxy;
}

type Trouble = readonly [name: string, act: (parts: Parts) => Promise<void>];

const line: readonly Trouble[] = [
  ['line cut', async ({ proxy }) => proxy.cut()],
  ['line delayed by 400 ms', async ({ proxy }) => slow(proxy, { delayMs: 400 })],
  ['line halved to 6 kB/s', async ({ proxy }) => slow(proxy, { bytesPerSecond: 6000 })],
  ['everything twice', async ({ proxy }) => slow(proxy, { repeats: true })],
  ['engine killed', ({ trial }) => again(trial)],
];
const inOrder: Trouble = ['Mosquitto restarted', ({ mosquitto }) => restart(mosquitto, 'SIGTERM')];
const killed: Trouble = ['Mosquitto killed', ({ mosquitto }) => restart(mosquitto, 'SIGKILL')];
const halfOpen: Trouble = ['line half open', async ({ proxy }) => proxy.silence()];

export const broker: Fault = {
  name: 'broker',
  summary: 'a broker outside (Mosquitto) is killed and restarted, the line to it cut, slow, half open',
  async run(context: Context): Promise<Outcome> {
    if (withoutMosquitto !== undefined) {
      context.note(withoutMosquitto);
      return { fault: broker.name, tried: 0, ...nothing, broken: [] };
    }
    const { times } = context;
    // Each trouble at least once, unless only a few are asked for.
    const most = times < 20 ? 2 : Math.max(7, Math.ceil(times / 8));
    const ordered = await attempt(context, { troubles: [inOrder, ...line], rounds: most, isOurs: false });
    const troubles = times >= 40 ? [killed, halfOpen, ...line] : [killed, ...line];
    const hard = await attempt(context, { troubles, rounds: most, isOurs: true });
    return { fault: broker.name, ...addUp(ordered, hard) };
  },
};

interface Plan {
  readonly troubles: readonly Trouble[];
  readonly rounds: number;
  /** Only what the engine acknowledged counts. */
  readonly isOurs: boolean;
}

async function attempt(
  { seed, scope, note }: Context,
  { troubles, rounds, isOurs }: Plan,
): Promise<Omit<Outcome, 'fault'>> {
  const rng = new Rng(seed);
  const mosquitto = await Mosquitto.start(scope, (directory) => [
    'user root',
    'persistence true',
    `persistence_location ${directory}/`,
  ]);
  const passed = new Passed(latenessSeconds);
  const proxy = await Proxy.open(mosquitto.port, passed.tap);
  const trial = await Trial.make(scope, seed, {
    isBreakable: true,
    latenessSeconds,
    more: [`mqtt: { url: "mqtt://127.0.0.1:${proxy.port}" }`],
    machinesTo: mosquitto.port,
    served: passed.ledger,
  });
  trial.launch();
  await trial.recovered();
  // Mosquitto keeps nothing for an engine that has never been there.
  trial.ledger.acknowledged.clear();
  for (let round = 0; round < rounds; round++) {
    const [name, act] = troubles[round % troubles.length] ?? inOrder;
    await wait(300 + 1500 * rng.uniform());
    await act({ trial, mosquitto, proxy });
    await trial.recovered(recoveredWithinMs);
    note(
      `${name}: ${passed.ledger.acknowledged.size} samples passed on and acknowledged to Mosquitto, ` +
        `${trial.ledger.acknowledged.size} acknowledged to the machines`,
    );
  }
  await trial.settle();
  await quiet(passed);
  const account = await trial.account();
  proxy.close();
  await mosquitto.end('SIGTERM');
  const present = new Set((await recordedSamples(trial.journal)).map(keyOf));
  const lostByUs = passed.ledger.missingIn(present);
  if (isOurs)
    note(`Mosquitto, killed, lost ${account.lost} samples that it had acknowledged to the machines`);
  return {
    ...account,
    tried: rounds,
    acknowledged: isOurs ? passed.ledger.acknowledged.size : account.acknowledged,
    // What the engine acknowledged to Mosquitto, Mosquitto had acknowledged to the machines.
    lost: isOurs ? lostByUs : Math.max(account.lost, lostByUs),
    broken: [],
  };
}

/** Until nothing has been passed on for a while: what waits in Mosquitto is not lost. */
async function quiet({ ledger }: Passed): Promise<void> {
  while (performance.now() - ledger.newestMs < quietMs) await wait(100);
}

async function slow(proxy: Proxy, how: Proxy['line']): Promise<void> {
  proxy.line = how;
  await wait(2500);
  proxy.line = {};
}

async function again(trial: Trial): Promise<void> {
  await trial.kill();
  trial.launch();
}

async function restart(mosquitto: Mosquitto, how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await mosquitto.end(how);
  await wait(1000);
  await mosquitto.launch();
}
