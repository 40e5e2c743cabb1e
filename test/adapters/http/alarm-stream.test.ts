/** Alarms over the stream: all at first, then what changes, a flood of them, and what is not understood. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeFleet, type FakeFleet } from './fake-fleet.ts';
import { startServer } from './harness.ts';
import { connect, type Message } from './stream-client.ts';

interface Shown {
  readonly id: string;
  readonly state: string;
}

function raise(fleet: FakeFleet, twin: string, subject = 'too_hot'): void {
  fleet.alarms.raise({ twin, kind: 'when', subject, severity: 'warning', message: 'too hot', atMs: 0 });
}

const shown = (message: Message) => (message.alarms as Shown[]).map(({ id, state }) => `${id} ${state}`);
const unseen = (message: Message) =>
  (message.counts as { warning: { unacknowledged: number } }).warning.unacknowledged;

test('sends the alarms that there are, then those that change, beside the states', async (t) => {
  const { fleet, port } = await startServer(t);
  raise(fleet, 'pump-1');
  raise(fleet, 'machine');
  raise(fleet, '*');
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'alarms', twins: ['pump-*'] });
  assert.deepEqual(await client.next('subscribed'), {
    type: 'subscribed',
    topic: 'alarms',
    twins: ['pump-*'],
  });
  const first = await client.next('alarms');
  assert.deepEqual(shown(first), ['*~when~too_hot unacknowledged', 'pump-1~when~too_hot unacknowledged']);
  assert.equal(unseen(first), 3);

  client.say({ type: 'subscribe', twins: ['machine'] });
  await client.next('state');
  raise(fleet, 'machine', 'rattles');
  raise(fleet, 'pump-2');
  fleet.alarms.acknowledge('pump-2~when~too_hot', { by: 'Ann' });
  fleet.alarms.acknowledge('pump-1~when~too_hot', { by: 'Ann' });
  fleet.alarms.clear({ twin: 'pump-1', kind: 'when', subject: 'too_hot', atMs: 1 });
  assert.deepEqual(shown(await client.next('alarms')), [
    'pump-2~when~too_hot acknowledged',
    'pump-1~when~too_hot normal',
  ]);
  client.say({ type: 'unsubscribe', topic: 'alarms' });
  assert.deepEqual(await client.next('unsubscribed'), { type: 'unsubscribed', topic: 'alarms' });
  raise(fleet, 'pump-3');
  fleet.tick('machine');
  await client.next('state');
  assert.equal(client.received.filter(({ type }) => type === 'alarms').length, 2);
});

test('says so where there is none, and takes all twins where none is named', async (t) => {
  const { fleet, port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'alarms' });
  const first = await client.next('alarms');
  assert.deepEqual([shown(first), unseen(first)], [[], 0]);
  raise(fleet, 'machine');
  assert.deepEqual(shown(await client.next('alarms')), ['machine~when~too_hot unacknowledged']);
  raise(fleet, 'one-that-came-later');
  assert.deepEqual(shown(await client.next('alarms')), ['one-that-came-later~when~too_hot unacknowledged']);
});

test('a flood of alarms comes in few messages, each alarm once', async (t) => {
  const fleet = createFakeFleet(1000);
  const { port } = await startServer(t, { fleet });
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'alarms' });
  await client.next('alarms');
  for (let round = 0; round < 5; round++) {
    for (let i = 1; i <= 1000; i++) raise(fleet, `pump-${i}`, `s${round}`);
  }
  for (let i = 1; i <= 1000; i++) {
    fleet.alarms.clear({ twin: `pump-${i}`, kind: 'when', subject: 's0', atMs: 1 });
  }
  const seen = new Set<string>();
  let messages = 0;
  while (seen.size < 5000) {
    const message = await client.next('alarms');
    messages++;
    for (const line of shown(message)) {
      assert.ok(!seen.has(line), line);
      seen.add(line);
    }
  }
  assert.ok(messages < 50, `${messages} messages`);
  assert.equal([...seen].filter((line) => line.endsWith(' returned')).length, 1000);
});

test('what is not understood is answered, and what was shown goes on', async (t) => {
  const { fleet, port } = await startServer(t);
  const client = await connect(t, port);
  client.say({ type: 'subscribe', topic: 'alarms' });
  await client.next('alarms');
  for (const [message, code, detail] of [
    [{ type: 'subscribe', topic: 'alarm' }, 'STREAM_MESSAGE', /unknown topic "alarm"/],
    [{ type: 'subscribe', topic: 7 }, 'STREAM_MESSAGE', /unknown topic 7/],
    [{ type: 'subscribe', topic: 'alarms', signals: ['x'] }, 'STREAM_MESSAGE', /unknown field "signals"/],
    [{ type: 'subscribe', topic: 'alarms', twins: [] }, 'STREAM_MESSAGE', /#\/twins/],
    [{ type: 'subscribe', topic: 'alarms', twins: ['pmup-1'] }, 'TWIN_UNKNOWN', /there is no twin "pmup-1"/],
    [
      { type: 'subscribe', topic: 'alarms', twins: new Array(33).fill('*') },
      'STREAM_MESSAGE',
      /more than 32/,
    ],
    [{ type: 'unsubscribe', topic: 'everything' }, 'STREAM_MESSAGE', /unknown topic "everything"/],
  ] as const) {
    client.say(message);
    const answer = await client.next('error');
    assert.equal(answer.code, code);
    assert.match(String(answer.detail), detail);
  }
  raise(fleet, 'pump-1');
  assert.deepEqual(shown(await client.next('alarms')), ['pump-1~when~too_hot unacknowledged']);
});
