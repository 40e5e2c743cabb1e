/** Blocks of samples as bytes: exact, whatever the numbers are, and small where they are a sensor's. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodePoints, encodePoints } from '../../../src/adapters/history/codec.ts';

function roundTrip(timesMs: readonly number[], values: readonly number[]): number {
  const points = { timesMs: Float64Array.from(timesMs), values: Float64Array.from(values) };
  const bytes = encodePoints(points);
  const back = decodePoints(bytes);
  assert.deepEqual(new Uint8Array(back.timesMs.buffer), new Uint8Array(points.timesMs.buffer));
  assert.deepEqual(new Uint8Array(back.values.buffer), new Uint8Array(points.values.buffer));
  return bytes.length;
}

const seconds = (count: number) => Array.from({ length: count }, (_, i) => 1_790_000_000_000 + i * 1000);

describe('a block', () => {
  test('gives back any doubles to the last bit, NaN, −0 and infinities included', () => {
    const any = fc.array(fc.tuple(fc.double(), fc.double()), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(any, (pairs) => {
        roundTrip(
          pairs.map(([time]) => time),
          pairs.map(([, value]) => value),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
    roundTrip([0, 1, 2, 3, 4], [Number.NaN, -0, 0, Number.NEGATIVE_INFINITY, 5e-324]);
  });

  test('gives back decimals, mixed with large and tiny ones', () => {
    const decimal = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 100 }), (pairs) => {
        const values = pairs.map(([digits, decimals]) => digits / 10 ** decimals);
        roundTrip(seconds(values.length), values);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('of 512 readings with three decimals, one a second, takes at most 1.6 bytes a sample', () => {
    // A slow wave with some thousandths of noise, by a fixed congruence.
    let state = 1;
    const values = seconds(512).map((_, i) => {
      state = (state * 48_271) % 2_147_483_647;
      return Math.round(40_000 + 3000 * Math.sin(i / 80) + (state % 21) - 10) / 1000;
    });
    const bytes = roundTrip(seconds(512), values);
    assert.ok(bytes / 512 <= 1.6, `${bytes / 512} bytes a sample`);
  });

  test('of computed values with 12 significant digits takes at most 5 bytes a sample', () => {
    const values = seconds(512).map((_, i) => Number((71 + 8 * Math.sin(i / 90)).toPrecision(12)));
    const bytes = roundTrip(seconds(512), values);
    assert.ok(bytes / 512 <= 5, `${bytes / 512} bytes a sample`);
  });

  test('of the same number again and again takes next to nothing', () => {
    const bytes = roundTrip(seconds(512), new Array<number>(512).fill(22.5));
    assert.ok(bytes <= 80, `${bytes} bytes`);
  });
});
