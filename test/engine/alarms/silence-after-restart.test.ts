/** A restart is no silence of the sensors: nobody was there to hear them, and clients take a while to come back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFleet, createLocalShard, createManualClock, type Fleet } from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, leakingTank, memoryStore, modelOf, startMs, twinOf } from '../support.ts';

const model = modelOf(leakingTank);

for (const [what, kept] of [
  ['with a journal', { checkpoints: memoryStore(), journal: memoryJournal() }],
  ['without', { checkpoints: memoryStore() }],
] as const)
  test(`after a restart ${what} a sensor has time to be heard again before it is told to be silent`, async () => {
    const clock = createManualClock(startMs);
    const start = () =>
      createFleet({
        models: [model],
        twins: ['a', 'b'].map((id) => twinOf(id, model, { periodMs: 1000 })),
        clock,
        shards: [createLocalShard(clock)],
        ...kept,
      });
    const tell = async (fleet: Fleet, seconds: number, twins: readonly string[]) => {
      for (let k = 0; k < seconds; k++) {
        for (const id of twins)
          fleet.deliver({
            topic: `gemel/${id}/telemetry`,
            payload: bytes('{"level": 100}'),
            receivedMs: clock.nowMs(),
          });
        await clock.advance(1000);
      }
    };
    const silences = (fleet: Fleet) => fleet.events().filter(({ kind }) => kind === 'sensor-silent');
    const alarms = (fleet: Fleet) => fleet.alarms.list().map(({ twin, kind }) => `${twin} ${kind}`);

    const first = await start();
    await tell(first, 20, ['a', 'b']);
    await first.stop();
    await clock.advance(20_000);
    const again = await start();
    await clock.advance(5000);
    const column = JSON.parse(again.snapshot('a')?.toJson() ?? '{}');
    assert.deepEqual(column.silent, ['level'], 'the snapshot says it');
    assert.deepEqual([silences(again).length, alarms(again)], [0, []]);
    await tell(again, 40, ['a']);
    assert.deepEqual(
      silences(again).map(({ twin, subject }) => `${twin} ${subject}`),
      ['b level'],
      'who does not come back is told',
    );
    assert.deepEqual(alarms(again), ['b sensor-silent']);
    // From then on it is as ever.
    await clock.advance(8000);
    assert.deepEqual(alarms(again).toSorted(), ['a sensor-silent', 'b sensor-silent']);
    await again.stop();
  });
