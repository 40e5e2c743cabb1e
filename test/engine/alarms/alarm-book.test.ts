/**
 * The alarm book by itself: its states are those of the state diagram of ISA-18.2 and IEC 62682, so the table of
 * transitions below is that diagram, written down from the standard and not from the code.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  AlarmBook,
  type AlarmChange,
  type AlarmSettings,
  type AlarmState,
} from '../../../src/engine/index.ts';
import { isSavedAlarm } from '../../../src/engine/alarms/index.ts';

const key = { twin: 'pump-1', kind: 'when', subject: 'too_hot' } as const;
const id = 'pump-1~when~too_hot';

function setUp(settings: Partial<AlarmSettings> = {}) {
  let nowMs = 0;
  const changes: AlarmChange[] = [];
  const dues: number[] = [];
  const book = new AlarmBook({ ...settings, nowMs: () => nowMs, onDue: (atMs) => dues.push(atMs) });
  book.onChange((change) => changes.push(change));
  return {
    book,
    changes,
    dues,
    told: () => changes.splice(0).map(({ change }) => change),
    state: () => book.find(id)?.state,
    at(ms: number) {
      nowMs = ms;
      book.advance(ms);
    },
    raise: (severity: 'warning' | 'critical' = 'warning') =>
      book.raise({ ...key, severity, message: 'too hot', cause: '`t > 80 [degC]` holds', atMs: nowMs }),
    clear: () => book.clear({ ...key, atMs: nowMs }),
  };
}

type Act = 'raise' | 'clear' | 'acknowledge' | 'shelve' | 'unshelve' | 'expire' | 'stand still' | 'move on';

function doAct(it: ReturnType<typeof setUp>, act: Act): void {
  if (act === 'raise') it.raise();
  else if (act === 'clear') it.clear();
  else if (act === 'acknowledge') it.book.acknowledge(id, { by: 'Ann' });
  else if (act === 'shelve') it.book.shelve(id, { by: 'Ann', untilMs: 1000, why: 'being mended' });
  else if (act === 'unshelve') it.book.unshelve(id, { by: 'Ann' });
  else if (act === 'expire') it.at(1000);
  else if (act === 'stand still')
    it.book.standStill('pump-1', { why: 'it stands still', except: 'quarantined' });
  else it.book.moveOn('pump-1');
}

/** Each row a path through the diagram, with the state after each act. */
const paths: readonly (readonly (readonly [Act, AlarmState])[])[] = [
  [
    ['raise', 'unacknowledged'],
    ['acknowledge', 'acknowledged'],
    ['clear', 'normal'],
    ['raise', 'unacknowledged'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['clear', 'returned'],
    ['acknowledge', 'normal'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['clear', 'returned'],
    ['raise', 'unacknowledged'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['acknowledge', 'acknowledged'],
    ['shelve', 'shelved'],
    ['unshelve', 'unacknowledged'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['shelve', 'shelved'],
    ['clear', 'shelved'],
    ['raise', 'shelved'],
    ['expire', 'unacknowledged'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['shelve', 'shelved'],
    ['clear', 'shelved'],
    ['expire', 'normal'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['stand still', 'suppressed'],
    ['move on', 'unacknowledged'],
  ],
  [
    ['raise', 'unacknowledged'],
    ['acknowledge', 'acknowledged'],
    ['stand still', 'suppressed'],
    ['clear', 'normal'],
    ['move on', 'normal'],
  ],
];

for (const path of paths) {
  test(`goes ${path.map(([act]) => act).join(', ')} as the state diagram says`, () => {
    const it = setUp();
    for (const [act, state] of path) {
      doAct(it, act);
      assert.equal(it.state(), state, act);
    }
  });
}

test('says what is wrong, why, how often and since when', () => {
  const it = setUp();
  it.at(5000);
  it.raise();
  it.at(6000);
  it.clear();
  it.at(80_000);
  it.raise('critical');
  assert.deepEqual(it.book.find(id), {
    id,
    ...key,
    severity: 'critical',
    state: 'unacknowledged',
    active: true,
    acknowledged: false,
    message: 'too hot',
    cause: '`t > 80 [degC]` holds',
    occurrences: 2,
    firstMs: 5000,
    raisedMs: 80_000,
    changedMs: 80_000,
    chattering: false,
  });
  assert.deepEqual(it.told(), ['raised', 'cleared', 'raised']);
});

test('the same said twice changes nothing', () => {
  const it = setUp();
  it.raise();
  it.raise();
  assert.deepEqual(it.told(), ['raised']);
  it.clear();
  it.clear();
  it.book.clear({ twin: 'pump-9', kind: 'when', atMs: 0 });
  assert.deepEqual(it.told(), ['cleared']);
  assert.equal(it.book.find(id)?.occurrences, 1);
});

test('one that becomes critical has to be seen again, one that becomes better has not', () => {
  const it = setUp();
  it.raise();
  it.book.acknowledge(id, { by: 'Ann' });
  it.raise('critical');
  assert.deepEqual([it.state(), it.book.find(id)?.acknowledgement], ['unacknowledged', undefined]);
  it.book.acknowledge(id, { by: 'Bob', note: 'on my way' });
  it.raise('warning');
  assert.equal(it.state(), 'acknowledged');
  assert.deepEqual(it.book.find(id)?.acknowledgement, { by: 'Bob', atMs: 0, note: 'on my way' });
  assert.equal(it.book.find(id)?.occurrences, 1);
});

test('what holds for less than the on-delay is no alarm; what holds longer is one from its end', () => {
  const it = setUp({ onDelayMs: 5000 });
  it.raise();
  assert.equal(it.book.find(id), undefined);
  it.at(4999);
  it.clear();
  it.at(20_000);
  assert.deepEqual([it.book.list(), it.book.statistics().kept], [[], 0]);
  it.raise();
  it.at(22_000);
  it.raise();
  it.at(24_999);
  assert.equal(it.book.find(id), undefined);
  it.at(26_000);
  assert.deepEqual([it.state(), it.book.find(id)?.raisedMs], ['unacknowledged', 25_000]);
  assert.deepEqual(it.dues, [5000, 25_000]);
});

test('an end shorter than the off-delay is none', () => {
  const it = setUp({ offDelayMs: 5000 });
  it.raise();
  it.at(1000);
  it.clear();
  assert.equal(it.state(), 'unacknowledged');
  it.at(3000);
  it.raise();
  it.at(10_000);
  assert.deepEqual([it.state(), it.book.find(id)?.occurrences], ['unacknowledged', 2]);
  it.clear();
  it.at(15_000);
  assert.deepEqual([it.state(), it.book.find(id)?.clearedMs], ['returned', 15_000]);
  assert.deepEqual(it.told(), ['raised', 'cleared']);
});

test('one that comes up three times in a minute chatters, and is held until it was quiet for a minute', () => {
  const it = setUp();
  for (let second = 0; second < 100; second++) {
    it.at(second * 1000);
    if (second % 2 === 0) it.raise();
    else it.clear();
  }
  const alarm = it.book.find(id);
  assert.deepEqual([alarm?.chattering, alarm?.state, alarm?.occurrences], [true, 'unacknowledged', 50]);
  // Three times up and twice down; from then on it stands.
  assert.deepEqual(it.told(), ['raised', 'cleared', 'raised', 'cleared', 'raised']);
  it.at(99_000 + 59_999);
  assert.equal(it.state(), 'unacknowledged');
  it.at(99_000 + 60_000);
  assert.deepEqual([it.state(), it.book.find(id)?.chattering], ['returned', false]);
});

test('refuses acts that do not fit', () => {
  const it = setUp({ longestShelvingMs: 10_000 });
  assert.throws(() => it.book.acknowledge(id, { by: 'Ann' }), { code: 'ALARM_UNKNOWN' });
  it.raise();
  assert.throws(() => it.book.acknowledge('pump-1~when~to_hot', { by: 'Ann' }), {
    code: 'ALARM_UNKNOWN',
    hint: /too_hot/,
  });
  assert.throws(() => it.book.unshelve(id, { by: 'Ann' }), { code: 'ALARM_STATE' });
  for (const untilMs of [0, -1, 10_001, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => it.book.shelve(id, { by: 'Ann', untilMs, why: 'x' }), { code: 'ALARM_TIME' });
  }
  it.book.acknowledge(id, { by: 'Ann' });
  assert.throws(() => it.book.acknowledge(id, { by: 'Bob' }), {
    code: 'ALARM_STATE',
    message: /already by Ann/,
  });
  assert.equal(it.state(), 'acknowledged');
  assert.deepEqual(it.book.statistics(), { kept: 1, raised: 1, dropped: 0, acknowledged: 1, shelved: 0 });
});

test('a twin out of service says nothing, and what is the reason of a standstill is not suppressed by it', () => {
  const it = setUp();
  it.book.suppress('pump-2', 'out of service: overhaul');
  it.book.raise({ twin: 'pump-2', kind: 'when', severity: 'warning', message: 'x', atMs: 0 });
  assert.equal(it.book.find('pump-2~when')?.suppression, 'out of service: overhaul');
  it.book.standStill('pump-2', { why: 'it stands still', except: 'quarantined' });
  it.book.moveOn('pump-2');
  assert.equal(it.book.find('pump-2~when')?.state, 'suppressed');
  it.book.raise({ twin: 'pump-1', kind: 'quarantined', severity: 'critical', message: 'x', atMs: 0 });
  it.book.standStill('pump-1', { why: 'it stands still', except: 'quarantined' });
  it.raise();
  assert.deepEqual(
    it.book.list({ twin: 'pump-1' }).map(({ kind, state }) => [kind, state]),
    [
      ['quarantined', 'unacknowledged'],
      ['when', 'suppressed'],
    ],
  );
});

test('lists what asks most first, and counts by severity and state', () => {
  const { book } = setUp();
  const say = (twin: string, severity: 'warning' | 'critical', atMs: number) =>
    book.raise({ twin, kind: 'when', severity, message: twin, atMs });
  say('a', 'warning', 1);
  say('b', 'critical', 2);
  say('c', 'warning', 3);
  say('d', 'critical', 4);
  say('e', 'warning', 5);
  book.acknowledge('d~when', { by: 'Ann' });
  book.clear({ twin: 'e', kind: 'when', atMs: 6 });
  say('f', 'warning', 7);
  book.acknowledge('f~when', { by: 'Ann' });
  book.clear({ twin: 'f', kind: 'when', atMs: 8 });
  assert.deepEqual(
    book.list().map(({ twin }) => twin),
    ['b', 'c', 'a', 'd', 'e'],
  );
  assert.deepEqual(
    book.list({ state: 'normal' }).map(({ twin }) => twin),
    ['f'],
  );
  assert.deepEqual(
    book.list({ severity: 'critical', twin: 'd' }).map(({ twin }) => twin),
    ['d'],
  );
  assert.deepEqual(book.counts(), {
    warning: { unacknowledged: 2, acknowledged: 0, returned: 1, shelved: 0, suppressed: 0 },
    critical: { unacknowledged: 1, acknowledged: 1, returned: 0, shelved: 0, suppressed: 0 },
  });
});

test('at the limits normal ones give way, then warnings to critical ones; the rest is dropped and counted', () => {
  const { book, changes } = setUp({ perTwin: 3, inAll: 5 });
  const say = (twin: string, subject: string, severity: 'warning' | 'critical' = 'warning') =>
    book.raise({ twin, kind: 'when', subject, severity, message: subject, atMs: 0 });
  const kept = () => book.list().map((alarm) => alarm.id.replace('~when~', ''));
  for (const subject of ['1', '2', '3']) assert.ok(say('a', subject));
  assert.equal(say('a', '4'), false);
  assert.equal(say('a', '5', 'critical'), true);
  assert.deepEqual(kept(), ['a5', 'a2', 'a3']);
  assert.equal(changes.at(-2)?.change, 'dropped');
  assert.equal(book.statistics().dropped, 2);
  book.clear({ twin: 'a', kind: 'when', subject: '2', atMs: 0 });
  book.acknowledge('a~when~2', { by: 'Ann' });
  assert.ok(say('a', '6'));
  assert.equal(book.find('a~when~2'), undefined);
  for (const twin of ['b', 'c']) assert.ok(say(twin, '1'));
  assert.equal(book.hasRoomFor('d', 'warning'), false);
  assert.equal(say('d', '1'), false);
  assert.ok(say('d', '1', 'critical'));
  assert.deepEqual([book.statistics().kept, book.statistics().dropped], [5, 4]);
  assert.deepEqual(kept(), ['a5', 'd1', 'a6', 'b1', 'c1']);
});

test('whatever happens, the counts are those of the list, the limits hold, and what was saved comes back', () => {
  const act = fc.record({
    what: fc.constantFrom(
      'raise',
      'raise',
      'clear',
      'acknowledge',
      'shelve',
      'unshelve',
      'still',
      'move',
      'wait',
    ),
    twin: fc.constantFrom('a', 'b', 'c'),
    subject: fc.constantFrom('1', '2', '3', '4', '5'),
    severity: fc.constantFrom('warning' as const, 'critical' as const),
    delayMs: fc.integer({ min: 0, max: 90_000 }),
  });
  const settings = { perTwin: 3, inAll: 7, onDelayMs: 500, offDelayMs: 700 };
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      let nowMs = 0;
      const book = new AlarmBook({ ...settings, nowMs: () => nowMs });
      for (const { what, twin, subject, severity, delayMs } of acts) {
        const known = `${twin}~when~${subject}`;
        try {
          if (what === 'raise') {
            book.raise({ twin, kind: 'when', subject, severity, message: 'm', atMs: nowMs });
          } else if (what === 'clear') book.clear({ twin, kind: 'when', subject, atMs: nowMs });
          else if (what === 'acknowledge') book.acknowledge(known, { by: 'Ann' });
          else if (what === 'shelve')
            book.shelve(known, { by: 'Ann', untilMs: nowMs + delayMs + 1, why: 'w' });
          else if (what === 'unshelve') book.unshelve(known, { by: 'Ann' });
          else if (what === 'still') book.standStill(twin, { why: 'still', except: 'x' });
          else if (what === 'move') book.moveOn(twin);
          else {
            nowMs += delayMs;
            book.advance(nowMs);
          }
        } catch (error) {
          assert.match(String((error as { code?: unknown }).code), /^ALARM_(UNKNOWN|STATE|TIME)$/);
        }
        assert.ok(book.statistics().kept <= 7);
        for (const one of ['a', 'b', 'c']) assert.ok(book.list({ twin: one }).length <= 3);
        for (const [grade, states] of Object.entries(book.counts())) {
          for (const [state, count] of Object.entries(states)) {
            const listed = book.list({ state: state as AlarmState, severity: grade as 'warning' });
            assert.equal(listed.length, count, `${grade} ${state}`);
          }
        }
      }
      const saved = JSON.parse(JSON.stringify(book.save())) as unknown[];
      assert.ok(saved.every(isSavedAlarm));
      const again = new AlarmBook({ ...settings, nowMs: () => nowMs });
      again.restore(saved.filter(isSavedAlarm));
      const plain = ({ id: known, active, acknowledged, occurrences }: { [K: string]: unknown }) => ({
        known,
        active,
        acknowledged,
        occurrences,
      });
      assert.deepEqual(
        again.save().map((one) => plain({ ...one })),
        book.save().map((one) => plain({ ...one })),
      );
    }),
    { seed: 18, numRuns: 300 },
  );
});
