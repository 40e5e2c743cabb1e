/** Samples read without making texts: the same as those that are made one by one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeSamples,
  encodeSamples,
  type RecordedSample,
} from '../../../src/engine/journal/samples-record.ts';
import { SamplesReader } from '../../../src/engine/journal/samples-reader.ts';

/** Names of every length, some of which begin like others, and more than the table has room for at first. */
const names = Array.from({ length: 900 }, (_, i) => [`t${'é'.repeat(i % 40)}-${i % 90}`, `s${i}`] as const);

function recordOf(k: number): Uint8Array {
  const samples = Array.from({ length: k % 5 }, (_, i) => {
    const [twin, signal] = names[(k * 131 + i * 17) % names.length] ?? ['', ''];
    return { twin, signal, timeMs: k + i / 8, value: k / 7, receivedMs: k + 0.5 };
  });
  return encodeSamples(samples);
}

test('gives what the decoder gives, from anywhere in a buffer', () => {
  const found: RecordedSample[] = [];
  const places: number[] = [];
  const expectedPlaces: number[] = [];
  let asked = 0;
  const reader = new SamplesReader<readonly [string, string]>({
    find: (twin, signal) => {
      asked++;
      return [twin, signal];
    },
    take: ([twin, signal], { place, ...sample }) => {
      places.push(place);
      found.push({ twin, signal, ...sample });
    },
  });
  const expected: RecordedSample[] = [];
  for (let k = 0; k < 3000; k++) {
    const record = recordOf(k);
    const bytes = new Uint8Array(record.length + 9).fill(7);
    bytes.set(record, 4);
    assert.equal(reader.read(bytes, 4, 4 + record.length), true);
    const samples = decodeSamples(record) ?? assert.fail();
    expected.push(...samples);
    expectedPlaces.push(...samples.keys());
  }
  assert.deepEqual(found, expected);
  assert.deepEqual(places, expectedPlaces);
  assert.equal(
    asked,
    new Set(expected.map(({ twin, signal }) => `${twin} ${signal}`)).size,
    'once for each name',
  );
});

test('asks again after it was told to forget', () => {
  let meaning = 1;
  const found: number[] = [];
  const reader = new SamplesReader<number>({ find: () => meaning, take: (target) => found.push(target) });
  const record = recordOf(1);
  reader.read(record, 0, record.length);
  meaning = 2;
  reader.read(record, 0, record.length);
  reader.forget();
  reader.read(record, 0, record.length);
  assert.deepEqual(found, [1, 1, 2]);
});

test('takes nothing of another kind, and says of a record that it is cut off', () => {
  const reader = new SamplesReader<number>({ find: () => 0, take: () => undefined });
  const record = recordOf(4);
  for (let length = 0; length < record.length; length++) assert.equal(reader.read(record, 0, length), false);
  assert.equal(reader.read(Uint8Array.of(2, ...record.subarray(1)), 0, record.length), false);
});
