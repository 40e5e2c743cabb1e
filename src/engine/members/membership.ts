/**
 * Who is in the fleet, and how that changes while it runs: twins come, go, and move to other shards.
 *
 * Changes are made one after another. None of them stops a loop: a shard takes a twin in or lets it go between two of
 * its ticks, and samples of a twin on the move wait until it has arrived.
 */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { type Recorder, recordTwin } from '../journal/index.ts';
import type { Clock } from '../ports/index.ts';
import type { LaneCopy, ShardStart, ShardTwin, StepProblem } from '../protocol/index.ts';
import { checkTwins, type TwinConfig, type TwinInfo } from '../twin/index.ts';
import { createEntry, type Entry, forward, type Shared, shareOf, show } from './entry.ts';
import type { ShardClient } from './shard-client.ts';

export interface MembershipOptions {
  readonly models: ReadonlyMap<string, Model>;
  /** By shard. */
  readonly clients: readonly ShardClient[];
  readonly clock: Clock;
  /** Writes ahead who comes and goes. */
  readonly recorder: Recorder | undefined;
  /** A twin has its first snapshot, and may be given samples. */
  readonly joined: (entry: Entry) => void;
  /** No more samples for this twin. */
  readonly left: (entry: Entry) => void;
}

export class Membership {
  readonly #options: MembershipOptions;
  readonly #byNumber = new Map<number, Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #shared = new Map<Model, Shared>();
  #numbers = 0;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#byId.size;
  }

  all(): IterableIterator<Entry> {
    return this.#byId.values();
  }

  ids(): IterableIterator<string> {
    return this.#byId.keys();
  }

  find(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** By its number, which no other twin of this fleet ever has. */
  at(number: number): Entry | undefined {
    return this.#byNumber.get(number);
  }

  /** @throws GemelError `TWIN_UNKNOWN` */
  need(id: string): Entry {
    const entry = this.#byId.get(id);
    if (entry !== undefined) return entry;
    const hint = didYouMean(id, this.#byId.keys());
    throw new GemelError('TWIN_UNKNOWN', `no twin \`${id}\` runs here`, { hint });
  }

  /** Enters a twin that its shard will have from the start. */
  enter(info: TwinInfo, client: ShardClient): Entry {
    const entry = this.#create(info, client);
    this.#byId.set(info.config.id, entry);
    return entry;
  }

  /** What a shard is to start with: the twins that are its own. */
  startOf(client: ShardClient, { restore, recover }: Pick<ShardStart, 'restore' | 'recover'>): ShardStart {
    const own = [...this.#byNumber.values()].filter((entry) => entry.client === client);
    const models = new Map(own.map(({ info: { model } }) => [model.id, model.document]));
    return {
      kind: 'start',
      models: Array.from(models, ([id, document]) => ({ id, document })),
      twins: own.map(shardTwin),
      restore,
      recover,
    };
  }

  /** Hands the twins of one shard to another. @returns how many. */
  hand(from: ShardClient, to: ShardClient): number {
    const own = [...this.#byNumber.values()].filter((entry) => entry.client === from);
    for (const entry of own) entry.client = to;
    return own.filter((entry) => entry.trial?.shadow !== entry).length;
  }

  /** Enters a lane of another version of a twin, beside the one that is live. */
  enterLane(info: TwinInfo, { client, named }: Entry): Entry {
    return this.#create(info, client, named);
  }

  /** A lane that is not live is gone. */
  leaveLane({ target }: Entry): void {
    this.#byNumber.delete(target.index);
  }

  /** From now on this is the lane that the twin's name stands for. */
  setLive(entry: Entry): void {
    this.#byId.set(entry.info.config.id, entry);
  }

  /** See `Fleet.add`. */
  add(config: TwinConfig): Promise<TwinInfo> {
    return this.inTurn(async () => {
      const { models, joined } = this.#options;
      if (this.#byId.has(config.id)) {
        throw new GemelError('TWIN_DUPLICATE', `a twin \`${config.id}\` runs already`);
      }
      const [model] = checkTwins([config], models);
      if (model === undefined) throw new RangeError('a twin without a model');
      const entry = this.#create({ config, model }, this.#leastLoaded());
      try {
        await this.#begin(entry);
      } catch (error) {
        this.#byNumber.delete(entry.target.index);
        throw error;
      }
      this.#byId.set(config.id, entry);
      joined(entry);
      return entry.info;
    });
  }

  /** See `Fleet.remove`. */
  remove(id: string): Promise<void> {
    return this.inTurn(async () => {
      const { recorder, clock, left } = this.#options;
      const entry = this.need(id);
      const recorded = recorder?.command({ kind: 'remove', receivedMs: clock.nowMs(), twin: id });
      this.#byId.delete(id);
      const lanes = lanesOf(entry);
      left(entry);
      const removed = lanes.map(({ target, client }) =>
        client.request({ kind: 'remove', twin: target.index, leave: false }),
      );
      await Promise.all([...removed, recorded?.durable]);
      for (const { target } of lanes) this.#byNumber.delete(target.index);
    });
  }

  /** See `Fleet.move`. */
  move(id: string, shard: number): Promise<void> {
    return this.inTurn(async () => {
      const entry = this.need(id);
      const target = this.#options.clients[shard];
      if (target === undefined || target.failure !== undefined) {
        throw new GemelError('WORKER_FAILED', `there is no worker ${shard + 1} that runs`);
      }
      if (target === entry.client) return;
      entry.held = [];
      try {
        for (const lane of lanesOf(entry)) await this.#carry(lane, target);
      } finally {
        const held = entry.held;
        entry.held = undefined;
        for (const sample of held) forward(entry, sample);
      }
    });
  }

  /** Runs work once every change before it is done, and lets those after it wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  async #carry(entry: Entry, target: ShardClient): Promise<void> {
    const { index } = entry.target;
    const answer = await entry.client.request({ kind: 'remove', twin: index, leave: true });
    const lane = answer.kind === 'removed' ? answer.lane : undefined;
    entry.client = target;
    await this.#bring(entry, addRequest(entry, entry.dueMs, lane));
  }

  #create(info: TwinInfo, client: ShardClient, named = info.config): Entry {
    const { model } = info;
    const shared = this.#shared.get(model) ?? shareOf(model);
    this.#shared.set(model, shared);
    const entry = createEntry({ index: this.#numbers++, info, client, named }, shared);
    this.#byNumber.set(entry.target.index, entry);
    return entry;
  }

  /** Lets a new twin begin. If its record does not reach the disk, it ends again. */
  async #begin(entry: Entry): Promise<void> {
    const { recorder, clock } = this.#options;
    const { config } = entry.info;
    const receivedMs = clock.nowMs();
    const atMs = Math.floor(receivedMs / config.periodMs) * config.periodMs;
    entry.dueMs = atMs;
    const recorded = recorder?.command({ kind: 'add', receivedMs, twin: recordTwin(config), atMs });
    const brought = this.#bring(entry, addRequest(entry, atMs));
    // Whichever fails first, the twin is there or not before anything else is done.
    const [bringing, recording] = await Promise.allSettled([brought, recorded?.durable]);
    if (bringing.status === 'rejected') throw bringing.reason;
    if (recording.status === 'fulfilled') return;
    await entry.client.request({ kind: 'remove', twin: entry.target.index, leave: false });
    throw recording.reason;
  }

  async #bring(entry: Entry, request: ReturnType<typeof addRequest>): Promise<void> {
    const answer = await entry.client.request(request);
    if (answer.kind !== 'added') return;
    if (answer.problem !== undefined) throw problemOf(entry.info.config.id, answer.problem);
    if (answer.values !== undefined) show(entry, { values: answer.values, lanes: 1 }, 0);
  }

  /** The shard with the fewest twins, of those that live. @throws GemelError `WORKER_FAILED` */
  #leastLoaded(): ShardClient {
    const counts = new Map<ShardClient, number>();
    for (const client of this.#options.clients) if (client.failure === undefined) counts.set(client, 0);
    for (const { client } of this.#byId.values()) {
      const count = counts.get(client);
      if (count !== undefined) counts.set(client, count + 1);
    }
    let least: ShardClient | undefined;
    for (const [client, count] of counts)
      if (least === undefined || count < (counts.get(least) ?? 0)) least = client;
    if (least === undefined) throw new GemelError('WORKER_FAILED', 'every worker has failed');
    return least;
  }
}

/** What a shard is told of a twin more: a new one begins at `atMs`, one from another shard has its lane. */
export function addRequest(entry: Entry, atMs: number, lane?: LaneCopy) {
  const { model } = entry.info;
  return {
    kind: 'add',
    model: { id: model.id, document: model.document },
    twin: shardTwin(entry),
    atMs,
    ...(lane !== undefined && { lane }),
  } as const;
}

/** What a shard is told of a lane. */
export function shardTwin(entry: Entry): ShardTwin {
  const { info, target, named, trial } = entry;
  const { id, model, periodMs, parameters, inputs, start, queueLimit, latenessMs } = info.config;
  const own = { index: target.index, id, model, periodMs, parameters, inputs, start, queueLimit, latenessMs };
  return {
    ...own,
    ...(named.model !== model && { named: { model: named.model, parameters: named.parameters } }),
    ...(trial?.shadow === entry && { shadowOf: trial.live.target.index }),
  };
}

/** The lanes of a twin, the live one first. */
function lanesOf(entry: Entry): readonly Entry[] {
  return entry.trial === undefined ? [entry] : [entry, entry.trial.shadow];
}

/** What a shard could not do for a twin, as an error. */
export function problemOf(id: string, { code, message, hint }: StepProblem): GemelError {
  return new GemelError(code, `twin \`${id}\`: ${message}`, { hint });
}
