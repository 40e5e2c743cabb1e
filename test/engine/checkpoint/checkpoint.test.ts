/** Checkpoints: bytes there and back, and twins that go on after a restart. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import type { CheckpointPart } from '../../../src/engine/protocol/checkpoint-part.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../../src/engine/checkpoint/checkpoint.ts';
import { createManualClock } from '../../../src/engine/index.ts';
import { joined, kinds, memoryStore, modelOf, startFleet, startMs, state, tank, twinOf } from '../support.ts';

const bytesOf = (checkpoint: Checkpoint): Uint8Array => joined(encodeCheckpoint(checkpoint));

/** Everything a twin can be: continuous and discrete states, timers, `when` truths, numbers that are not exact. */
const pendulumText = `
gemel: 1
model: pendulum
version: 1.0.0
units: unchecked
inputs:
  push: { unit: "1", default: 0.1 }
states:
  angle: { unit: rad, start: 1 }
  speed: { unit: rad/s, start: 0 }
  swings: { unit: "1", start: 0, every: 0.3 s }
  held: { unit: rad, start: 0, every: 0.7 s }
  ticks: { unit: "1", start: 0 }
equations:
  der(angle): speed
  der(speed): push - sin(angle)
  next(swings): swings
  next(held): angle
  next(ticks): ticks + 1
when:
  passed: { condition: angle < 0, raise: passed the middle, reset: { swings: swings + 1 } }
measurements:
  seen: { equals: angle, unit: rad }
`;
const pendulum = modelOf(pendulumText);

const numbers = fc.float64Array({ maxLength: 0 }).chain(() => fc.constant(new Float64Array(0)));

test('bytes give back the same parts, bit for bit', () => {
  const text = fc.string({ unit: 'grapheme' });
  const part = fc
    .tuple(
      text,
      text,
      fc.double(),
      fc.array(text, { maxLength: 3 }),
      fc.array(text, { maxLength: 3 }),
      numbers,
    )
    .chain(([model, hash, savedMs, twins, columns]) =>
      fc.record({
        model: fc.constant(model),
        hash: fc.constant(hash),
        savedMs: fc.constant(Number.isFinite(savedMs) ? savedMs : 0),
        twins: fc.constant(twins),
        columns: fc.constant(columns),
        values: fc.float64Array({
          minLength: twins.length * columns.length,
          maxLength: twins.length * columns.length,
        }),
        signals: fc.constant(columns),
        queued: fc.float64Array({ minLength: 12, maxLength: 12 }),
        origins: fc.constantFrom(new Uint8Array(0), Uint8Array.of(0, 1, 2, 130, 1, 3)),
      }),
    );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
      // Written as JSON, −0 is 0; savedMs is never that.
      const sane = { parts: parts.map((one) => ({ ...one, savedMs: one.savedMs + 0 })), alarms: [] };
      assert.deepEqual(decodeCheckpoint(bytesOf(sane)), sane);
    }),
    { seed: 5 },
  );
});

test('refuses any bytes that are not a whole checkpoint', () => {
  const part: CheckpointPart = {
    model: 'm@1.0.0',
    hash: 'x',
    savedMs: 1,
    twins: ['a'],
    columns: ['state x'],
    values: Float64Array.of(1),
    signals: [],
    queued: new Float64Array(0),
  };
  const good = bytesOf({ parts: [part], alarms: [] });
  const corrupt = { code: 'CHECKPOINT_CORRUPT' };
  for (let length = 0; length < good.length; length++) {
    assert.throws(() => decodeCheckpoint(good.subarray(0, length)), corrupt, `${length} bytes`);
  }
  const newer = good.slice();
  newer[8] = 3;
  assert.throws(() => decodeCheckpoint(newer), {
    ...corrupt,
    message: /format 3, this program reads 1 to 2/,
  });
  assert.throws(
    () => decodeCheckpoint(bytesOf({ parts: [{ ...part, values: Float64Array.of(1, 2) }], alarms: [] })),
    corrupt,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
      const bytes = good.slice();
      bytes.set(noise.subarray(0, bytes.length - 16), 16);
      try {
        decodeCheckpoint(bytes);
      } catch (error) {
        assert.ok(error instanceof GemelError && error.code === 'CHECKPOINT_CORRUPT');
      }
    }),
    { seed: 6 },
  );
});

test('a restarted twin goes on bit for bit as one that never stopped', async () => {
  const twins = [twinOf('p', pendulum), twinOf('q', pendulum, { start: { angle: 2 } })];
  const models = { models: [pendulum] };
  const whole = await startFleet(twins, models);
  whole.send('p', { push: 0.3, seen: 0.9 });
  await whole.clock.advance(20_000);

  const checkpoints = memoryStore();
  const first = await startFleet(twins, { ...models, checkpoints });
  first.send('p', { push: 0.3, seen: 0.9 });
  await first.clock.advance(7000);
  await first.fleet.stop();
  // Back at once, in the same beat, in another order and in two shards.
  const clock = createManualClock(startMs + 7000);
  const second = await startFleet(twins.toReversed(), { ...models, checkpoints, clock, shards: 2 });
  await clock.advance(13_000);
  for (const id of ['p', 'q'])
    assert.equal(second.fleet.snapshot(id)?.toJson(), whole.fleet.snapshot(id)?.toJson());
  await whole.fleet.stop();
  await second.fleet.stop();
});

test('after a gap it goes on from where it was, and says how long it was away', async () => {
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('a', tank)], { checkpoints });
  first.send('a', { flow: 3 });
  await first.clock.advance(2000);
  await first.fleet.stop();
  const clock = createManualClock(startMs + 62_000);
  const { fleet } = await startFleet([twinOf('a', tank)], { checkpoints, clock });
  const back = fleet.snapshot('a');
  assert.deepEqual(
    [back?.state('volume'), back?.elapsedSeconds, back?.tick, back?.timeMs],
    [6, 2, 2, startMs + 2000],
  );
  assert.deepEqual([back?.input('flow'), back?.inputTimeMs('flow')], [3, startMs]);
  assert.deepEqual(kinds(fleet), ['resumed']);
  assert.match(fleet.events()[0]?.message ?? '', /after 60 s away/);
  await clock.advance(1000);
  assert.deepEqual([state(fleet, 'a', 'volume'), fleet.snapshot('a')?.timeMs], [9, startMs + 63_000]);
  await fleet.stop();
});

test('samples that were waiting are not lost, and those applied are not applied again', async () => {
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('a', tank)], { checkpoints });
  first.send('a', { level: 1, time: startMs });
  await first.clock.advance(1000);
  first.send('a', { flow: 5 });
  await first.clock.advance(500);
  await first.fleet.stop();
  const clock = createManualClock(startMs + 1500);
  const { fleet, send } = await startFleet([twinOf('a', tank)], { checkpoints, clock });
  send('a', { level: 1, time: startMs });
  await clock.advance(500);
  assert.equal(state(fleet, 'a', 'volume'), 6);
  assert.equal(fleet.statistics().refusedSamples.repeated, 1);
  await fleet.stop();
});

test('configuration counts for what no sample has set', async () => {
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('a', tank, { inputs: { flow: 2 } })], { checkpoints });
  await first.clock.advance(1000);
  await first.fleet.stop();
  const clock = createManualClock(startMs + 1000);
  const { fleet } = await startFleet([twinOf('a', tank, { inputs: { flow: 4 }, start: { volume: 9 } })], {
    checkpoints,
    clock,
  });
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 2 + 4);
  await fleet.stop();
});

async function restartAs(model: Model, id = 'p'): Promise<readonly string[]> {
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('p', pendulum)], { models: [pendulum], checkpoints });
  await first.clock.advance(3000);
  await first.fleet.stop();
  const clock = createManualClock(startMs + 3000);
  const { fleet } = await startFleet([twinOf(id, model)], { models: [model], checkpoints, clock });
  const ofTwins = fleet.events().filter(({ kind }) => kind !== 'alarm-cleared');
  const told = ofTwins.map(({ kind, twin, message }) => `${kind} ${twin}: ${message}`);
  assert.equal(state(fleet, id, 'angle'), 1);
  await fleet.stop();
  return told;
}

test('a twin whose model is another one begins anew, and says why', async () => {
  const edited = modelOf(pendulumText.replace('sin(angle)', '2 * sin(angle)'));
  assert.deepEqual(await restartAs(edited), [
    'afresh p: the twin begins anew: the document of pendulum@1.0.0 has changed without a new version',
  ]);
  const newer = modelOf(pendulumText.replace('1.0.0', '1.1.0'));
  assert.deepEqual(await restartAs(newer), [
    'afresh p: the twin begins anew: its checkpoint is of pendulum@1.0.0, it now runs pendulum@1.1.0',
  ]);
});

test('twins that no longer run are left out, with a note', async () => {
  assert.deepEqual(await restartAs(pendulum, 'new'), [
    'resumed *: the checkpoint also has 1 twins that no longer run here: p',
  ]);
});

test('a checkpoint that is ahead of a clock which was set back is told', async () => {
  const checkpoints = memoryStore();
  const first = await startFleet([twinOf('p', pendulum)], { models: [pendulum], checkpoints });
  await first.clock.advance(60_000);
  await first.fleet.stop();
  const clock = createManualClock(startMs);
  const { fleet } = await startFleet([twinOf('p', pendulum)], { models: [pendulum], checkpoints, clock });
  const [told] = fleet.events().filter(({ kind, twin }) => kind === 'resumed' && twin === '*');
  assert.match(
    told?.message ?? '',
    /^the checkpoint is .* ahead of the computer's clock, which was set back/,
  );
  await fleet.stop();
});

test('a checkpoint of the first format, whose samples have no origin, is read', () => {
  const queued = Float64Array.from({ length: 10 }, (_, i) => i);
  const part = { model: 'm@1.0.0', hash: 'h', savedMs: startMs, twins: [], columns: [], signals: ['s'] };
  const bytes = bytesOf({ parts: [{ ...part, values: new Float64Array(0), queued }], alarms: [] });
  bytes[8] = 1;
  const [read] = decodeCheckpoint(bytes).parts;
  assert.deepEqual([...(read?.queued ?? [])], [0, 1, 2, 3, 4, Number.NaN, 5, 6, 7, 8, 9, Number.NaN]);
  assert.equal(read?.origins, undefined);
});

test('the numbers of a large checkpoint are not copied', () => {
  const queued = Float64Array.from({ length: 400_002 }, (_, i) => i / 7);
  const part = { model: 'm@1.0.0', hash: 'h', savedMs: startMs, twins: [], columns: [], signals: [], queued };
  const checkpoint = { parts: [{ ...part, values: new Float64Array(0) }], alarms: [] };
  assert.ok(encodeCheckpoint(checkpoint).some(({ buffer }) => buffer === queued.buffer));
  assert.deepEqual(decodeCheckpoint(bytesOf(checkpoint)).parts[0]?.queued, queued);
});

test('a checkpoint is saved every so often', async () => {
  const checkpoints = memoryStore();
  const { fleet, clock } = await startFleet([twinOf('a', tank)], { checkpoints });
  await clock.advance(16_000);
  assert.equal(fleet.statistics().checkpoints, 3);
  assert.equal(fleet.statistics().checkpointBytes, checkpoints.bytes?.length);
  await fleet.stop();
  assert.equal(fleet.statistics().checkpoints, 4);
});

test('a store that fails is told and tried again; a checkpoint that cannot be read is told', async () => {
  let failing = true;
  const checkpoints = memoryStore();
  checkpoints.bytes = Uint8Array.of(1, 2, 3);
  const { save } = checkpoints;
  checkpoints.save = async (bytes) => {
    if (failing) throw new Error('the disk is full');
    await save.call(checkpoints, bytes);
  };
  const { fleet, clock } = await startFleet([twinOf('a', tank)], { checkpoints });
  await clock.advance(5000);
  assert.deepEqual(
    fleet.events().map(({ message }) => message),
    [
      'the checkpoint could not be written: the disk is full',
      'the checkpoint could not be read: the checkpoint cannot be read: it is no checkpoint',
    ],
  );
  failing = false;
  await clock.advance(5000);
  const { checkpoints: saved, failedCheckpoints } = fleet.statistics();
  assert.deepEqual([saved, failedCheckpoints], [1, 2]);
  await fleet.stop();
});
