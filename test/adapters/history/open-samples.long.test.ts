/** What is open of a history in memory: the samples of many series in common arrays, and which series there are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenSamples } from '../../../src/adapters/history/open-samples.ts';
import { SeriesIndex } from '../../../src/adapters/history/series-index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

test('open samples of many series are those of a map for each, in order of time', () => {
  const seed = 20_261_122;
  const rng = new Rng(seed);
  const open = new OpenSamples();
  const peers = Array.from({ length: 200 }, () => {
    open.push();
    return new Map<number, number>();
  });
  for (let i = 0; i < 100_000; i++) {
    const series = rng.below(peers.length);
    const [timeMs, value] = [rng.below(1000), rng.below(1_000_000)];
    open.put(series, timeMs, value);
    peers[series]?.set(timeMs, value);
    if (rng.below(100) > 0) continue;
    const cleared = rng.below(peers.length);
    open.clear(cleared);
    peers[cleared]?.clear();
  }
  for (const [series, peer] of peers.entries()) {
    const sorted = [...peer].toSorted(([a], [b]) => a - b);
    const { timesMs, values } = open.points(series);
    assert.deepEqual([[...timesMs], [...values]], [sorted.map(([at]) => at), sorted.map(([, of]) => of)]);
    assert.equal(open.lastMs(series), sorted.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY, `seed ${seed}`);
  }
});

test('of a signal that had several units the last used is that of now, wherever it stands among the others', () => {
  const index = new SeriesIndex();
  const level = { twin: 'tank', signal: 'level' };
  const flow = { twin: 'tank', signal: 'flow', unit: 'm3/h' };
  const numbers = ['m', 'cm', 'mm'].map((unit) => index.add({ ...level, unit }));
  const other = index.add(flow);
  assert.deepEqual(index.find(level), numbers);
  assert.equal(index.use({ ...level, unit: 'm' }), numbers[0]);
  assert.deepEqual(index.find(level), [numbers[1], numbers[2], numbers[0]]);
  assert.equal(index.use({ ...level, unit: 'mm' }), numbers[2]);
  assert.deepEqual(
    index.of('tank').map(({ signal, unit }) => `${signal} ${unit}`),
    ['level mm', 'flow m3/h'],
  );
  assert.equal(index.use({ ...level, unit: 'ft' }), undefined);
  assert.equal(index.use(flow), other);
  assert.deepEqual(index.at(other), flow);
  assert.deepEqual(index.of('nobody'), []);
});
