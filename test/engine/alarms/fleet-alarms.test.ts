/** Alarms of a fleet: what raises and ends them by itself, what a restart keeps, and a flood of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type Fleet,
  type FromShard,
  type ShardLink,
} from '../../../src/engine/index.ts';
import { kinds, memoryStore, modelOf, startFleet, startMs, twinOf } from '../support.ts';

/** A tank that a `when` watches, that can leave the finite numbers, and that wears; all exact in binary. */
const vessel = modelOf(
  `
gemel: 1
model: vessel
version: 1.0.0
units: unchecked
solver: { step: 0.5 s }
inputs:
  flow: { unit: l/s, default: 0 }
states:
  volume: { unit: l, start: 0 }
  wall: { unit: mm, start: 10 }
equations:
  spare: 2 * wall
  der(volume): flow
  der(wall): if(volume > 1000, -flow / 0, 0) - if(volume < 0, 1, 0)
when:
  full: { condition: volume > 8, raise: tank full, severity: critical }
  half: { condition: volume > 4, raise: half full, severity: info }
  splash: { condition: volume > 20, raise: overflow, reset: { volume: 0 } }
health:
  shell: { of: wall, nominal: 10, fails: below 2 }
  rest: { of: spare, nominal: 20, fails: below 0 }
`.replace(' -flow / 0,', ' exp(volume),'),
);

const start = (twins = [twinOf('a', vessel)], more: Partial<Parameters<typeof startFleet>[1]> = {}) =>
  startFleet(twins, { models: [vessel], ...more });

const shown = (fleet: Fleet) =>
  fleet.alarms.list().map(({ id, state, severity }) => `${id} ${severity} ${state}`);

test('a `when` with a message is an alarm for as long as its condition holds; one that informs is none', async () => {
  const { fleet, clock, send } = await start();
  send('a', { flow: 4 });
  await clock.advance(4000);
  assert.deepEqual(shown(fleet), ['a~when~full critical unacknowledged']);
  const [alarm] = fleet.alarms.list();
  assert.deepEqual(
    [alarm?.message, alarm?.cause, alarm?.raisedMs],
    ['tank full', '`volume > 8` holds', startMs + 3000],
  );
  assert.ok(kinds(fleet).filter((kind) => kind === 'raised').length === 2);
  send('a', { flow: -4 });
  await clock.advance(4000);
  assert.deepEqual(shown(fleet), ['a~when~full critical returned']);
  fleet.alarms.acknowledge('a~when~full', { by: 'Ann', note: 'drained' });
  assert.deepEqual(shown(fleet), []);
  const [newest, before] = fleet.events();
  assert.deepEqual(
    [newest?.kind, newest?.message],
    ['alarm-acknowledged', 'Ann acknowledged: tank full (drained)'],
  );
  assert.deepEqual(
    [before?.kind, before?.message, before?.subject],
    ['alarm-cleared', 'over: tank full', 'full'],
  );
  await fleet.stop();
});

test('what was over before the frame came is an alarm all the same, for somebody to see', async () => {
  const { fleet, clock, send } = await start();
  send('a', { flow: 64 });
  await clock.advance(1000);
  // 32, and overflow: 0; 32 again and 0. The splash came up and went within one tick.
  assert.equal(fleet.snapshot('a')?.state('volume'), 0);
  assert.equal(fleet.alarms.find('a~when~splash')?.state, 'returned');
  await fleet.stop();
});

test('a quarantine is an alarm that suppresses the others of its twin until it recovers', async () => {
  const { fleet, clock, send } = await start();
  send('a', { flow: 10 });
  await clock.advance(1000);
  send('a', { flow: 1e6 });
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), [
    'a~quarantined critical unacknowledged',
    'a~when~full critical suppressed',
  ]);
  assert.match(fleet.alarms.list()[0]?.message ?? '', /`wall` left the finite numbers/);
  send('a', { flow: 0 });
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), ['a~when~full critical unacknowledged', 'a~quarantined critical returned']);
  assert.ok(!kinds(fleet).includes('alarm-cleared'), 'the recovery told of it');
  await fleet.stop();
});

test('a health is a warning below 20 % of its life and critical once it has failed', async () => {
  const { fleet, clock, send } = await start([twinOf('a', vessel, { start: { volume: -1000 } })]);
  // The wall loses 1 mm a second: 8 mm of life from 10 to 2, 20 % of it left at 3.6 mm.
  const percents: (number | undefined)[] = [];
  for (let second = 1; second <= 6; second++) {
    await clock.advance(1000);
    percents.push(fleet.snapshot('a')?.health('shell').percent);
  }
  assert.deepEqual(percents, [87.5, 75, 62.5, 50, 37.5, 25]);
  assert.deepEqual(shown(fleet), []);
  await clock.advance(1000);
  assert.deepEqual(fleet.snapshot('a')?.health('shell'), { value: 3, percent: 12.5 });
  assert.deepEqual(fleet.snapshot('a')?.health('rest'), { value: 6, percent: 30 });
  const [warning] = fleet.alarms.list();
  assert.deepEqual(shown(fleet), ['a~health~shell warning unacknowledged']);
  assert.deepEqual(
    [warning?.message, warning?.cause],
    ['shell: 13 % of its life left', '`wall` is 3 mm; it fails below 2 mm'],
  );
  fleet.alarms.acknowledge('a~health~shell', { by: 'Ann' });
  await clock.advance(2000);
  assert.deepEqual(shown(fleet), [
    'a~health~shell critical unacknowledged',
    'a~health~rest warning unacknowledged',
  ]);
  assert.deepEqual(JSON.parse(fleet.snapshot('a')?.toJson() ?? '').health, {
    shell: { value: 1, percent: 0 },
    rest: { value: 2, percent: 10 },
  });
  assert.throws(() => fleet.snapshot('a')?.health('shel'), { code: 'SIGNAL_UNKNOWN', hint: /`shell`/ });
  assert.deepEqual(kinds(fleet).filter((kind) => kind === 'alarm-raised').length, 3);
  send('a', { flow: 2000 });
  await fleet.stop();
});

test('a sensor that falls silent is an alarm until it is heard again', async () => {
  const tank = modelOf(`
gemel: 1
model: tank
version: 1.0.0
units: unchecked
states:
  level: { unit: m, start: 1 }
equations:
  der(level): 0
measurements:
  gauge: { equals: level, unit: m }
`);
  const { fleet, clock, send } = await startFleet([twinOf('a', tank)], { models: [tank] });
  for (let second = 0; second < 10; second++) {
    send('a', { gauge: 1 + second / 100 });
    await clock.advance(1000);
  }
  assert.deepEqual(shown(fleet), []);
  await clock.advance(10_000);
  assert.deepEqual(shown(fleet), ['a~sensor-silent~gauge warning unacknowledged']);
  assert.match(
    fleet.alarms.list()[0]?.message ?? '',
    /^`gauge` has said nothing for .* s; usually it does every 1 s$/,
  );
  send('a', { gauge: 2 });
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), ['a~sensor-silent~gauge warning returned']);
  assert.deepEqual(
    kinds(fleet).filter((kind) => kind.startsWith('alarm')),
    [],
    'events of the sensor told of both',
  );
  await fleet.stop();
});

test('a restart keeps what was seen and shelved, and ends what no longer holds', async () => {
  const checkpoints = memoryStore();
  const first = await start([twinOf('a', vessel), twinOf('b', vessel)], { checkpoints });
  for (const id of ['a', 'b']) first.send(id, { flow: 4 });
  await first.clock.advance(4000);
  first.send('a', { flow: 0 });
  first.send('b', { flow: -1 });
  await first.clock.advance(1000);
  first.fleet.alarms.acknowledge('a~when~full', { by: 'Ann' });
  first.fleet.alarms.shelve('b~when~full', { by: 'Bob', untilMs: startMs + 60_000, why: 'draining' });
  await first.fleet.stop();

  const clock = createManualClock(startMs + 30_000);
  const second = await start([twinOf('a', vessel), twinOf('b', vessel)], { checkpoints, clock });
  assert.deepEqual(shown(second.fleet), [
    'a~when~full critical acknowledged',
    'b~when~full critical shelved',
  ]);
  assert.equal(second.fleet.alarms.find('a~when~full')?.acknowledgement?.by, 'Ann');
  await clock.advance(10_000);
  assert.equal(second.fleet.alarms.find('b~when~full')?.active, false);
  second.send('b', { flow: 0 });
  await clock.advance(20_000);
  assert.deepEqual(shown(second.fleet), ['a~when~full critical acknowledged']);
  assert.equal(second.fleet.events()[0]?.kind, 'alarm-unshelved');
  await second.fleet.stop();

  // The clause is gone from the next version of the model, and so is the twin b.
  const without = modelOf(
    JSON.stringify({ ...vessel.document, version: '1.0.1', when: { half: vessel.document.when?.['half'] } }),
  );
  const third = await startFleet([twinOf('a', without)], { models: [without], checkpoints, clock });
  assert.deepEqual(shown(third.fleet), []);
  assert.equal(third.fleet.alarms.find('b~when~full'), undefined);
  await third.fleet.stop();
});

test('a condition that holds from the start raises no event, but is an alarm', async () => {
  const { fleet, clock } = await start([twinOf('a', vessel, { start: { volume: 9 } })]);
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), ['a~when~full critical unacknowledged']);
  assert.deepEqual(kinds(fleet), ['alarm-raised']);
  await fleet.stop();
});

test('a twin out of service raises alarms that say nothing, and waits as the project says', async () => {
  const clock = createManualClock(startMs);
  const fleet = await createFleet({
    models: [vessel],
    twins: [
      twinOf('a', vessel, { start: { volume: 9 }, outOfService: 'overhaul' }),
      twinOf('b', vessel, { start: { volume: 9 } }),
    ],
    shards: [createLocalShard(clock)],
    clock,
    alarms: { onDelayMs: 2500 },
  });
  await clock.advance(2000);
  assert.deepEqual(shown(fleet), []);
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), ['b~when~full critical unacknowledged', 'a~when~full critical suppressed']);
  assert.equal(fleet.alarms.find('a~when~full')?.suppression, 'out of service: overhaul');
  assert.equal(fleet.alarms.find('b~when~full')?.raisedMs, startMs + 2500);
  await fleet.stop();
});

test('a thousand twins at once: each alarm is there or counted, and an old one that ends makes room', async () => {
  const twins = Array.from({ length: 1000 }, (_, i) => twinOf(`t-${i}`, vessel, { start: { volume: 9 } }));
  const clock = createManualClock(startMs);
  const fleet = await createFleet({
    models: [vessel],
    twins,
    shards: [createLocalShard(clock), createLocalShard(clock)],
    clock,
    alarms: { inAll: 900 },
  });
  await clock.advance(5000);
  assert.deepEqual(fleet.alarms.statistics(), {
    kept: 900,
    raised: 900,
    dropped: 100,
    acknowledged: 0,
    shelved: 0,
  });
  assert.equal(fleet.alarms.counts().critical.unacknowledged, 900);
  const kept = new Set(fleet.alarms.list().map(({ twin }) => twin));
  const waiting = twins.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  assert.equal(waiting.length, 100);
  fleet.setInputs('t-0', { flow: -9 });
  await clock.advance(2000);
  fleet.alarms.acknowledge('t-0~when~full', { by: 'Ann' });
  await clock.advance(1000);
  assert.equal(fleet.alarms.find('t-0~when~full'), undefined);
  const came = fleet.alarms.list().filter(({ twin }) => waiting.includes(twin));
  assert.equal(came.length, 1);
  assert.equal(fleet.alarms.statistics().dropped, 100);
  await fleet.stop();
});

test('a twin that comes while others run has its alarms; one that goes takes them with it', async () => {
  const { fleet, clock } = await start();
  await fleet.add(twinOf('late', vessel, { start: { volume: 9 } }));
  await clock.advance(1000);
  assert.deepEqual(shown(fleet), ['late~when~full critical unacknowledged']);
  const states: string[] = [];
  fleet.alarms.onChange(({ alarm }) => states.push(alarm.state));
  await fleet.remove('late');
  await clock.advance(1000);
  assert.deepEqual([shown(fleet), states, fleet.alarms.statistics().kept], [[], ['dropped'], 0]);
  assert.equal(fleet.alarms.statistics().dropped, 0, 'nothing was lost');
  await fleet.add(twinOf('late', vessel, { start: { volume: 9 } }));
  await clock.advance(1000);
  assert.equal(fleet.alarms.find('late~when~full')?.occurrences, 1);
  await fleet.stop();
});

test('a checkpoint that fails and a worker that dies are alarms of the process', async () => {
  const checkpoints = memoryStore();
  const { save } = checkpoints;
  checkpoints.save = async () => {
    throw new Error('the disk is full');
  };
  const clock = createManualClock(startMs);
  const shard = createLocalShard(clock);
  let listener: ((message: FromShard) => void) | undefined;
  const link: ShardLink = {
    ...shard,
    onMessage(next) {
      listener = next;
      shard.onMessage(next);
    },
  };
  const fleet = await createFleet({
    models: [vessel],
    twins: [twinOf('a', vessel)],
    shards: [link],
    clock,
    checkpoints,
    checkpointEveryMs: 5000,
  });
  await clock.advance(5000);
  assert.deepEqual(shown(fleet), ['*~checkpoint-failed critical unacknowledged']);
  checkpoints.save = save;
  listener?.({ kind: 'failed', message: 'out of memory' });
  await clock.advance(5000);
  assert.deepEqual(shown(fleet), [
    '*~worker-failed critical unacknowledged',
    '*~checkpoint-failed critical returned',
  ]);
  await fleet.stop();
  const second = await start([twinOf('a', vessel)], { checkpoints, clock });
  assert.deepEqual(
    second.fleet.alarms.list().map(({ id, active }) => [id, active]),
    [
      ['*~checkpoint-failed', false],
      ['*~worker-failed', false],
    ],
  );
  await second.fleet.stop();
});
