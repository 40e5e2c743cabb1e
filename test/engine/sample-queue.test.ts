/** The queue against the simplest queue there is: an array that is sorted after each push. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type QueuedSample, SampleQueue } from '../../src/engine/sample-queue.ts';

function sample(signal: number, timeMs: number, value = 0): QueuedSample {
  return { signal, timeMs, value, receivedMs: 0 };
}

test('gives samples by event time, equal times by arrival', () => {
  const queue = new SampleQueue(10);
  for (const [timeMs, value] of [
    [5, 1],
    [3, 2],
    [5, 3],
    [4, 4],
  ] as const)
    queue.push(sample(0, timeMs, value));
  assert.equal(queue.firstMs, 3);
  assert.deepEqual(
    [queue.shift(), queue.shift(), queue.shift(), queue.shift()].map(({ value }) => value),
    [2, 4, 1, 3],
  );
  assert.equal(queue.firstMs, Number.POSITIVE_INFINITY);
});

test('lets the oldest of the same signal make room', () => {
  const queue = new SampleQueue(3);
  for (const [signal, timeMs] of [
    [0, 1],
    [1, 2],
    [1, 3],
  ] as const)
    queue.push(sample(signal, timeMs));
  assert.deepEqual(queue.push(sample(1, 4)), sample(1, 2));
  assert.deepEqual(
    [...queue].map(({ timeMs }) => timeMs),
    [1, 3, 4],
  );
});

test('lets the oldest of all make room where the signal has none', () => {
  const queue = new SampleQueue(2);
  for (const timeMs of [1, 2]) queue.push(sample(0, timeMs));
  assert.deepEqual(queue.push(sample(7, 9)), sample(0, 1));
  assert.equal(queue.length, 2);
});

test('behaves like a sorted array under any sequence of pushes and shifts', () => {
  const action = fc.option(fc.record({ signal: fc.nat(3), timeMs: fc.nat(50) }), { freq: 3 });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const queue = new SampleQueue(16);
      const model: QueuedSample[] = [];
      for (const [value, next] of actions.entries()) {
        if (next === null) {
          if (model.length > 0) assert.deepEqual(queue.shift(), model.shift());
          continue;
        }
        const added = sample(next.signal, next.timeMs, value);
        if (model.length === 16) {
          const same = model.findIndex(({ signal }) => signal === added.signal);
          const [evicted] = model.splice(Math.max(0, same), 1);
          assert.deepEqual(queue.push(added), evicted);
        } else {
          assert.equal(queue.push(added), undefined);
        }
        model.push(added);
        model.sort((a, b) => a.timeMs - b.timeMs);
        assert.deepEqual([...queue], model);
      }
    }),
    { seed: 3 },
  );
});
