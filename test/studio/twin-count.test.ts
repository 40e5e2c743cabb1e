/** How many twins a rollout may get, as its dialog says it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, countTwins } from '../../studio/twin-count.ts';

const models = [
  { id: 'pump@1.0.0', name: 'pump', twins: 6 },
  { id: 'pump@1.1.0', name: 'pump', twins: 3 },
  { id: 'fan@1.0.0', name: 'fan', twins: 9 },
];

test('counts those that run another version and are in no rollout', () => {
  const rollouts = [
    { id: 'a', model: 'pump@1.1.0', twins: { live: 3, waiting: 1, returned: 2 } },
    { id: 'b', model: 'pump@1.2.0', twins: { shadow: 2, kept: 1 } },
    { id: 'c', model: 'fan@1.1.0', twins: { live: 4 } },
  ];
  const there = { models, rollouts };
  // Of the six that run 1.0.0 one waits and two have a shadow; the three that run 1.1.0 do so in a rollout.
  assert.deepEqual(countTwins('pump@1.3.0', there), { free: 3, taken: 6, own: 0 });
  assert.deepEqual(countTwins('pump@1.1.0', there), { free: 3, taken: 3, own: 0 });
  assert.deepEqual(countTwins('pump@1.1.0', there, 'a'), { free: 3, taken: 2, own: 4 });
});

test('says what a percentage comes to', () => {
  assert.equal(
    countText(50, { free: 3, taken: 2, own: 4 }),
    '4 of 7 twins, 4 of them in it already; 2 more in other rollouts',
  );
  assert.equal(countText(10, { free: 1, taken: 0, own: 0 }), '1 of 1 twin');
  assert.equal(countText(100, { free: 0, taken: 2, own: 0 }), 'none is free: 2 twins in other rollouts');
  assert.equal(countText(Number.NaN, { free: 3, taken: 0, own: 0 }), '');
});
