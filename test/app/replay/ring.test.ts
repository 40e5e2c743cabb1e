/** The memory that threads of a replay share: what stands in it is nobody else's until it is given back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedRing } from '../../../src/app/replay/ring.ts';

const inRing = ({ buffer }: Float64Array): boolean => buffer instanceof SharedArrayBuffer;

test('pieces of any size are apart from each other, and where there is no room they stand elsewhere', () => {
  for (const size of [3, 5, 8, 9]) {
    const ring = new SharedRing(24 * Float64Array.BYTES_PER_ELEMENT);
    const held: { readonly room: Float64Array; readonly mark: number; readonly taken: number }[] = [];
    let shared = 0;
    for (let mark = 1; mark <= 100; mark++) {
      const room = ring.room(size);
      assert.equal(room.length, size);
      room.fill(mark);
      held.push({ room, mark, taken: ring.taken() });
      if (inRing(room)) shared++;
      // Sometimes four are held, sometimes one.
      while (held.length > 1 + (mark % 4)) {
        const oldest = held.shift();
        assert.ok(oldest !== undefined);
        assert.ok(oldest.room.every((number) => number === oldest.mark));
        ring.free(oldest.taken);
      }
    }
    assert.ok(shared > 40, `${shared} of 100 pieces of ${size} stood in the ring`);
  }
});

test('a piece that ends where the ring ends is followed by one at its beginning', () => {
  const ring = new SharedRing(8 * Float64Array.BYTES_PER_ELEMENT);
  ring.room(4);
  ring.free(ring.taken());
  ring.room(4);
  ring.free(ring.taken());
  const room = ring.room(4);
  assert.ok(inRing(room) && room.byteOffset === 0 && room.length === 4);
});

test('a piece larger than the ring stands elsewhere', () => {
  const ring = new SharedRing(8 * Float64Array.BYTES_PER_ELEMENT);
  assert.ok(!inRing(ring.room(9)));
  assert.equal(ring.taken(), 0);
});
