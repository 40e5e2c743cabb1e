/** Checkpoints that refer to the journal: looked up, each is the one that has all samples itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  decodeCheckpoint,
  lookUp,
  neededBy,
  type ShardLink,
} from '../../../src/engine/index.ts';
import { recordOf } from '../../../src/engine/journal/index.ts';
import { type CheckpointPart, sampleColumns } from '../../../src/engine/protocol/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, memoryStore, startMs, twinOf } from '../support.ts';
import { first, second, twins } from '../trials/support.ts';

/** A shard that can be asked for checkpoints beside those that the fleet asks for. */
function watched(link: ShardLink) {
  const asked: ((parts: readonly CheckpointPart[]) => void)[] = [];
  const own: ShardLink = {
    send: (message, transfer) => link.send(message, transfer),
    close: () => link.close(),
    onMessage: (listener) =>
      link.onMessage((message) => {
        if (message.kind === 'checkpoint' && message.request < 0) asked.shift()?.(message.parts);
        else listener(message);
      }),
  };
  const save = (last: number, refersFrom: number) =>
    new Promise<readonly CheckpointPart[]>((resolve) => {
      asked.push(resolve);
      link.send({ kind: 'checkpoint', request: -1, journal: { last, refersFrom } });
    });
  return { link: own, save };
}

/** Samples by twin and version, in an order of their own. */
function samplesIn(parts: readonly CheckpointPart[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { model, twins: ids, signals, queued } of parts) {
    for (let at = 0; at < queued.length; at += sampleColumns.count) {
      const [twin = -1, signal = -1, ...numbers] = queued.subarray(at, at + sampleColumns.count);
      const key = `${ids[twin]} ${model}`;
      found.set(key, [...(found.get(key) ?? []), `${signals[signal]} ${numbers.join(' ')}`]);
    }
  }
  return new Map(Array.from(found, ([key, samples]) => [key, samples.toSorted()]));
}

async function startAll() {
  const clock = createManualClock(startMs);
  const shards = [watched(createLocalShard(clock)), watched(createLocalShard(clock))];
  const journal = memoryJournal();
  const checkpoints = memoryStore();
  const fleet = await createFleet({
    models: [first, second],
    twins,
    clock,
    shards: shards.map(({ link }) => link),
    checkpoints,
    checkpointEveryMs: 5000,
    journal,
  });
  const send = (twin: string, payload: object) =>
    fleet.deliver({
      topic: `gemel/${twin}/telemetry`,
      payload: bytes(JSON.stringify(payload)),
      receivedMs: clock.nowMs(),
    });
  return { clock, shards, journal, checkpoints, fleet, send };
}

test('with late, early, corrected and repeated samples, trials, steps and moves it is the same', async () => {
  const { clock, shards, journal, fleet, send } = await startAll();
  const acts = new Map<number, () => Promise<unknown>>([
    [6, () => fleet.move('b', 0)],
    [9, () => fleet.beginShadow('a', second.id)],
    [13, () => fleet.step('c', { seconds: 2 })],
    [17, () => fleet.swapShadow('a')],
    [21, () => fleet.add(twinOf('d', second, { periodMs: 1000 }))],
    [24, () => fleet.remove('b')],
    [26, () => fleet.add(twinOf('b', first, { periodMs: 500 }))],
    [31, () => fleet.endShadow('a')],
  ]);
  for (let k = 1; k <= 40; k++) {
    const time = clock.nowMs();
    send('a', { level: 100 + k, pump: 60 + (k % 5), sun: 0.5, time: time - 137 * (k % 9) });
    send('a', { level: 100 - k, time: time - 137 * (k % 9) });
    send('b', { level: 90 + k, time: time + 611 * (k % 4) });
    send('b', { level: 90 + k, time: time + 611 * (k % 4) });
    send('c', { pump: 50 + k, time: time - 2900 });
    send('d', { level: 80 + k, width: 1 });
    const act = acts.get(k)?.();
    await clock.advance(k % 3 === 0 ? 1300 : 700);
    await act;
    const { last } = journal;
    const told = Promise.all(shards.map(({ save }) => save(last, Number.POSITIVE_INFINITY)));
    const referred = Promise.all(shards.map(({ save }) => save(last, Math.max(1, last - 30))));
    await clock.advance(0);
    const whole = (await told).flat();
    const short = (await referred).flat();
    const found = await lookUp(short, journal);
    assert.deepEqual(samplesIn(found.parts), samplesIn(whole), `after second ${k}`);
    assert.equal(found.missing, 0);
    for (const { queued } of short)
      for (let at = sampleColumns.origin; at < queued.length; at += sampleColumns.count)
        assert.ok(
          !(recordOf(queued[at] ?? Number.NaN) >= last - 30),
          'what the journal has newly is not written out',
        );
  }
});

test('a checkpoint needs the journal from its oldest sample on, and says what is no longer there', async () => {
  const { clock, journal, checkpoints, send } = await startAll();
  for (let k = 1; k <= 12; k++) {
    send('a', { level: 100 + k });
    await clock.advance(1000);
  }
  const { parts } = decodeCheckpoint(checkpoints.bytes ?? assert.fail());
  assert.equal(
    parts.reduce((sum, { queued }) => sum + queued.length, 0),
    0,
  );
  const needed = neededBy(parts);
  assert.ok(needed < Math.min(...parts.map((part) => part.journal ?? 0)));
  const whole = await lookUp(parts, journal);
  const samples = samplesIn(whole.parts).get(`a ${first.id}`) ?? [];
  assert.ok(samples.length >= 10);
  assert.equal(whole.missing, 0);
  await journal.release(needed);
  assert.equal((await lookUp(parts, journal)).missing, 0);
  await journal.release(needed + 1);
  assert.equal((await lookUp(parts, journal)).missing, 1);
});

test('a restart says how many samples are no longer in the journal', async () => {
  const { clock, journal, checkpoints, send } = await startAll();
  for (let k = 1; k <= 12; k++) {
    send('a', { level: 100 + k });
    await clock.advance(1000);
  }
  const { parts } = decodeCheckpoint(checkpoints.bytes ?? assert.fail());
  await journal.release(neededBy(parts) + 1);
  const again = await createFleet({
    models: [first, second],
    twins,
    clock,
    shards: [createLocalShard(clock)],
    checkpoints,
    journal,
  });
  const messages = again.events().map(({ message }) => message);
  assert.ok(messages.includes('1 samples that the checkpoint refers to are no longer in the journal'));
});
