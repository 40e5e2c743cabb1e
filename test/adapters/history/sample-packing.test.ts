/** Samples as bytes, one behind the other: what comes back is what went in, to the last bit. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SamplePacker, SampleUnpacker } from '../../../src/adapters/history/sample-packing.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

type Sample = readonly [timeMs: number, value: number];

function packed(samples: readonly Sample[]): Uint8Array {
  const packer = new SamplePacker();
  const series = { timeMs: 0, decimals: 0, integer: 0 };
  return Buffer.concat(
    samples.map(([timeMs, value]) => {
      packer.pack(series, timeMs, value);
      return packer.bytes.slice(0, packer.length);
    }),
  );
}

function assertComesBack(samples: readonly Sample[]): void {
  const unpacker = new SampleUnpacker(packed(samples));
  for (const [timeMs, value] of samples) {
    unpacker.read();
    assert.ok(Object.is(unpacker.timeMs, timeMs), `${unpacker.timeMs} is not ${timeMs}`);
    assert.ok(Object.is(unpacker.value, value), `${unpacker.value} is not ${value}`);
  }
}

const noonMs = Date.UTC(2026, 10, 22, 12);
const everySecond = (values: readonly number[]): Sample[] =>
  values.map((value, i) => [noonMs + 1000 * i, value]);

test('decimals of every number, and doubles that have none, come back', () => {
  assertComesBack(everySecond([20.5, 20.51, 20.5, -3, 0, 0.000_123_456, 48.273_456_789_012, 7, 1e14 + 0.5]));
  assertComesBack(everySecond([Math.PI, 2, -Math.E, 5e-324, 0.1 + 0.2, Number.MAX_VALUE, 0.5]));
  assertComesBack(everySecond([-0, 0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.25]));
  const [most, least] = [2 ** 51 - 1, 1 - 2 ** 51];
  assertComesBack(everySecond([most, least, most, 2 ** 51, 2 ** 53, least, 2 ** 60, 0.25]));
});

test('times between milliseconds, before 1970 and far apart come back', () => {
  const times = [-1e15, -0.5, 0, 0.25, 1, 2 ** 31, noonMs, noonMs + 0.1, noonMs + 1.1, noonMs + 1.3, 9e15];
  assertComesBack(times.map((timeMs) => [timeMs, 1.5]));
});

test('any doubles at any times come back', () => {
  const seed = 20_261_123;
  const rng = new Rng(seed);
  const any = (): number => {
    const scale = 10 ** (rng.below(40) - 20);
    const number = (rng.below(2) === 0 ? 1 : -1) * rng.uniform() * scale;
    return rng.below(3) === 0 ? number : Number(number.toPrecision(1 + rng.below(12)));
  };
  let timeMs = noonMs;
  const samples = Array.from({ length: 20_000 }, (): Sample => {
    timeMs += rng.below(4) === 0 ? 0.001 + rng.uniform() * 1000 : 1 + rng.below(100_000);
    return [timeMs, any()];
  });
  assertComesBack(samples);
});

test('a sample of a sensor takes four bytes in the mean, one that does not change three', () => {
  const walk = Array.from({ length: 1000 }, (_, i) => Math.round(48_000 + 300 * Math.sin(i / 7)) / 1000);
  assert.ok(packed(everySecond(walk)).length < 4.1 * walk.length);
  const still = everySecond(Array.from({ length: 1000 }, () => 2900));
  assert.ok(packed(still).length < 3.1 * still.length);
});
