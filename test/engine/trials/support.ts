/** What tests of trials over restarts share: two versions of a model, lives that share a disk, and what is done and seen. */

import {
  createFleet,
  createLocalShard,
  type Fleet,
  type Journal,
  type ManualClock,
  type ShardLink,
  type TwinConfig,
} from '../../../src/engine/index.ts';
import { memoryJournal } from '../memory-journal.ts';
import { bytes, memoryStore, modelOf, twinOf } from '../support.ts';

/** Two states, one of them hidden; nothing of it is exact in binary. */
export const first = modelOf(`
gemel: 1
model: leaking-tank
version: 1.0.0
solver: { step: 0.2 s }
inputs:
  pump: { unit: l/min, default: 60 }
parameters:
  area: { unit: m^2, value: 2 }
states:
  volume: { unit: l, start: 100, min: 0, max: 500, noise: 0.2 l/s^0.5, uncertainty: 5 l }
  leak: { unit: l/min, start: 10, min: 0, noise: 0.3 l/min/s^0.5, uncertainty: 10 l/min }
equations:
  der(volume): pump - leak * sqrt(volume / (100 [l]))
  der(leak): 0
measurements:
  level: { equals: volume, unit: l, noise: 0.5 l }
`);

/** The leak as a width, and what evaporates; a parameter under another name. */
export const second = modelOf(`
gemel: 1
model: leaking-tank
version: 2.0.0
solver: { step: 0.2 s }
inputs:
  pump: { unit: l/min, default: 60 }
  sun: { unit: "1", default: 0.5, min: 0, max: 1 }
parameters:
  surface: { unit: m^2, value: 2 }
migrates:
  states:
    width: leak / (10 [l/min])
  parameters:
    surface: area
states:
  volume: { unit: l, start: 100, min: 0, max: 500, noise: 0.2 l/s^0.5, uncertainty: 5 l }
  width: { unit: "1", start: 1, min: 0, noise: 0.03 1/s^0.5, uncertainty: 1 }
  dry: { unit: l/m^2/min, start: 0.1, noise: 0.01 l/m^2/min/s^0.5, uncertainty: 0.1 l/m^2/min }
equations:
  der(volume): pump - width * 10 [l/min] * sqrt(volume / (100 [l])) - sun * dry * surface
  der(width): 0
  der(dry): 0
measurements:
  level: { equals: volume, unit: l, noise: 0.5 l }
`);

export const twins = [
  twinOf('a', first, { periodMs: 1000, parameters: { area: 3 } }),
  twinOf('b', first, { periodMs: 500 }),
  twinOf('c', first, { periodMs: 1000, latenessMs: 3000 }),
];

export interface Life {
  readonly shards: number;
  readonly configs?: readonly TwinConfig[];
  readonly revive?: (shard: number) => ShardLink;
  readonly links?: readonly ShardLink[];
}

/** Lives that share only their disk; only the newest of them reaches it. */
export function createDisk(clock: ManualClock) {
  const disk = memoryStore();
  const journal = memoryJournal();
  let lives = 0;
  return (life: Life): Promise<Fleet> => {
    const own = ++lives;
    const kept: Journal = {
      get last() {
        return journal.last;
      },
      full: false,
      append: (content) => (own === lives ? journal.append(content) : journal.last),
      committed: () => journal.committed(),
      pages: (from) => journal.pages(from),
      resumeAfter: (number) => journal.resumeAfter(number),
      release: async (before) => (own === lives ? journal.release(before) : undefined),
    };
    return createFleet({
      models: [first, second],
      twins: life.configs ?? twins,
      clock,
      shards: life.links ?? Array.from({ length: life.shards }, () => createLocalShard(clock)),
      ...(life.revive !== undefined && { revive: life.revive }),
      checkpoints: {
        load: () => disk.load(),
        save: async (saved) => (own === lives ? disk.save(saved) : undefined),
      },
      checkpointEveryMs: 5000,
      journal: kept,
    });
  };
}

export const send = (fleet: Fleet, twin: string, payload: object, receivedMs: number) =>
  fleet.deliver({ topic: `gemel/${twin}/telemetry`, payload: bytes(JSON.stringify(payload)), receivedMs });

export type Act = 'begin' | 'swap' | 'end' | 'step';

export async function act(fleet: Fleet, [kind, id]: readonly [Act, string]): Promise<void> {
  if (kind === 'begin') await fleet.beginShadow(id, fleet.twin(id)?.model === first ? second.id : first.id);
  else if (kind === 'swap') await fleet.swapShadow(id);
  else if (kind === 'end') await fleet.endShadow(id);
  else await fleet.step(id, { seconds: 0.7, inputs: { pump: 0.0015 } });
}

/** All that readers can see of both lanes. */
export function seen(fleet: Fleet): object {
  return Object.fromEntries(
    twins.map(({ id }) => [
      id,
      [fleet.snapshot(id), fleet.shadowSnapshot(id)].map((it) => [
        it?.model,
        it?.plain(),
        it?.toJson(),
        it?.elapsedSeconds,
      ]),
    ]),
  );
}

/** A recovery takes its turns, and the clock in the hand does not wait for it. */
export async function settle(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await clock.advance(0);
}
