/** The samples of a lane against the simplest thing that does the same: an array that is sorted after each push. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LaneSamples, type QueuedSample } from '../../../src/engine/lanes/samples.ts';

/** Two inputs; ticks of 10 ms with 5 boundaries, 2 ms apart. */
const order = { inputs: 2, periodMs: 10, substeps: 5 };

function sample(signal: number, timeMs: number, value = 0): QueuedSample {
  return { signal, timeMs, value, receivedMs: 0, origin: Number.NaN };
}

function takeAll(samples: LaneSamples): [signal: number, timeMs: number, value: number][] {
  const taken: [number, number, number][] = [];
  while (samples.waiting > 0) {
    const row = samples.take();
    taken.push([samples.signal(row), samples.timeMs(row), samples.value(row)]);
  }
  return taken;
}

test('gives samples by boundary, inputs before measurements, then time, then signal, however they came', () => {
  const samples = new LaneSamples(order, 10);
  for (const [signal, timeMs] of [
    [2, 5],
    [3, 4.5],
    [0, 4.9],
    [3, 5],
    [1, 1],
    [2, 9.5],
  ] as const)
    samples.push(sample(signal, timeMs), 0);
  assert.deepEqual(
    [1, 2.9, 3, 4.9, 9, 11].map((timeMs) => samples.boundaryOf(timeMs)),
    [1, 1, 2, 2, 5, 6],
  );
  // 4.5, 4.9 and 5 are the boundary at 4 or 6.
  assert.deepEqual(takeAll(samples), [
    [1, 1, 0],
    [0, 4.9, 0],
    [3, 4.5, 0],
    [2, 5, 0],
    [3, 5, 0],
    [2, 9.5, 0],
  ]);
  assert.equal(samples.nextBoundary, Number.POSITIVE_INFINITY);
});

test('lets the oldest of the same signal make room, or of all where the signal has none', () => {
  const samples = new LaneSamples(order, 3);
  for (const [signal, timeMs] of [
    [0, 1],
    [1, 2],
    [1, 3],
  ] as const)
    samples.push(sample(signal, timeMs), 0);
  samples.push(sample(1, 4), 0);
  assert.deepEqual(samples.takeDisplaced(), { evicted: sample(1, 2) });
  samples.push(sample(7, 9), 0);
  assert.deepEqual(samples.takeDisplaced(), { evicted: sample(0, 1) });
  assert.deepEqual(
    [...samples].map(({ timeMs }) => timeMs),
    [3, 4, 9],
  );
});

test('another value of the same signal and time replaces the first, the same one is repeated', () => {
  const samples = new LaneSamples(order, 3);
  samples.push(sample(0, 5, 1), 0);
  assert.equal(samples.push(sample(0, 5, 1), 0), 'repeated');
  assert.equal(samples.push(sample(0, 5, 2), 0), 'waiting');
  assert.deepEqual(samples.takeDisplaced(), { replaced: sample(0, 5, 1) });
  assert.deepEqual(takeAll(samples), [[0, 5, 2]]);
  assert.equal(samples.push(sample(0, 5, 3), 0), 'late');
  assert.deepEqual(samples.takeDisplaced(), {});
});

test('what belongs before an applied sample, or before where the lane is, is late, and counts again from there', () => {
  const samples = new LaneSamples(order, 10);
  for (const timeMs of [2, 6]) samples.push(sample(2, timeMs), 0);
  takeAll(samples);
  assert.equal(samples.push(sample(0, 6), 3), 'late', 'an input at the same boundary comes first');
  assert.equal(samples.push(sample(3, 6), 3), 'waiting', 'a later signal at the same boundary');
  assert.equal(
    samples.push(sample(3, 6.2), 4),
    'late',
    'after all that was applied, but before where the lane is',
  );
  samples.rewind(1);
  assert.deepEqual(
    takeAll(samples).map(([signal]) => signal),
    [0, 2, 3, 3],
  );
});

test('keeps the order through any sequence of pushes, takes, rewinds and what is forgotten', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('push' as const), signal: fc.nat(4), at: fc.nat(60) }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('rewind' as const), by: fc.nat(5) }),
    fc.record({ do: fc.constant('forget' as const), by: fc.nat(3) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 150 }), (actions) => {
      const samples = new LaneSamples(order, 1000);
      let model: QueuedSample[] = [];
      let applied = 0;
      let forgotten = 0;
      const key = ({ signal, timeMs }: QueuedSample): number[] => [
        samples.boundaryOf(timeMs),
        signal < 2 ? 0 : 1,
        timeMs,
        signal,
      ];
      const compare = (a: QueuedSample, b: QueuedSample): number => {
        const [left, right] = [key(a), key(b)];
        const at = left.findIndex((value, i) => value !== right[i]);
        return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
      };
      for (const [value, next] of actions.entries()) {
        if (next.do === 'push') {
          const added = sample(next.signal, next.at + 0.5, value);
          const same = model.findIndex((one) => compare(one, added) === 0);
          samples.push(added, 0);
          if (same >= 0) model[same] = added;
          else {
            model = [...model, added].sort(compare);
            if (model.indexOf(added) < applied) applied++;
          }
        } else if (next.do === 'take' && applied < model.length) {
          const row = samples.take();
          const expected = model[applied++];
          assert.deepEqual([samples.signal(row), samples.value(row)], [expected?.signal, expected?.value]);
        } else if (next.do === 'rewind') {
          applied = Math.max(0, applied - next.by);
          samples.rewind(forgotten + applied);
        } else if (next.do === 'forget') {
          const count = Math.min(next.by, applied);
          samples.forget(forgotten + count);
          model.splice(0, count);
          applied -= count;
          forgotten += count;
        }
        assert.equal(samples.applied, forgotten + applied);
        assert.deepEqual(
          [...samples].map(({ value: waiting }) => waiting),
          model.slice(applied).map(({ value: waiting }) => waiting),
        );
      }
    }),
    { seed: 3 },
  );
});
