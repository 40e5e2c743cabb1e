/** A fleet that runs two versions beside each other as the real one does, its ticks made by hand, and a store in memory. */

import { GemelError } from '../../../src/core/diagnose/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import {
  createManualClock,
  type ManualClock,
  type RolloutRequest,
  Rollouts,
  type RolloutStore,
  type Snapshot,
  type TrialFleet,
  type TwinConfig,
  type TwinEvent,
  type TwinInfo,
} from '../../../src/engine/index.ts';
import { modelOf, startMs, twinOf } from '../support.ts';

function version(number: string): Model {
  return modelOf(`{ gemel: 1, model: pump, version: ${number}, states: { level: { unit: m, start: 1 } },
    equations: { der(level): 0 }, measurements: { level: { equals: level, unit: m, noise: 1 m } } }`);
}

export const [old, next, later] = [version('1.0.0'), version('1.1.0'), version('1.2.0')] as const;
const other = modelOf(
  '{ gemel: 1, model: fan, version: 1.0.0, states: { s: { unit: m, start: 1 } }, equations: { der(s): 0 } }',
);

type Tick = Parameters<Parameters<TrialFleet['onShadowTick']>[0]>[0];
type Change = Parameters<Parameters<TrialFleet['onChange']>[0]>[0];

/** How far the two versions are off, in deviations. */
interface Errors {
  readonly old: number;
  readonly new: number;
}

interface FakeTrials extends TrialFleet {
  readonly told: TwinEvent[];
  /** Every step that was taken, in order, such as `begin a pump@1.1.0`. */
  readonly steps: string[];
  /** What steps of this name fail with. */
  readonly failures: Map<string, GemelError>;
  /** Makes ticks of all trials, a second each. */
  tick(seconds: number, errors: Errors | ((twin: string) => Errors)): void;
  happen(event: Pick<TwinEvent, 'twin' | 'kind'>): void;
  remove(id: string): void;
  add(id: string): void;
  /** Another process: nobody listens, and what runs is as it was. */
  restart(): void;
  quarantined: ReadonlySet<string>;
}

/** Twins p-1, p-2, … of the old version, every second of group `east`, and a fan. */
function fakeTrials(clock: ManualClock, count = 10): FakeTrials {
  const infoOf = (id: string, model: Model, more: Partial<TwinConfig> = {}): TwinInfo => ({
    config: twinOf(id, model, more),
    model,
  });
  const twins = new Map<string, TwinInfo>();
  for (let i = 1; i <= count; i++)
    twins.set(`p-${i}`, infoOf(`p-${i}`, old, i % 2 === 0 ? { group: 'east' } : {}));
  twins.set('fan', infoOf('fan', other));
  const shadows = new Map<string, TwinInfo>();
  const ticks = new Set<(tick: Tick) => void>();
  const events = new Set<(event: TwinEvent) => void>();
  const changes = new Set<(change: Change) => void>();
  const rng = new Rng(42);
  const listen = <T>(set: Set<T>, listener: T) => {
    set.add(listener);
    return () => set.delete(listener);
  };
  const models = new Map([old, next, later, other].map((model) => [model.id, model]));
  /** Once there were ticks, the machines go on as they were. */
  let errors: ((twin: string) => Errors) | undefined;
  const tickOf = (id: string, atMs: number): void => {
    const reading = (model: Model | undefined) => {
      const innovation = (errors?.(id)[model === old ? 'old' : 'new'] ?? 0) * rng.normal();
      return new Map([['level', { timeMs: atMs, innovation, deviation: 1, rejected: false }]]);
    };
    const [live, shadow] = [reading(twins.get(id)?.model), reading(shadows.get(id)?.model)];
    for (const listener of ticks) listener({ twin: id, atMs, live, shadow, ahead: [] });
  };
  const step = async (name: string): Promise<void> => {
    await Promise.resolve();
    const failure = fleet.failures.get(name);
    if (failure !== undefined) throw failure;
    fleet.steps.push(name);
  };
  const fleet: FakeTrials = {
    told: [],
    steps: [],
    failures: new Map(),
    quarantined: new Set(),
    models,
    twins: () => [...twins.values()],
    twin: (id) => twins.get(id),
    shadow: (id) => shadows.get(id),
    snapshot: (id) => snapshotOf(id, fleet),
    shadowSnapshot: (id) => snapshotOf(`${id} shadow`, fleet),
    async beginShadow(id, model) {
      await step(`begin ${id} ${model}`);
      const found = models.get(model);
      if (found === undefined || shadows.has(id)) throw new RangeError('a trial that cannot begin');
      shadows.set(id, infoOf(id, found));
    },
    async swapShadow(id) {
      await step(`swap ${id}`);
      const [live, shadow] = [twins.get(id), shadows.get(id)];
      if (live === undefined || shadow === undefined) throw new RangeError('there is no trial');
      twins.set(id, { ...live, model: shadow.model });
      shadows.set(id, live);
      // Readers see it before the swap is answered: that waits for the disk.
      if (errors !== undefined) for (let i = 0; i < 16; i++) tickOf(id, clock.nowMs() + i);
      return { atMs: clock.nowMs() };
    },
    async endShadow(id) {
      await step(`end ${id}`);
      shadows.delete(id);
    },
    onShadowTick: (listener) => listen(ticks, listener),
    onEvent: (listener) => listen(events, listener),
    onChange: (listener) => listen(changes, listener),
    tell(event) {
      fleet.told.push({ ...event, timeMs: clock.nowMs(), severity: 'info' });
    },
    tick(seconds, made) {
      errors = typeof made === 'function' ? made : () => made;
      for (let i = 0; i < seconds; i++) for (const id of shadows.keys()) tickOf(id, clock.nowMs() + i * 1000);
    },
    happen(event) {
      const whole: TwinEvent = { ...event, timeMs: clock.nowMs(), severity: 'critical', message: 'as told' };
      for (const listener of events) listener(whole);
    },
    remove(id) {
      const twin = twins.get(id);
      twins.delete(id);
      shadows.delete(id);
      if (twin !== undefined) for (const listener of changes) listener({ kind: 'removed', twin });
    },
    add(id) {
      const twin = infoOf(id, old);
      twins.set(id, twin);
      for (const listener of changes) listener({ kind: 'added', twin });
    },
    restart() {
      for (const set of [ticks, events, changes]) set.clear();
    },
  };
  return fleet;
}

/** Only its status is looked at. */
function snapshotOf(id: string, { quarantined }: FakeTrials): Snapshot {
  return { status: quarantined.has(id) ? 'quarantined' : 'running' } as Snapshot;
}

interface MemoryStore extends RolloutStore {
  readonly texts: Map<string, string>;
  refuses: boolean;
}

function memoryTexts(): MemoryStore {
  const store: MemoryStore = {
    texts: new Map(),
    refuses: false,
    load: async (name) => store.texts.get(name),
    async save(name, text) {
      if (store.refuses) throw new GemelError('CHECKPOINT_UNWRITABLE', `${name} cannot be written`);
      store.texts.set(name, text);
    },
  };
  return store;
}

export interface Scene {
  readonly clock: ManualClock;
  readonly fleet: FakeTrials;
  readonly store: MemoryStore;
  readonly warnings: string[];
  rollouts: Rollouts;
  /** Another process on the same fleet and store. */
  restart(): Promise<void>;
}

export async function scene(count?: number): Promise<Scene> {
  const clock = createManualClock(startMs);
  const fleet = fakeTrials(clock, count);
  const store = memoryTexts();
  const warnings: string[] = [];
  const open = () => Rollouts.open({ fleet, clock, store, warn: (message) => warnings.push(message) });
  const made: Scene = {
    clock,
    fleet,
    store,
    warnings,
    rollouts: await open(),
    async restart() {
      fleet.restart();
      made.rollouts = await open();
    },
  };
  return made;
}

export function request(more: Partial<RolloutRequest> = {}): RolloutRequest {
  return { id: 'r', model: next.id, of: { twins: ['p-1', 'p-2', 'p-3'] }, stage: 'shadow', ...more };
}
