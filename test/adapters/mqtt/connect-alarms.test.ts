/** Alarms over MQTT: retained while there is something to see, and acknowledged by whoever sends a proper message. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectFleet,
  createEmbeddedBroker,
  type PublishingFleet,
} from '../../../src/adapters/mqtt/index.ts';
import { AlarmBook } from '../../../src/engine/index.ts';
import { connectClient, until } from './support.ts';

const acknowledgements = 'gemel/alarms/acknowledge';

async function setUp(t: { after(undo: () => unknown): void }) {
  const alarms = new AlarmBook({ nowMs: () => 1000 });
  const delivered: string[] = [];
  const refused: string[] = [];
  const fleet: PublishingFleet = {
    alarms,
    topics: () => ['gemel/+/telemetry'],
    deliver: ({ topic }) => {
      delivered.push(topic);
      return { accepted: 1, refused: [] };
    },
    recorded: async () => undefined,
    snapshot: () => undefined,
    onTick: () => () => undefined,
    onEvent: () => () => undefined,
  };
  const broker = createEmbeddedBroker({ hosts: ['127.0.0.1'], port: 0 });
  const raise = (twin: string, kind: string, subject?: string) =>
    alarms.raise({
      twin,
      kind,
      severity: 'warning',
      message: 'too hot',
      atMs: 1000,
      ...(subject !== undefined && { subject }),
    });
  raise('a', 'when', 'early');
  const connection = connectFleet({
    fleet,
    transport: broker,
    clock: { nowMs: () => 0 },
    publications: [
      { twin: 'a', alarms: 'gemel/a/alarms', as: 'full', retain: false },
      { twin: 'quiet', as: 'full', retain: false },
    ],
    fleetAlarms: 'gemel/alarms',
    acknowledgements,
    onRefused: (why) => refused.push(why),
  });
  await broker.start();
  connection.publishAlarms();
  t.after(() => {
    connection.stop();
    return broker.stop();
  });
  const [url = ''] = broker.status().addresses;
  const listen = async () => {
    const ear = await connectClient(url, ['gemel/+/alarms/#', 'gemel/alarms/#']);
    t.after(() => ear.client.endAsync(true));
    return ear;
  };
  return { alarms, raise, connection, delivered, refused, listen };
}

test('each alarm is retained under its own topic, and gone once it is normal', async (t) => {
  const { alarms, raise, listen } = await setUp(t);
  const early = await listen();
  await until('the alarm of before is there', () => early.heard.length === 1);
  assert.deepEqual([early.heard[0]?.topic, early.heard[0]?.retain], ['gemel/a/alarms/when/early', true]);
  raise('a', 'quarantined');
  raise('a', 'finding', 'x/+#');
  raise('*', 'worker-failed');
  raise('quiet', 'when');
  alarms.acknowledge('a~when~early', { by: 'Ann' });
  alarms.clear({ twin: 'a', kind: 'when', subject: 'early', atMs: 2000 });
  alarms.clear({ twin: 'a', kind: 'quarantined', atMs: 2000 });
  await until('all changes are heard', () => early.heard.length === 7);
  assert.deepEqual(
    early.heard.slice(1).map(({ topic, text }) => `${topic} ${text === '' ? '' : JSON.parse(text).state}`),
    [
      'gemel/a/alarms/quarantined unacknowledged',
      'gemel/a/alarms/finding/x%2F%2B%23 unacknowledged',
      'gemel/alarms/worker-failed unacknowledged',
      'gemel/a/alarms/when/early acknowledged',
      'gemel/a/alarms/when/early ',
      'gemel/a/alarms/quarantined returned',
    ],
  );
  const late = await listen();
  await until('the retained ones are there', () => late.heard.length === 3);
  const kept = late.heard.find(({ topic }) => topic.endsWith('quarantined'));
  assert.deepEqual(JSON.parse(kept?.text ?? ''), {
    id: 'a~quarantined',
    twin: 'a',
    kind: 'quarantined',
    severity: 'warning',
    state: 'returned',
    active: false,
    message: 'too hot',
    occurrences: 1,
    first: '1970-01-01T00:00:01.000Z',
    raised: '1970-01-01T00:00:01.000Z',
    cleared: '1970-01-01T00:00:02.000Z',
    changed: '1970-01-01T00:00:02.000Z',
  });
});

test('an acknowledgement is taken; what is none is counted, and said to whoever looks after the engine', async (t) => {
  const { alarms, connection, delivered, refused, listen } = await setUp(t);
  const { client } = await listen();
  const send = (payload: string | Buffer, retain = false) =>
    client.publishAsync(acknowledgements, payload, { qos: 1, retain });
  await send(JSON.stringify({ alarm: 'a~when~early', by: ' Ann ', note: 'on my way' }));
  await until('it is taken', () => connection.counters().acknowledgements === 1);
  assert.deepEqual(alarms.find('a~when~early')?.acknowledgement, {
    by: 'Ann',
    atMs: 1000,
    note: 'on my way',
  });
  const bad: readonly (readonly [string | Buffer, RegExp])[] = [
    ['', /not JSON/],
    ['yes', /not JSON/],
    [Buffer.from([0xff, 0xfe]), /not JSON/],
    ['7', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{}', /`alarm` and `by`/],
    ['{"alarm":"a~when~early"}', /`alarm` and `by`/],
    ['{"alarm":"a~when~early","by":" "}', /`alarm` and `by`/],
    ['{"alarm":"a~when~early","by":"A\\nnn"}', /`alarm` and `by`/],
    ['{"alarm":"a~when~early","by":"Ann","note":7}', /`note`/],
    ['{"alarm":"nonsense","by":"Ann"}', /there is no alarm `nonsense`/],
    ['{"alarm":"a~when~early","by":"Bob"}', /already by Ann/],
    [`"${'x'.repeat(5000)}"`, /longer than 4096 bytes/],
  ];
  for (const [payload] of bad) await send(payload);
  await until('all are refused', () => refused.length === bad.length);
  for (const [index, [, why]] of bad.entries()) assert.match(refused[index] ?? '', why);
  assert.equal(connection.counters().refusedAcknowledgements, bad.length);
  alarms.clear({ twin: 'a', kind: 'when', subject: 'early', atMs: 2000 });
  alarms.raise({ twin: 'a', kind: 'when', subject: 'early', severity: 'warning', message: 'x', atMs: 3000 });
  await send(JSON.stringify({ alarm: 'a~when~early', by: 'Ann' }), true);
  await until('it is refused', () => refused.length === bad.length + 1);
  assert.match(refused.at(-1) ?? '', /retained/);
  assert.equal(alarms.find('a~when~early')?.state, 'unacknowledged');
  assert.deepEqual([delivered, connection.counters().received], [[], 0]);
  await client.publishAsync('gemel/a/telemetry', '{}', { qos: 1 });
  await until('a sample goes to the fleet', () => delivered.length === 1);
});
