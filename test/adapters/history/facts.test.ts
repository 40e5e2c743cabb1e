/** Facts in a file from before there were any, and last values whose samples were too old to keep. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { HistoryStore } from '../../../src/adapters/history/store.ts';

let directory = '';
let store: HistoryStore;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'gemel-facts-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(): HistoryStore {
  return new HistoryStore(path.join(directory, 'history.sqlite'), { blockSamples: 8, pendingRows: 20 });
}

test('a file from before there were facts gets them', () => {
  store.close();
  const database = new DatabaseSync(path.join(directory, 'history.sqlite'));
  database.exec('DROP TABLE fact; DROP TABLE fact_key');
  database.close();
  store = open();
  assert.equal(store.firstFactMs(), undefined);
  store.note([{ kind: 'event', twin: 'a', subject: '', timeMs: 1000, holds: false, data: '{}' }]);
  assert.equal(store.firstFactMs(), 1000);
});

test('the last value is none whose samples were too old to keep', () => {
  const number = store.series({ twin: 'a', signal: 'level', unit: 'm' });
  store.write({
    series: new Uint32Array(30).fill(number),
    timesMs: Float64Array.from({ length: 30 }, (_, i) => i * 1000),
    values: Float64Array.from({ length: 30 }, (_, i) => i),
  });
  store.seal();
  store.forget(10_000);
  assert.deepEqual(store.lastValues({ twins: ['a'], timeMs: 3000 }), []);
  assert.equal(store.lastValues({ twins: ['a'], timeMs: 20_500 })[0]?.value, 20);
});
