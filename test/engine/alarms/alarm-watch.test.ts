/** What events alone tell: findings, that no column of a frame has. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmWatch } from '../../../src/engine/alarms/alarm-watch.ts';
import { severities } from '../../../src/engine/snapshot/event.ts';
import { AlarmBook, type TwinEvent } from '../../../src/engine/index.ts';
import { tank } from '../support.ts';

test('a finding is an alarm until it is over, and another one about the same sensor has to be seen anew', () => {
  const book = new AlarmBook({ nowMs: () => 0 });
  const watch = new AlarmWatch(book);
  watch.add('a', tank);
  const hear = (kind: TwinEvent['kind'], message: string, timeMs: number) =>
    watch.hear({ twin: 'a', kind, severity: severities[kind], message, subject: 'level', timeMs });
  const state = () => book.find('a~sensor-suspected~level')?.state;
  hear('sensor-cleared', 'as usual again', 0);
  assert.equal(state(), undefined);
  hear('sensor-suspected', '`level` reads beside', 1000);
  assert.equal(state(), 'unacknowledged');
  book.acknowledge('a~sensor-suspected~level', { by: 'Ann' });
  hear('sensor-suspected', '`level` repeats one value', 2000);
  assert.deepEqual(
    [state(), book.find('a~sensor-suspected~level')?.message],
    ['unacknowledged', '`level` repeats one value'],
  );
  hear('sensor-cleared', 'as usual again', 3000);
  assert.equal(state(), 'returned');
  hear('health-changed', '`level` has changed', 4000);
  assert.equal(book.find('a~health-changed~level')?.state, 'unacknowledged');
  hear('diagnosed', '`level` reads beside', 5000);
  assert.equal(book.find('a~diagnosed~level')?.state, 'unacknowledged');
  hear('diagnosis-over', 'as usual again', 6000);
  assert.equal(book.find('a~diagnosed~level')?.state, 'returned');
  const machine = {
    twin: 'a',
    severity: 'warning',
    message: 'the machine has changed',
    timeMs: 7000,
  } as const;
  watch.hear({ ...machine, kind: 'diagnosed' });
  assert.equal(book.find('a~diagnosed')?.state, 'unacknowledged', 'the machine has no name');
  watch.hear({ twin: 'b', kind: 'raised', severity: 'warning', message: 'x', subject: 'y', timeMs: 0 });
  assert.deepEqual(book.list({ twin: 'b' }), [], 'a twin that is not there');
});
