/**
 * What `npm start` runs, on free ports: from its start to the first state of a twin that a subscriber of MQTT gets,
 * and that REST answers with.
 *
 * `start.live` goes on to the first state of a twin that computes, since telemetry of the plant has come.
 *
 * It runs in a directory that looks like the repository: everything in it is a link, only the example is a copy.
 */

import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { copyProject, root } from './lib/engine.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { type Child, freePorts, type Scope, until, wait } from './lib/scope.ts';
import { median } from './lib/statistics.ts';

const limitSeconds = 2;
const example = 'examples/pump-station';
const patienceMs = 20_000;
/** How long the first state that follows telemetry is waited for, once there is one. */
const runningWithinMs = 5000;

/** Seconds from the start of the process. */
interface Started {
  readonly mqtt: number;
  readonly http: number;
  /** The first state of a twin that computes, since its telemetry has come; undefined if there was none. */
  readonly running: number | undefined;
}

export const start: Bench = {
  name: 'start',
  summary: 'npm start to the first published state, beside `node -e 0`',
  about:
    'From the call of npm start to the first state of a twin that a subscriber of MQTT gets, broker, database and page included. ' +
    'The start of Node itself stands beside it: the difference is ours.',
  async run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
    const command = readStartCommand();
    const env = { TMPDIR: scope.directory() };
    const cold = await startOnce(scope, command, env);
    const runs: Started[] = [];
    const bare: number[] = [];
    for (let run = 0; run < (quick ? 3 : 5); run++) {
      runs.push(await startOnce(scope, command, env));
      bare.push((await scope.run(process.execPath, ['-e', '0'])).milliseconds / 1000);
    }
    note(`start: ${['node', ...command].join(' ')}`);
    note(
      `over REST after ${readable(median(runs.map(({ http }) => http)))} s; over MQTT after ` +
        `${readable(cold.mqtt)} s the first time ever, without compiled code in the cache`,
    );
    const value = median(runs.map((it) => it.mqtt));
    const peer = { name: 'node -e 0', value: median(bare) };
    const live = runs.flatMap((it) => it.running ?? []);
    if (live.length === 0) note('no twin had telemetry');
    return [
      atMost(limitSeconds, { name: 'start', value, unit: 's', peer }),
      ...(live.length === 0 ? [] : [{ name: 'start.live', value: median(live), unit: 's' }]),
    ];
  },
};

/** The arguments of node in the script `start`. */
function readStartCommand(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [node, ...args] = scripts.start.split(/\s+/);
  if (node !== 'node') throw new Error(`npm start does not run node but ${scripts.start}`);
  return args;
}

async function startOnce(
  scope: Scope,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const cwd = scope.directory();
  mkdirSync(join(cwd, 'examples'));
  copyProject(example, join(cwd, example));
  for (const name of ['src', 'studio', 'docs', 'models', 'node_modules', 'package.json']) {
    symlinkSync(join(root, name), join(cwd, name));
  }
  const [http = 0, broker = 0] = await freePorts(2);
  const ports = ['--port', String(http), '--mqtt-port', String(broker)];
  const began = performance.now();
  const child = scope.start(process.execPath, [...command, ...ports], { cwd, env });
  try {
    const [subscribed, rest] = await Promise.all([
      firstStates(`mqtt://127.0.0.1:${broker}`, child),
      until('a state over REST', () => hasState(http), { child, withinMs: patienceMs }).then(() =>
        performance.now(),
      ),
    ]);
    const since = (milliseconds: number) => (milliseconds - began) / 1000;
    return {
      mqtt: since(subscribed.any),
      http: since(rest),
      running: subscribed.running === undefined ? undefined : since(subscribed.running),
    };
  } finally {
    await scope.stop(child);
  }
}

/** Subscribes as soon as the broker is there. Times by `performance.now()`. */
async function firstStates(url: string, child: Child): Promise<{ any: number; running: number | undefined }> {
  let any: number | undefined;
  let running: number | undefined;
  const client = mqtt.connect(url, { reconnectPeriod: 10 });
  client.on('error', () => undefined); // it is not there yet
  client.on('connect', () => client.subscribe('gemel/+/state'));
  client.on('message', (_topic, payload) => {
    any ??= performance.now();
    if (payload.includes('"status":"running"')) running ??= performance.now();
  });
  try {
    const first = await until('a state over MQTT', () => any, { child, withinMs: patienceMs });
    for (let waited = 0; running === undefined && waited < runningWithinMs; waited += 20) await wait(20);
    return { any: first, running };
  } finally {
    client.end(true);
  }
}

async function hasState(port: number): Promise<true | undefined> {
  try {
    const url = `http://127.0.0.1:${port}/api/v1/twins/pump-1/state`;
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok || undefined;
  } catch {
    return undefined; // not listening yet
  }
}
