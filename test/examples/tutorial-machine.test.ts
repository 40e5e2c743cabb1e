/**
 * The tutorial machine, as its README describes it: what it publishes, what its two routes answer, the programs that
 * read it, and its arithmetic. Every expected number comes from `update` below, the machine's formulas in plain
 * doubles, or from Python's doubles.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { compileModel, createTwin } from '../../src/index.ts';
import { copyExample, isFree, type Program, root, start, startEngine, subscribe, until } from './support.ts';

interface Machine {
  readonly temperature: number;
  readonly vibration: number;
  readonly rpm: number;
  readonly timestamp: number;
}

const newborn: Machine = { temperature: 65, vibration: 2.1, rpm: 1500, timestamp: 0 };

/** One update by hand. */
function update({ temperature, vibration, rpm, timestamp }: Machine, dt: number, ambient: number): Machine {
  return {
    temperature: temperature + (ambient - temperature) * 0.05 * dt,
    vibration: Math.max(0.5, vibration + (rpm - 1500) * 0.001),
    rpm: Math.trunc(rpm * 0.999 + 1500 * 0.001),
    timestamp: timestamp + dt,
  };
}

/** The engine's own updates, each by 0.5 at 22, until the machine's clock shows this. */
function runUntil(machine: Machine, timestamp: number): Machine {
  let now = machine;
  while (now.timestamp < timestamp) now = update(now, 0.5, 22);
  return now;
}

// ---- arithmetic, without a process -------------------------------------------------------------------------------

const updates = 10_000;
/** Now and then another step and other weather, so that not everything settles. */
const dtOf = (i: number) => (i % 5 === 0 ? 1 : 0.5);
const ambientOf = (i: number) => (i % 7 === 0 ? 30 : 22);
/** As the machine begins, and spinning fast, so that vibration and speed move too. */
const starts: readonly Machine[] = [
  newborn,
  { temperature: -3.7, vibration: 0.1, rpm: 2875, timestamp: 0.1 },
];

test('10,000 updates agree bit for bit with the formulas in doubles', () => {
  for (const first of starts) {
    const expected = history(first, (i, before) => update(before, dtOf(i), ambientOf(i)));
    assert.deepEqual(computed(first), expected);
  }
});

test('10,000 updates agree bit for bit with the formulas in Python', (t) => {
  const python = findPython();
  if (python === undefined) return t.skip('no Python 3 here');
  const program = `
for line in ${JSON.stringify(starts.map((it) => Object.values(it)))}:
    temperature, vibration, rpm, timestamp = line
    for i in range(${updates}):
        dt = 1.0 if i % 5 == 0 else 0.5
        ambient = 30 if i % 7 == 0 else 22
        temperature += (ambient - temperature) * 0.05 * dt
        vibration = max(0.5, vibration + (rpm - 1500) * 0.001)
        rpm = int(rpm * 0.999 + 1500 * 0.001)
        timestamp += dt
        print(repr(temperature), repr(vibration), repr(rpm), repr(timestamp))
`;
  const { status, stdout, stderr } = spawnSync(python, ['-c', program], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, starts.length * updates);
  assert.deepEqual(
    lines.map((line) => line.split(' ').map(Number)),
    starts.flatMap((first) => computed(first).map((it) => Object.values(it))),
  );
});

function computed(first: Machine): readonly Machine[] {
  const file = join(root, 'examples/tutorial-machine/models/tutorial-machine.yaml');
  const { model, diagnostics } = compileModel({ file, text: readFileSync(file, 'utf8') });
  assert.ok(model, JSON.stringify(diagnostics));
  const twin = createTwin(model, { start: { ...first } });
  return history(first, (i) => {
    twin.set('ambient', ambientOf(i));
    twin.step(dtOf(i));
    return {
      temperature: twin.state('temperature'),
      vibration: twin.state('vibration'),
      rpm: twin.state('rpm'),
      timestamp: twin.state('timestamp'),
    };
  });
}

function history(first: Machine, next: (i: number, before: Machine) => Machine): readonly Machine[] {
  const all: Machine[] = [];
  for (let i = 0; i < updates; i++) all.push(next(i, all.at(-1) ?? first));
  return all;
}

function findPython(needs = 'math'): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', `import ${needs}`], { timeout: 20_000 }).status === 0,
  );
}

// ---- the project, running ----------------------------------------------------------------------------------------

test('the tutorial machine, running', { timeout: 240_000 }, async (t) => {
  const directory = copyExample(t, 'tutorial-machine');
  // Its own port if it is free: then the programs below run to the letter.
  const wanted = (await isFree(1883)) ? '1883' : '0';
  const engine = await startEngine(t, directory, ['--mqtt-port', wanted]);
  const published = await subscribe(t, engine.mqttUrl, 'twin/state');
  const states = () => published.map(({ text }) => parse(text));
  const enough = (count: number) =>
    until(`${count} messages on twin/state`, engine, () => (published.length >= count ? true : undefined));
  const post = (query: string) => fetch(`${engine.page}/update${query}`, { method: 'POST' });
  await enough(9);

  await t.test('twin/state: four numbers in order, nothing else', () => {
    for (const { text } of published) {
      assert.match(text, /^\{"temperature":[-\d.e]+,"vibration":[-\d.e]+,"rpm":\d+,"timestamp":[\d.]+\}$/);
    }
  });

  await t.test('a message every 500 ms', () => {
    const gaps = published.slice(1).map(({ atMs }, i) => atMs - (published[i]?.atMs ?? 0));
    const median = gaps.toSorted((a, b) => a - b)[gaps.length >> 1];
    assert.ok(
      median !== undefined && median > 400 && median < 600,
      `gaps of ${gaps.map(Math.round).join(', ')} ms`,
    );
  });

  await t.test('each message is 0.5 after the one before, at 22 degrees', () => {
    const seen = states();
    const first = seen[0];
    assert.ok(first);
    for (const state of seen) assert.deepEqual(state, runUntil(first, state.timestamp));
    // A copy begins from the start: the whole past follows from the formulas.
    assert.deepEqual(first, runUntil(newborn, first.timestamp));
  });

  await t.test('GET /state returns that object', async () => {
    const response = await fetch(`${engine.page}/state`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    const text = await response.text();
    await until('the same object on twin/state', engine, () => published.find((it) => it.text === text));
  });

  await t.test(
    'an ambient that is missing or no number is a 422 with its reason, and changes nothing',
    async () => {
      const refused = [
        '',
        '?ambient=',
        '?ambient=warm',
        '?ambient=NaN',
        '?ambient=Infinity',
        '?ambient=-Infinity',
      ];
      for (const query of [
        ...refused,
        '?ambient=1e999',
        '?ambient=22degC',
        '?ambient=30&ambient=31',
        '?ambiant=30',
      ]) {
        const response = await post(query);
        assert.equal(response.status, 422, query);
        assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
        const { status, title, detail } = (await response.json()) as Record<string, unknown>;
        assert.equal(status, 422);
        assert.ok(typeof title === 'string' && title !== '');
        assert.match(String(detail), /ambi[ae]nt/, query);
      }
      const seen = published.length;
      await enough(seen + 2);
      const [first, last] = [states()[0], states().at(-1)];
      assert.ok(first && last);
      assert.deepEqual(last, runUntil(first, last.timestamp));
    },
  );

  await t.test('POST /update updates the same twin by 1.0 with that ambient, and returns it', async () => {
    for (const ambient of [30, -12.5, 3e1]) {
      const response = await post(`?ambient=${ambient}`);
      assert.equal(response.status, 200);
      const after = parse(await response.text());
      await until('the next message', engine, () => states().find((it) => it.timestamp > after.timestamp));
      const seen = states();
      // Ticks go on between: what was before is the newest message, carried on to one second before the answer.
      const before = seen.findLast(({ timestamp }) => timestamp <= after.timestamp - 1);
      const next = seen.find(({ timestamp }) => timestamp > after.timestamp);
      assert.ok(before && next);
      assert.deepEqual(after, update(runUntil(before, after.timestamp - 1), 1, ambient));
      assert.deepEqual(next, runUntil(after, next.timestamp), 'it goes on from there, at 22 degrees again');
    }
  });

  await t.test('the JavaScript program reads it', async () => {
    const file = join(directory, 'subscriber.js');
    if (engine.mqttPort !== 1883) t.diagnostic(`1883 is taken: subscriber.js was told ${engine.mqttPort}`);
    usePort(file, engine.mqttPort);
    const program = start(t, [file]);
    await until('three states from subscriber.js', program, () => threeLines(program));
    await program.stop();
  });

  await t.test('the Python program reads it', async (t2) => {
    const python = findPython('paho.mqtt.subscribe');
    if (python === undefined) return t2.skip('paho-mqtt for Python is not here (python3-paho-mqtt)');
    const file = join(directory, 'subscriber.py');
    usePort(file, engine.mqttPort);
    const program = start(t, [file], { command: python });
    await until('three states from subscriber.py', program, () => threeLines(program));
    await program.stop();
  });

  await t.test('it stops in order', async () => {
    assert.equal(await engine.stop(), 0, engine.output());
  });
});

function parse(text: string): Machine {
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === 'object' && value !== null);
  assert.deepEqual(Object.keys(value), ['temperature', 'vibration', 'rpm', 'timestamp']);
  assert.ok(Object.values(value).every((it) => typeof it === 'number'));
  return value as Machine;
}

/** What the program is told instead of 1883, if that was not free. */
function usePort(file: string, port: number): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes('1883'));
  assert.ok(text.trimEnd().split('\n').length <= 8, 'eight lines');
  writeFileSync(file, text.replaceAll('1883', String(port)));
}

/** Whether a program has printed three states, one after the other. */
function threeLines(program: Program): true | undefined {
  const lines = program.stdout().match(/twin\/state[^\n]*\{[^}]*\}/g) ?? [];
  const times = lines.map((line) => Number(/['"]?timestamp['"]?: ([\d.]+)/.exec(line)?.[1]));
  return times.length >= 3 && times.every((time, i) => i === 0 || time > (times[i - 1] ?? time))
    ? true
    : undefined;
}
