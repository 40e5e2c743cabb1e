/** Records of the journal, kind by kind: what comes back is what was written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUnit, toSi } from '../../../src/core/units/index.ts';
import { decodeAlarm, encodeAlarm } from '../../../src/engine/journal/alarm-record.ts';
import { type Command, decodeCommand, encodeCommand } from '../../../src/engine/journal/command-record.ts';
import { digestOf, formatDigest } from '../../../src/engine/snapshot/digest.ts';
import {
  applyChanges,
  changesOf,
  decodeFleet,
  encodeFleet,
} from '../../../src/engine/journal/fleet-record.ts';
import { decodeGap, encodeGap } from '../../../src/engine/journal/gap-record.ts';
import { decodeRecord } from '../../../src/engine/journal/record.ts';
import { RecordedBlocks } from '../../../src/engine/journal/recorded-blocks.ts';
import { decodeSamples } from '../../../src/engine/journal/samples-record.ts';
import { decodeTick, encodeTick } from '../../../src/engine/journal/tick-record.ts';
import { configOf, recordTwin } from '../../../src/engine/journal/twin-record.ts';
import { startMs, tank, twinOf } from '../support.ts';

const alarm = {
  id: 'a~when~full',
  twin: 'a',
  kind: 'when',
  subject: 'full',
  severity: 'warning',
  state: 'acknowledged',
  active: true,
  acknowledged: true,
  message: 'full',
  occurrences: 1,
  firstMs: 1,
  raisedMs: 1,
  changedMs: 2,
  chattering: false,
} as const;

test('the digest of a frame is that of XXH32, with seeds 1 and 0', () => {
  // From python-xxhash 3, of the same bytes: struct.pack('<3d', 1.5, -0.25, 1e300), and sqrt(i) - 3 for i below 7.
  const roots = Float64Array.from({ length: 7 }, (_, i) => Math.sqrt(i) - 3);
  assert.equal(formatDigest(digestOf(new Float64Array(0))), '0b2cb79202cc5d05');
  assert.equal(formatDigest(digestOf(Float64Array.of(1.5, -0.25, 1e300))), '3b9edd8e1e678c32');
  assert.equal(formatDigest(digestOf(roots)), '72682afd057ac4a1');
});

test('every NaN has the same digest, and nothing else changes', () => {
  const other = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n, 0x7ff0_0000_0000_0000n]).buffer);
  const usual = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY);
  assert.deepEqual(digestOf(other), digestOf(usual));
  assert.equal(other[1], Number.POSITIVE_INFINITY);
  assert.notDeepEqual(digestOf(Float64Array.of(0)), digestOf(Float64Array.of(-0)));
});

test('a tick comes back, numbers beyond 32 bits included', () => {
  const tick = {
    shard: 3,
    block: 70_000,
    dueMs: startMs + 0.5,
    through: 2 ** 40 + 7,
    digest: { high: 0xfedcba98, low: 1 },
  };
  assert.deepEqual(decodeTick(encodeTick(tick)), tick);
  assert.equal(decodeTick(encodeTick(tick).subarray(1)), undefined);
});

test('gaps come back, and nothing else as a gap', () => {
  const gap = {
    receivedMs: startMs,
    model: 'tank@1.0.0',
    twins: ['a', 'b'],
    afterMs: startMs - 1,
    untilMs: startMs,
  };
  assert.deepEqual(decodeGap(encodeGap(gap)), gap);
  assert.deepEqual(decodeRecord(encodeGap(gap)), { kind: 'gap', gap });
  assert.equal(decodeGap(encodeGap({ ...gap, untilMs: Number.NaN })), undefined);
  assert.equal(decodeCommand(encodeGap(gap)), undefined);
});

test('commands come back; what no version knows does not', () => {
  const commands: Command[] = [
    { kind: 'step', receivedMs: startMs, twin: 'a', atMs: startMs, seconds: 0.1, inputs: { flow: 1 / 3 } },
    { kind: 'add', receivedMs: startMs, twin: recordTwin(twinOf('b', tank)), atMs: startMs },
    { kind: 'remove', receivedMs: startMs, twin: 'b' },
    { kind: 'acknowledge', receivedMs: startMs, by: 'kim', alarm },
  ];
  for (const command of commands) {
    assert.deepEqual(decodeCommand(encodeCommand(command)), command);
    assert.equal(decodeSamples(encodeCommand(command)), undefined);
  }
  const strange = { kind: 'dance', receivedMs: startMs } as unknown as Command;
  assert.equal(decodeCommand(encodeCommand(strange)), undefined);
});

test('a change of an alarm comes back', () => {
  const change = { change: 'raised', atMs: 2, alarm } as const;
  assert.deepEqual(decodeAlarm(encodeAlarm(change)), change);
});

test('a twin comes back with its units', () => {
  const read = parseUnit('degC');
  assert.ok('unit' in read);
  const binding = {
    signal: 'flow',
    topic: 't',
    unit: read.unit,
    timeFormat: 'auto',
    field: ['a', 0],
  } as const;
  const config = twinOf('a', tank, { bindings: [binding], telemetryTopic: 'x' });
  const again = configOf(recordTwin(config));
  assert.deepEqual(again, config);
  assert.equal(toSi(20, again.bindings[0]?.unit ?? assert.fail()), 293.15);
});

test('of the lanes of a block only those that changed are written', () => {
  const before = ['a', 'b', 'c', 'd'];
  const now = ['a', 'd', 'c', 'e', 'f'];
  const changed = changesOf(before, now);
  assert.deepEqual(changed, [
    { from: 1, twins: ['d'] },
    { from: 3, twins: ['e', 'f'] },
  ]);
  const record = { receivedMs: 1, blocks: [{ shard: 0, block: 2, lanes: 5, changed }] };
  assert.deepEqual(decodeFleet(encodeFleet(record)), record);
  assert.deepEqual(applyChanges(before, record.blocks[0] ?? assert.fail()), now);
});

test('a twin was told up to the last tick of the block that it was in', () => {
  const blocks = new RecordedBlocks();
  const digest = { high: 0, low: 0 };
  const tick = (block: number, dueMs: number) => blocks.tick({ shard: 0, block, dueMs, through: 0, digest });
  const set = (block: number, twins: readonly string[]) =>
    blocks.change({
      receivedMs: 0,
      blocks: [{ shard: 0, block, lanes: twins.length, changed: [{ from: 0, twins }] }],
    });
  set(0, ['a', 'b']);
  set(1, ['c']);
  tick(0, 1000);
  tick(1, 2000);
  // c joins the block of the others, which has not yet published since.
  set(0, ['a', 'b', 'c']);
  set(1, []);
  assert.deepEqual(Object.fromEntries(blocks.told()), { a: 1000, b: 1000, c: 2000 });
  tick(0, 3000);
  assert.deepEqual(Object.fromEntries(blocks.told()), { a: 3000, b: 3000, c: 3000 });
});
