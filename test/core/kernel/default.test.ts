/** The kernels that run where nobody chose any. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultBackend } from '../../../src/core/kernel/index.ts';

test('are of one backend, so that the small blocks of many twins share memories', () => {
  const [a, b] = [defaultBackend().allocate(8), defaultBackend().allocate(8)];
  assert.equal(defaultBackend(), defaultBackend());
  assert.equal(a.buffer, b.buffer);
  assert.notEqual(a.byteOffset, b.byteOffset);
});
