/**
 * The pump station: three twins beside a plant that is a process of its own. A fault of the plant shows in what the
 * twins compare; a plant that dies leaves twins that go on and say how old their samples are; and the program that
 * runs both leaves nothing behind, however it is ended.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { copyExample, freePorts, type Owner, type Program, start, startEngine, until } from './support.ts';

const pumps = ['pump-1', 'pump-2', 'pump-3'] as const;

interface Reading {
  readonly measured?: number;
  readonly expected?: number;
  readonly innovation?: number;
  readonly time?: string;
}

interface State {
  readonly time: string;
  readonly tick: number;
  readonly status: string;
  readonly states: Readonly<Record<string, number>>;
  readonly measurements: Readonly<Record<string, Reading>>;
}

interface Station extends Program {
  readonly page: string;
  readonly mqttUrl: string;
}

test('the station runs, and a fault of the plant shows', { timeout: 240_000 }, async (t) => {
  const directory = copyExample(t, 'pump-station');
  const station = await startStation(t, directory);
  await allRunning(station);

  await t.test('the twins follow the plant: what they expect is near what it measures', async () => {
    const near = { speed: 60, flow: 25, discharge_pressure: 0.4, motor_power: 4, winding_temperature: 12 };
    const limits: Readonly<Record<string, number>> = { ...near, bearing_temperature: 15, vibration: 1 };
    for (const pump of pumps) {
      // Right after a change of its set-point a pump may be elsewhere for a moment.
      await until(`${pump} near its twin`, station, async () => {
        const { measurements } = await stateOf(station, pump);
        assert.deepEqual(Object.keys(measurements).toSorted(), Object.keys(limits).toSorted());
        return Object.entries(limits).every(
          ([name, limit]) => Math.abs(innovation(measurements, name)) < limit,
        )
          ? true
          : undefined;
      });
    }
  });

  await t.test('a failing bearing is seen as wear, and alarmed; the other pumps are as before', async () => {
    await fault(station, directory, ['pump-2', 'bearing', '1']);
    await until('wear of some 80 %', station, async () => {
      const { wear = 0 } = (await stateOf(station, 'pump-2')).states;
      return wear > 65 && wear < 95 ? wear : undefined;
    });
    await until('an alarm for the bearings', station, async () => {
      const { alarms } = await json<{ alarms: readonly { twin: string; subject: string }[] }>(
        station,
        '/api/v1/alarms',
      );
      return alarms.find(({ twin, subject }) => twin === 'pump-2' && subject === 'bearings');
    });
    assert.ok(((await stateOf(station, 'pump-1')).states['wear'] ?? 100) < 15);
  });

  await t.test('a thermometer that reads too much is told from a machine that has changed', async () => {
    await fault(station, directory, ['pump-3', 'sensor', '1']);
    const { message } = await until('who is at fault', station, async () => {
      const { events } = await json<{ events: readonly { twin: string; kind: string; message: string }[] }>(
        station,
        '/api/v1/events',
      );
      return events.find(({ twin, kind }) => twin === 'pump-3' && kind === 'diagnosed');
    });
    assert.match(
      message,
      /^`bearing_temperature` reads beside the value that the model and the other sensors agree on/,
    );
  });

  await t.test('the fault switched off, it runs quietly again', async () => {
    await fault(station, directory, ['pump-2', 'bearing', '0']);
    await until('little wear', station, async () => {
      const { wear = 100 } = (await stateOf(station, 'pump-2')).states;
      return wear < 15 ? true : undefined;
    });
  });

  await t.test('a fault that there is not is refused, with those there are', async () => {
    const program = start(t, [
      join(directory, 'fault.ts'),
      'pump-2',
      'bearng',
      '1',
      '--url',
      station.mqttUrl,
    ]);
    assert.equal(await program.exited, 2);
    assert.match(program.output(), /bearing\|clogged\|impeller\|sensor/);
  });

  await t.test('SIGTERM ends both processes in order', async () => {
    const children = childrenOf(station.pid);
    assert.equal(await station.stop('SIGTERM'), 0, station.output());
    await allGone(station, children);
    assert.ok(existsSync(join(directory, '.gemel')), 'with a checkpoint');
  });
});

test('the plant dies and comes back', { timeout: 240_000 }, async (t) => {
  const directory = copyExample(t, 'pump-station');
  const [port] = await freePorts(1);
  // Before the engine: a plant waits for its broker.
  const first = startPlant(port);
  const engine = await startEngine(t, directory, ['--mqtt-port', String(port), '--log-level', 'warn']);
  await allRunning(engine);
  await first.stop('SIGKILL');

  // What came just before the end takes effect with the next ticks.
  const alone = await until('a twin without new samples', engine, async () => {
    const state = await stateOf(engine, 'pump-1');
    return ageMs(state) > 1500 ? state : undefined;
  });
  const later = await until('twins that go on without samples', engine, async () => {
    const state = await stateOf(engine, 'pump-1');
    return state.tick >= alone.tick + 8 && ageMs(state) > 3000 ? state : undefined;
  });
  assert.equal(later.status, 'running');
  assert.equal(later.measurements.flow?.innovation, alone.measurements.flow?.innovation);

  startPlant(port);
  for (const pump of pumps) {
    await until(`samples of ${pump} again`, engine, async () => {
      const state = await stateOf(engine, pump);
      return state.tick > later.tick && ageMs(state) < 1500 ? true : undefined;
    });
  }

  function startPlant(mqttPort: number | undefined): Program {
    return start(t, [join(directory, 'plant.ts'), '--url', `mqtt://localhost:${mqttPort}`]);
  }
});

for (const [how, signal] of [
  ['Ctrl-C, which reaches both', 'SIGINT'],
  ['a kill of the first alone', 'SIGKILL'],
] as const) {
  test(`nothing is left over after ${how}`, { timeout: 120_000 }, async (t) => {
    const station = await startStation(t, copyExample(t, 'pump-station'));
    await allRunning(station);
    const children = childrenOf(station.pid);
    process.kill(signal === 'SIGINT' ? -station.pid : station.pid, signal);
    const code = await station.exited;
    assert.equal(code, signal === 'SIGINT' ? 0 : 'SIGKILL', station.output());
    await allGone(station, children);
  });
}

/** start.ts, as `npm start` runs it. */
async function startStation(owner: Owner, directory: string): Promise<Station> {
  const [port, mqttPort] = await freePorts(2);
  const options = ['--port', String(port), '--mqtt-port', String(mqttPort)];
  const program = start(owner, [join(directory, 'start.ts'), ...options], { ownGroup: true });
  const page = `http://localhost:${port}`;
  await until('the address of the page', program, () => (program.stdout().includes(page) ? true : undefined));
  return { ...program, page, mqttUrl: `mqtt://localhost:${mqttPort}` };
}

async function allRunning(station: Station): Promise<void> {
  for (const pump of pumps) {
    await until(`${pump} running, with every sensor`, station, async () => {
      const { status, measurements } = await stateOf(station, pump);
      const readings = Object.values(measurements);
      const complete = readings.length > 0 && readings.every(({ measured }) => measured !== undefined);
      return status === 'running' && complete ? true : undefined;
    });
  }
}

function stateOf(station: Pick<Station, 'page'>, pump: string): Promise<State> {
  return json<State>(station, `/api/v1/twins/${pump}/state`);
}

async function json<T>({ page }: Pick<Station, 'page'>, path: string): Promise<T> {
  const response = await fetch(`${page}${path}`);
  assert.equal(response.status, 200);
  return (await response.json()) as T;
}

function innovation(measurements: State['measurements'], name: string): number {
  return measurements[name]?.innovation ?? Number.NaN;
}

/** How long before the state its newest sample of the flow was taken. */
function ageMs({ time, measurements }: State): number {
  return Date.parse(time) - Date.parse(measurements.flow?.time ?? '');
}

async function fault({ mqttUrl }: Station, directory: string, words: readonly string[]): Promise<void> {
  const owner = { after: () => undefined };
  const program = start(owner, [join(directory, 'fault.ts'), ...words, '--url', mqttUrl]);
  assert.equal(await program.exited, 0, program.output());
}

/** The ids of the processes that a process has started; none where the system does not say. */
function childrenOf(pid: number): readonly number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(list)) return [];
  const children = readFileSync(list, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  assert.equal(children.length, 1, 'the plant is the one child');
  return children;
}

/** Waits until the processes are gone. */
async function allGone(station: Station, children: readonly number[]): Promise<void> {
  const never = new Promise<never>(() => undefined);
  await until('the plant gone', { exited: never, output: station.output }, () =>
    children.every((pid) => !existsSync(`/proc/${pid}`)) ? true : undefined,
  );
}
