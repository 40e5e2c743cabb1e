/** A twin that stands still shows after a restart what it showed before, though no tick of it is made again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFleet, createLocalShard, createManualClock } from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, memoryStore, modelOf, startMs, twinOf } from '../support.ts';

/** Full after a second; a divisor of zero sends it to infinity. */
const model = modelOf(`
gemel: 1
model: full
version: 1.0.0
units: unchecked
inputs:
  divisor: { unit: "1", default: 2 }
states:
  x: { unit: "1", start: 0 }
  volume: { unit: l, start: 9, max: 10 }
equations:
  der(x): 1 / divisor
  der(volume): 1
measurements:
  level: { equals: volume, unit: l }
`);

test('a bound that held when a twin was quarantined still holds after a restart', async () => {
  const clock = createManualClock(startMs);
  const kept = { checkpoints: memoryStore(), journal: memoryJournal(), checkpointEveryMs: 5000 };
  const twins = [twinOf('a', model)];
  const live = () =>
    createFleet({ models: [model], twins, clock, shards: [createLocalShard(clock)], ...kept });
  const fleet = await live();
  const send = (values: object) =>
    fleet.deliver({
      topic: 'gemel/a/telemetry',
      payload: bytes(JSON.stringify(values)),
      receivedMs: clock.nowMs(),
    });
  for (let k = 0; k < 10; k++) {
    send({ level: 5 + k });
    await clock.advance(1000);
  }
  send({ divisor: 0 });
  // For longer than late samples may take it back.
  await clock.advance(40_000);
  const seen = fleet.snapshot('a')?.toJson() ?? '';
  assert.match(seen, /"status":"quarantined".*"held":\{"volume":"max"\},"silent":\["level"\]/);
  await fleet.stop();
  const again = await live();
  assert.equal(again.snapshot('a')?.toJson(), seen);
});
