/** Payloads: what is read, what is refused and why, and that nothing makes the reader throw or hang. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, parsePayload, payloadLimits, pick } from '../../../src/engine/ingest/payload.ts';
import { bytes } from '../support.ts';

function reasonOf(payload: Uint8Array): string | undefined {
  const parsed = parsePayload(payload);
  return 'reason' in parsed ? parsed.reason : undefined;
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}1${']'.repeat(depth)}`;
}

test('reads JSON, with or without a byte order mark', () => {
  assert.deepEqual(parsePayload(bytes('{"a":1}')), { value: { a: 1 } });
  assert.deepEqual(parsePayload(bytes('\uFEFF 21.5 ')), { value: 21.5 });
});

test('refuses each kind of unreadable payload with its reason', () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [bytes(''), 'empty'],
    [bytes(' \n'), 'empty'],
    [bytes('"'.padEnd(payloadLimits.bytes, ' ').concat('"')), 'too-large'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'not-utf8'],
    [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'not-utf8'],
    [bytes('{"a":'), 'not-json'],
    [bytes("{'a':1}"), 'not-json'],
    [bytes('a=1'), 'not-json'],
    [bytes('{"a":NaN}'), 'not-finite'],
    [bytes('-Infinity'), 'not-finite'],
    [bytes(nested(33)), 'too-deep'],
    [bytes('['.repeat(200_000)), 'too-deep'],
  ];
  for (const [payload, reason] of cases) assert.equal(reasonOf(payload), reason);
});

test('takes the limits themselves', () => {
  assert.equal(reasonOf(bytes(nested(32))), undefined);
  assert.equal(reasonOf(bytes(`"${'x'.repeat(payloadLimits.bytes - 2)}"`)), undefined);
});

test('does not count brackets in strings', () => {
  assert.equal(reasonOf(bytes(JSON.stringify({ '\\"[[[': '['.repeat(100) }))), undefined);
});

test('picks only what the payload itself has', () => {
  const { value } = parsePayload(bytes('{"a":{"b":[10,20]},"__proto__":{"x":1}}')) as { value: unknown };
  assert.equal(pick(value, ['a', 'b', 1]), 20);
  assert.equal(pick(value, ['a', 'b', 7]), undefined);
  assert.equal(pick(value, ['a', 'toString']), undefined);
  assert.equal(pick(value, ['a', 'b', 'length', 'x']), undefined);
  assert.equal(pick('text', [0]), undefined);
  assert.equal(pick(value, ['x']), undefined);
});

test('writes a path as one reads it', () => {
  assert.equal(formatPath(['values', 0, 'kw']), 'values[0].kw');
});

test('never throws on any bytes, and agrees with JSON.parse on any JSON', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => parsePayload(payload) !== undefined),
    { seed: 1 },
  );
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      assert.deepEqual(parsePayload(bytes(text)), { value: JSON.parse(text) });
    }),
    { seed: 2 },
  );
});
