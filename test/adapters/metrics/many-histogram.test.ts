/** Our histogram against that of prom-client, on the same numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { ManyHistogram } from '../../../src/adapters/metrics/many-histogram.ts';

test('says of any numbers what the histogram of prom-client says', async () => {
  const options = { name: 'a_seconds', help: 'How long.', buckets: [0.001, 0.25, 1, 30] };
  const registry = new Registry();
  const peer = new Histogram({ ...options, registers: [registry] });
  const own = new ManyHistogram(options);
  assert.equal(own.render(), await registry.metrics());
  for (const value of [0, 0.001, 0.0011, 0.25, 0.75, 1, 29.5, 30, 31, 1e9]) {
    own.observe(value);
    peer.observe(value);
  }
  assert.equal(own.render(), await registry.metrics());
});
