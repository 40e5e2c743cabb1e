/** docs/alarms.md against the engine: its limits, its states, and its metrics. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { createMetrics } from '../../src/adapters/metrics/index.ts';
import { alarmStates } from '../../src/engine/alarms/alarm.ts';
import { alarmDefaults } from '../../src/engine/index.ts';
import { createFakeFleet } from '../adapters/http/fake-fleet.ts';
import { readPage } from './page.ts';

const page = readPage('docs/alarms.md');

test('the limits are those of the engine', () => {
  for (const words of [
    `| alarms of one twin | ${alarmDefaults.perTwin} |`,
    `| alarms in all | ${alarmDefaults.inAll.toLocaleString('en')} |`,
    `less than ${alarmDefaults.healthWarningPercent} % of its`,
    `${alarmDefaults.longestShelvingMs / 3_600_000} h at most unless`,
  ]) {
    assert.ok(page.includes(words), words);
  }
});

test('the table of states is the whole', () => {
  const named = [...page.matchAll(/^\| `([a-z]+)` \| (?:(?:holds|is over|either) \||\| (?=the book))/gm)].map(
    ([, state]) => state,
  );
  assert.deepEqual(named.toSorted(), [...alarmStates].toSorted());
});

test('the metrics are those that there are', async (t) => {
  const metrics = createMetrics({ fleet: createFakeFleet(), version: '1' });
  t.after(() => metrics.stop());
  const text = await metrics.render();
  const ours = [...text.matchAll(/^# TYPE (gemel_(?:alarms|health)\w*)/gm)].map(([, name]) => name);
  assert.ok(ours.length >= 7);
  const named = [...page.matchAll(/`(gemel_(?:alarms|health)[a-z_]*)/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(named)].toSorted(), ours.toSorted());
});
