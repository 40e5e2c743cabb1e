/** Origins of samples, packed: what goes in comes out, and no bytes do harm. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type OriginGroup,
  OriginPacker,
  unpackOrigins,
} from '../../../src/engine/checkpoint/packed-origins.ts';
import { originOf, recordOf } from '../../../src/engine/journal/sample-origin.ts';

function pack(groups: readonly OriginGroup[]): Uint8Array {
  const packer = new OriginPacker();
  for (const group of groups) packer.add(group, group.origins.length);
  return packer.all();
}

test('what is packed is unpacked, in any order', () => {
  const origin = fc
    .record({ record: fc.integer({ min: 0, max: 2 ** 42 - 1 }), place: fc.integer({ min: 0, max: 1023 }) })
    .map(originOf);
  const group = fc
    .tuple(fc.nat(100_000), fc.constantFrom(0, 1, 2), fc.array(origin))
    .map(([lane, standing, origins]) => ({ lane, standing, origins: Float64Array.from(origins) }));
  fc.assert(
    fc.property(fc.array(group), (groups) => {
      assert.deepEqual(unpackOrigins(pack(groups)), groups);
    }),
    { seed: 7 },
  );
});

test('messages of four samples take less than two bytes a sample', () => {
  const records = Array.from({ length: 1000 }, (_, i) => 1e9 + 2000 * i);
  const origins = Float64Array.from(
    records.flatMap((record) => [0, 1, 2, 3].map((place) => originOf({ record, place }))),
  );
  assert.ok(pack([{ lane: 0, standing: 0, origins }]).length < 2 * origins.length);
});

test('bytes that nobody packed are refused, or give some numbers', () => {
  assert.equal(unpackOrigins(Uint8Array.of(0, 0, 200)), undefined);
  assert.equal(unpackOrigins(Uint8Array.of(0, 0, 100, 1)), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
      for (const { origins } of unpackOrigins(noise) ?? []) assert.ok(!origins.some(Number.isNaN));
    }),
    { seed: 7 },
  );
});

test('an origin says the record, and is none where numbers end', () => {
  assert.equal(recordOf(originOf({ record: 4_000_000_000_000, place: 1023 })), 4_000_000_000_000);
  assert.ok(Number.isNaN(originOf({ record: 1, place: 1024 })));
  assert.ok(Number.isNaN(originOf({ record: 2 ** 42, place: 0 })));
});
