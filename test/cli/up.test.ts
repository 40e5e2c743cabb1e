/** `gemel up` as a process: it answers, stops in order, goes on from its checkpoint, and says why it cannot start. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { decayModel, directoryWith, type Ended, firstLine, gemel, start } from './run.ts';

const project = (more = '') => `
gemel: 1
models: [decay.yaml]
checkpoint: { every: 200 ms }
twins:
  d-{1..2}: { model: decay, period: 50 ms, inputs: { ambient: 20 } }
${more}`;

interface Up {
  readonly page: string;
  readonly broker: string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
}

/** Starts a project on free ports and waits until it says where it is. */
async function up(directory: string): Promise<Up> {
  const running = start(['up', directory, '--port', '0', '--mqtt-port', '0', '--json']);
  const { page, broker } = JSON.parse(await firstLine(running));
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    running.child.kill(signal);
    return running.ended;
  };
  return { page, broker, stop };
}

async function stateOf(page: string, twin: string) {
  const response = await fetch(`${page}/api/v1/twins/${twin}/state`);
  assert.equal(response.status, 200);
  const { tick, states, time } = await response.json();
  return { tick, temperature: states.temperature, time: Date.parse(time) };
}

/** Asks every 20 ms until the first twin has come so far. */
async function stateAtTick(page: string, tick: number) {
  for await (const _ of setInterval(20)) {
    const state = await stateOf(page, 'd-1');
    if (state.tick >= tick) return state;
  }
  return assert.fail('unreachable');
}

test('a project runs, stops in order on SIGTERM, and goes on from there', async () => {
  const directory = directoryWith({ 'gemel.yaml': project(), 'decay.yaml': decayModel });
  const first = await up(directory);
  assert.match(first.page, /^http:\/\/localhost:\d+$/);
  assert.match(first.broker, /^mqtt:\/\/localhost:\d+$/);
  const before = await stateAtTick(first.page, 10);
  const stopping = performance.now();
  const ended = await first.stop();
  assert.equal(ended.code, 0, ended.stderr);
  assert.ok(performance.now() - stopping < 5000);
  assert.ok(readdirSync(join(directory, '.gemel')).some((file) => file.startsWith('checkpoint')));
  for (const line of ended.stderr.trim().split('\n')) assert.equal(typeof JSON.parse(line).msg, 'string');

  const second = await up(directory);
  const after = await stateOf(second.page, 'd-1');
  assert.ok(after.tick > before.tick, `tick ${after.tick} comes after ${before.tick}`);
  assert.ok(after.temperature < before.temperature && after.temperature > 20);
  assert.equal((await second.stop('SIGINT')).code, 0);
});

test('a second start of the same project leaves the first alone', async () => {
  const directory = directoryWith({ 'gemel.yaml': project(), 'decay.yaml': decayModel });
  const first = await up(directory);
  const second = await gemel(['up', directory, '--port', '0', '--mqtt-port', '0']);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /is in use by process \d+[\s\S]*\[CHECKPOINT_LOCKED\]/);
  assert.ok((await stateOf(first.page, 'd-2')).tick >= 0);
  assert.equal((await first.stop()).code, 0);
});

test('a port in use is named, with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const directory = directoryWith({ 'gemel.yaml': project(), 'decay.yaml': decayModel });
  const page = await gemel(['up', directory, '--port', port, '--mqtt-port', '0']);
  const broker = await gemel(['up', directory, '--port', '0', '--mqtt-port', port]);
  taken.close();
  for (const { code, stderr, stdout } of [page, broker]) {
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`${port}[\\s\\S]*choose another port[\\s\\S]*\\[PORT_IN_USE\\]`));
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

test('listening beyond this computer is said loudly', async () => {
  const directory = directoryWith({ 'gemel.yaml': project(), 'decay.yaml': decayModel });
  const running = start(['up', directory, '--port', '0', '--mqtt-port', '0', '--host', '0.0.0.0']);
  await firstLine(running);
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  assert.equal(code, 0);
  assert.match(stderr, /"level":"warn".*LISTENING BEYOND THIS COMPUTER/);
});

test('a project with mistakes does not start, and shows them', async () => {
  const directory = directoryWith({ 'gemel.yaml': project('wrokers: 2'), 'decay.yaml': decayModel });
  const { code, stderr } = await gemel(['up', directory]);
  assert.equal(code, 1);
  assert.match(stderr, /did you mean `workers`\?[\s\S]*was not started[\s\S]*\[PROJECT_INVALID\]/);
});

test('a checkpoint that cannot be written is told, the twins go on, and the end is not 0', async () => {
  const directory = directoryWith({ 'gemel.yaml': project(), 'decay.yaml': decayModel });
  const running = await up(directory);
  const before = await stateOf(running.page, 'd-1');
  // Where the directory was there is a file now: as on a full disk, nothing can be written any more.
  renameSync(join(directory, '.gemel'), join(directory, '.gone'));
  writeFileSync(join(directory, '.gemel'), '');
  await stateAtTick(running.page, before.tick + 10);
  const { code, stderr } = await running.stop();
  assert.equal(code, 1);
  assert.match(stderr, /"level":"error".*checkpoint/);
});

test('what is played reaches the twin', async () => {
  const directory = directoryWith({
    'gemel.yaml': project(),
    'decay.yaml': decayModel,
    'record.csv': 'time,t_amb,note\n0,30,-\n1,31,-\n',
  });
  const { broker, page, stop } = await up(directory);
  const record = [
    'play',
    join(directory, 'record.csv'),
    '--map',
    't_amb=ambient',
    '--speed',
    '20x',
    '--json',
  ];
  const { code, stdout, stderr } = await gemel([...record, '--to', broker, '--topic', 'gemel/d-1/telemetry']);
  assert.equal(code, 0, stderr);
  const { messages, rows } = JSON.parse(stdout);
  assert.deepEqual([messages, rows], [2, 2]);
  for await (const _ of setInterval(20)) {
    const response = await fetch(`${page}/api/v1/twins/d-1/state`);
    if ((await response.json()).inputs.ambient === 31) break;
  }
  assert.equal((await stop()).code, 0);
});
