/** Any trials, steps, moves and crashes, drawn from seeds: both versions stay what they are in a fleet that nothing happens to. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { createManualClock, type Fleet } from '../../../src/engine/index.ts';
import { startMs } from '../support.ts';
import { type Act, act, createDisk, seen, send, settle, twins } from '../trials/support.ts';

const acts: readonly Act[] = ['begin', 'swap', 'end', 'step'];

/** What became of it: what cannot be done is refused by both fleets alike. */
async function outcome(fleet: Fleet, one: readonly [Act, string]): Promise<string> {
  return act(fleet, one).then(
    () => 'done',
    (error: unknown) => (error instanceof GemelError ? error.code : String(error)),
  );
}

/** Since when a sensor is silent is no matter of the journal. */
const comparable = (fleet: Fleet): string =>
  JSON.stringify(seen(fleet)).replaceAll(/,\\"silent\\":\[[^\]]*\]/g, '');

async function play(seed: number): Promise<void> {
  const rng = new Rng(seed);
  const random = () => rng.uniform();
  const pick = <T>(among: readonly T[]): T => among[Math.floor(random() * among.length)] ?? assert.fail();
  const still = createManualClock(startMs);
  const clock = createManualClock(startMs);
  const reference = await createDisk(still)({ shards: 1 });
  const start = createDisk(clock);
  let fleet = await start({ shards: 2 });
  const sendSome = (): void => {
    const { id, latenessMs } = pick(twins);
    const lateMs = random() < 0.4 ? latenessMs - 2000 : 900;
    const payload = {
      ...(random() < 0.8 && { level: 90 + 20 * random() }),
      ...(random() < 0.3 && { pump: 40 + 30 * random() }),
      ...(random() < 0.3 && { sun: random() }),
      time: clock.nowMs() - Math.floor(lateMs * random()) + 300,
    };
    const [expected, found] = [reference, fleet].map(
      (each) => send(each, id, payload, clock.nowMs()).accepted,
    );
    assert.equal(found, expected);
  };
  const advance = async (byMs: number): Promise<void> => {
    await still.advance(byMs);
    await clock.advance(byMs);
  };
  for (let second = 1; second <= 40; second++) {
    for (let n = 0; n < 6; n++) {
      sendSome();
      if (random() < 0.5) {
        const one = [pick(acts), pick(twins).id] as const;
        assert.equal(await outcome(fleet, one), await outcome(reference, one), one.join(' '));
      }
      if (random() < 0.1) await fleet.move(pick(twins).id, pick([0, 1])).catch(() => undefined);
      await advance(pick([50, 130, 200, 333]));
      if (random() < 0.08) {
        fleet = await start({ shards: pick([1, 2]) });
        await settle(clock);
      }
    }
    // To just after a tick: what came since the one before may or may not be worked in yet.
    await advance(1000 - ((clock.nowMs() - startMs) % 1000) + 1);
    await settle(clock);
    assert.equal(comparable(fleet), comparable(reference), `after ${second} rounds`);
  }
}

for (const seed of [1, 2, 3]) {
  test(`through any trials, steps, moves and crashes (seed ${seed})`, () => play(seed));
}
