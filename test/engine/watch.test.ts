/** What is told of each sample to whoever looks for drift and faults. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock, Shard } from '../../src/engine/index.ts';
import { shardTwin } from '../../src/engine/membership.ts';
import { sampleColumns } from '../../src/engine/messages.ts';
import type { Compared } from '../../src/engine/watch.ts';
import { modelOf, startMs, tank, twinOf } from './support.ts';

const filtered = modelOf(`
gemel: 1
model: filtered
version: 1.0.0
units: unchecked
solver: { step: 0.25 s }
states: { x: { unit: "1", start: 0, noise: 1 1/s^0.5, uncertainty: 3 } }
equations: { der(x): 0 }
measurements:
  first: { equals: x, unit: "1", noise: 2 }
  second: { equals: x, unit: "1" }
`);

test('samples come in the order of their times; a late one takes the twin back, and they come again', async () => {
  const told: string[] = [];
  const clock = createManualClock(startMs);
  const watch = {
    compared: (twin: number, { measurement, timeMs, innovation, deviation, rejected }: Compared) => {
      const what = Number.isNaN(deviation) ? 'compared' : rejected ? 'rejected' : 'corrected';
      told.push(`${twin} ${measurement} at ${timeMs - startMs}: ${Math.round(innovation)} ${what}`);
    },
    back: (twin: number, toMs: number) => void told.push(`${twin} back to ${toMs - startMs}`),
  };
  const shard = new Shard({ clock, watch, send: () => {} });
  const send = (twin: number, signal: number, timeMs: number, value: number): void => {
    const rows = new Float64Array(sampleColumns.count);
    rows.set([twin, signal, startMs + timeMs, value, startMs]);
    shard.receive({ kind: 'samples', rows, count: 1 });
  };
  shard.receive({
    kind: 'start',
    models: [filtered, tank].map(({ id, document }) => ({ id, document })),
    twins: [shardTwin(twinOf('a', filtered), 7), shardTwin(twinOf('b', tank), 8)],
    restore: [],
  });
  send(7, 0, 700, 1);
  send(7, 0, 200, 1);
  send(7, 1, 600, 30);
  send(8, 1, 500, 9);
  await clock.advance(1000);
  assert.deepEqual(told.splice(0).toSorted(), [
    '7 0 at 200: 1 corrected',
    '7 0 at 700: 0 corrected',
    // A sensor without noise has a deviation of what the model expects, but corrects nothing.
    '7 1 at 600: 29 corrected',
    '8 0 at 500: 9 compared',
  ]);
  send(7, 0, 500, 500);
  await clock.advance(1000);
  assert.deepEqual(told, [
    '7 back to 0',
    '7 0 at 200: 1 corrected',
    '7 0 at 500: 499 rejected',
    '7 1 at 600: 29 corrected',
    '7 0 at 700: 0 corrected',
  ]);
  shard.receive({ kind: 'stop', request: 0 });
});
