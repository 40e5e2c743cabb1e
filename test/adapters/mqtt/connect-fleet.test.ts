/** A fleet and a transport joined: what goes in, what goes out, and how often. Both are small fakes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectFleet,
  type MessageListener,
  type MqttTransport,
  type Publication,
  type PublishingFleet,
} from '../../../src/adapters/mqtt/index.ts';
import { AlarmBook, type Snapshot, type TickReport, type TwinEvent } from '../../../src/engine/index.ts';

function setUp(publications: readonly Publication[], fleetEvents?: string) {
  const sent: string[] = [];
  const filters: string[] = [];
  let hear: MessageListener | undefined;
  let tick: ((report: TickReport) => void) | undefined;
  let tell: ((event: TwinEvent) => void) | undefined;
  let timeMs = 0;
  const delivered: unknown[] = [];

  const transport: MqttTransport = {
    start: async () => undefined,
    stop: async () => undefined,
    publish: (topic, payload, { qos, retain }) => {
      sent.push(`${topic} ${String(payload)}${qos === 1 ? ' qos1' : ''}${retain ? ' retained' : ''}`);
    },
    subscribe: (wanted) => filters.push(...wanted),
    isRead: (topic) => !topic.startsWith('unread/'),
    onMessage: (listener) => {
      hear = listener;
      return () => {
        hear = undefined;
      };
    },
    status: () => assert.fail('not asked for'),
    onStatus: () => () => undefined,
  };
  const fleet: PublishingFleet = {
    topics: () => ['gemel/a/telemetry'],
    alarms: new AlarmBook({ nowMs: () => 0 }),
    deliver: (message) => {
      delivered.push(message);
      return { accepted: 2, refused: [] };
    },
    recorded: async () => undefined,
    snapshot: (twin) =>
      twin === 'gone'
        ? undefined
        : ({ timeMs, toJson: () => `full@${timeMs}`, plain: () => `plain@${timeMs}` } as Snapshot),
    onTick: (listener) => {
      tick = listener;
      return () => {
        tick = undefined;
      };
    },
    onEvent: (listener) => {
      tell = listener;
      return () => {
        tell = undefined;
      };
    },
  };
  const connection = connectFleet({
    fleet,
    transport,
    publications,
    clock: { nowMs: () => 4_711 },
    ...(fleetEvents !== undefined && { fleetEvents }),
  });
  return {
    sent,
    filters,
    delivered,
    connection,
    message: (topic: string) => hear?.({ topic, payload: new Uint8Array([49]), qos: 1, retain: false }),
    tick: (atMs: number, ...twins: string[]) => {
      timeMs = atMs;
      const receivedMs = new Float64Array();
      tick?.({ twins, periodMs: 500, dueMs: atMs, finishedMs: atMs, seenMs: atMs, receivedMs });
    },
    tell: (event: TwinEvent) => tell?.(event),
  };
}

test('messages reach the fleet with the time of their arrival', () => {
  const { filters, delivered, message, connection } = setUp([]);
  void message('gemel/a/telemetry');
  assert.deepEqual(filters, ['gemel/a/telemetry']);
  assert.deepEqual(delivered, [
    { topic: 'gemel/a/telemetry', payload: new Uint8Array([49]), receivedMs: 4_711 },
  ]);
  const { received, accepted, refused } = connection.counters();
  assert.deepEqual([received, accepted, refused], [1, 2, 0]);
});

test('at its tick each twin is published as asked, also on several topics', () => {
  const { sent, tick, connection } = setUp([
    { twin: 'a', state: 'gemel/a/state', as: 'full', retain: false },
    { twin: 'a', state: 'twin/state', as: 'plain', retain: true },
    { twin: 'b', state: 'gemel/b/state', as: 'full', retain: false },
    { twin: 'gone', state: 'gemel/gone/state', as: 'full', retain: false },
  ]);
  tick(500, 'a', 'gone', 'unpublished');
  assert.deepEqual(sent, ['gemel/a/state full@500', 'twin/state plain@500 retained']);
  assert.equal(connection.counters().publishedStates, 2);
});

test('a state that nobody reads is not made, unless it is retained', () => {
  const { sent, tick } = setUp([
    { twin: 'a', state: 'unread/a', as: 'full', retain: false },
    { twin: 'a', state: 'unread/kept', as: 'plain', retain: true },
    { twin: 'b', state: 'gemel/b/state', as: 'full', retain: false },
  ]);
  tick(500, 'a', 'b');
  assert.deepEqual(sent, ['unread/kept plain@500 retained', 'gemel/b/state full@500']);
});

test('an interval lets one state through in each, and does not drift', () => {
  const { sent, tick } = setUp([{ twin: 'a', state: 's', as: 'plain', everyMs: 1_000, retain: false }]);
  // Ticks of 300 ms; one is a hair early by the rounding of doubles, and some are missed.
  for (const atMs of [0, 300, 600, 900, 999.9999999, 1_200, 1_500, 1_800, 2_100, 5_700, 6_000])
    tick(atMs, 'a');
  assert.deepEqual(
    sent.map((line) => line.replace('s plain@', '')),
    ['0', '999.9999999', '2100', '5700', '6000'],
  );
});

test('events leave at once, with QoS 1; those of several twins on their own topic', () => {
  const publications: Publication[] = [{ twin: 'a', events: 'gemel/a/events', as: 'full', retain: true }];
  const event: TwinEvent = {
    twin: 'a',
    timeMs: 500,
    kind: 'raised',
    severity: 'critical',
    message: 'too hot',
  };
  const { sent, tell, connection } = setUp(publications, 'gemel/events');
  tell(event);
  tell({ ...event, twin: 'b' });
  tell({ ...event, twin: '*', subject: 'x' });
  assert.deepEqual(sent, [
    'gemel/a/events {"twin":"a","time":"1970-01-01T00:00:00.500Z","kind":"raised","severity":"critical","message":"too hot"} qos1',
    'gemel/events {"twin":"*","time":"1970-01-01T00:00:00.500Z","kind":"raised","severity":"critical","message":"too hot","subject":"x"} qos1',
  ]);
  assert.equal(connection.counters().publishedEvents, 2);
});

test('after the stop nothing passes', () => {
  const { sent, delivered, message, tick, connection } = setUp([
    { twin: 'a', state: 's', as: 'plain', retain: false },
  ]);
  connection.stop();
  void message('gemel/a/telemetry');
  tick(500, 'a');
  assert.deepEqual([sent, delivered], [[], []]);
});
