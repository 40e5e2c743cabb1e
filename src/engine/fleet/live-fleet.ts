/** The fleet at work: takes what the shards send, keeps the newest of it, and answers readers from there. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { type AlarmBook, FleetAlarms } from '../alarms/index.ts';
import { listen } from '../basics/index.ts';
import { type Checkpoint, describeKernels, describeParts } from '../checkpoint/index.ts';
import type { Delivery, Hindrance, Refused } from '../ingest/index.ts';
import { Ingest, RefusalLog } from '../ingest/index.ts';
import { nowhere, Recorder } from '../journal/index.ts';
import type { StepOptions } from '../members/index.ts';
import { forward, Membership, ShardClient, snapshotOf, stepByHand } from '../members/index.ts';
import type { ShardLink } from '../ports/index.ts';
import type { Sample } from '../protocol/index.ts';
import {
  completed,
  describeRecovery,
  recover,
  recoverAlone,
  type RecoveryContext,
  Revivals,
  Saving,
} from '../recovery/index.ts';
import type { Snapshot, TwinEvent } from '../snapshot/index.ts';
import { FleetTrials } from '../trials/index.ts';
import { addModel, defaultTelemetryFilter, type TwinConfig, type TwinInfo } from '../twin/index.ts';
import { FleetBlocks } from './blocks.ts';
import { EventLog } from './event-log.ts';
import type {
  Fleet,
  FleetChange,
  FleetOptions,
  FleetStatistics,
  IncomingMessage,
  TickReport,
} from './fleet.ts';
import { FleetReceiver } from './receiver.ts';
import { statisticsOf } from './statistics.ts';

const limits = { events: 2000, refusals: 1000 } as const;

export interface LiveFleetOptions extends Omit<FleetOptions, 'models' | 'twins'> {
  readonly models: Map<string, Model>;
  readonly members: readonly { readonly config: TwinConfig; readonly model: Model; readonly shard: number }[];
}

export class LiveFleet implements Fleet {
  readonly models: ReadonlyMap<string, Model>;
  readonly #options: LiveFleetOptions;
  readonly #clients: ShardClient[] = [];
  readonly #members: Membership;
  readonly #blocks: FleetBlocks;
  readonly #ingest: Ingest;
  readonly #refusals = new RefusalLog(limits.refusals);
  readonly #events: EventLog;
  readonly #alarms: FleetAlarms;
  readonly #receiver: FleetReceiver;
  readonly #changeListeners = new Set<(change: FleetChange) => void>();
  readonly #saving: Saving;
  readonly #recorder: Recorder | undefined;
  readonly #revivals = new Revivals();
  readonly #trials: FleetTrials;
  #stopped: Promise<void> | undefined;
  readonly addModel: Fleet['addModel'] = (model) => addModel(this.#options.models, model, this.#recorder);
  readonly tell: Fleet['tell'] = (event) => this.#events.tellNow(event);
  readonly recorded: Fleet['recorded'] = async () => this.#recorder?.durable();
  readonly onSample: Fleet['onSample'] = (listener) => listen(this.#ingest.listeners, listener);
  readonly beginShadow: Fleet['beginShadow'] = async (id, model) => this.#versions.beginShadow(id, model);
  readonly swapShadow: Fleet['swapShadow'] = async (id) => this.#versions.swapShadow(id);
  readonly endShadow: Fleet['endShadow'] = async (id) => this.#versions.endShadow(id);
  readonly shadow: Fleet['shadow'] = (id) => this.#trials.shadow(id);
  readonly shadowSnapshot: Fleet['shadowSnapshot'] = (id) => this.#trials.shadowSnapshot(id);
  readonly onShadowTick: Fleet['onShadowTick'] = (listener) => this.#trials.onShadowTick(listener);

  constructor(options: LiveFleetOptions) {
    this.models = options.models;
    this.#options = options;
    const { clock } = options;
    this.#ingest = new Ingest({
      telemetryFilter: options.telemetryFilter ?? defaultTelemetryFilter,
      clock,
      refusals: this.#refusals,
      nextOrigin: () => this.#recorder?.nextOrigin ?? nowhere,
      forward: (sample) => this.#forward(sample),
    });
    this.#events = new EventLog({
      keep: limits.events,
      clock,
      afterwards: (event) => this.#alarms.hear(event),
    });
    this.#alarms = new FleetAlarms({
      clock,
      settings: options.alarms ?? {},
      tell: (event) => this.#events.tell(event),
      changed: (change) => this.#recorder?.alarm(change),
    });
    const { journal } = options;
    this.#recorder = journal && new Recorder({ journal, clock, fleet: this });
    this.#members = new Membership({
      models: options.models,
      clients: this.#clients,
      clock,
      recorder: this.#recorder,
      joined: (entry) => {
        this.#ingest.add(entry.target);
        this.#alarms.add(entry.info);
        this.#tellChange('added', entry.info);
      },
      left: (entry) => {
        this.#trials.forget(entry);
        this.#ingest.remove(entry.target);
        this.#alarms.remove(entry.info.config.id);
        this.#recorder?.forget(entry.target.index);
        this.#tellChange('removed', entry.info);
      },
    });
    this.#trials = new FleetTrials({
      models: options.models,
      members: this.#members,
      clock,
      recorder: this.#recorder,
      rerouted: (before, now) => {
        this.#ingest.remove(before);
        this.#ingest.add(now);
        this.#recorder?.forget(now.index);
      },
      became: ({ info }) => this.#alarms.change(info, clock.nowMs()),
      changed: ({ info }) => this.#tellChange('changed', info),
      tell: (id, kind, message) => this.#events.tellOf(id, kind, message),
    });
    this.#blocks = new FleetBlocks({
      arrive: (entry, trial, shown) => this.#trials.arrive(entry, trial, shown),
      entryOf: (twin) => this.#members.at(twin),
      shardOf: (client) => this.#clients.indexOf(client),
      recorder: this.#recorder,
    });
    this.#receiver = new FleetReceiver({
      clock,
      members: this.#members,
      blocks: this.#blocks,
      trials: this.#trials,
      alarms: this.#alarms,
      events: this.#events,
      refusals: this.#refusals,
    });
    // Only now, since a shard may have something to say already.
    this.#clients.push(...options.shards.map((link) => this.#connect(link)));
    for (const { config, model, shard } of options.members) {
      const client = this.#clients[shard];
      if (client === undefined) throw new RangeError('a twin without a shard');
      this.#ingest.add(this.#members.enter({ config, model }, client).target);
      this.#alarms.add({ config, model });
    }
    this.#saving = new Saving({
      clients: this.#clients,
      inTurn: (work) => this.#members.inTurn(work),
      clock,
      alarms: this.alarms,
      onSaved: () => this.#alarms.over('checkpoint-failed'),
      tell: (message) => this.#events.tellOfAll('checkpoint-failed', message),
      store: options.checkpoints,
      everyMs: options.checkpointEveryMs,
      journal,
      recorder: this.#recorder,
    });
  }

  /** Starts the shards, and resolves once each has answered. */
  async start(checkpoint: Checkpoint): Promise<void> {
    const { clock, journal } = this.#options;
    const parts =
      journal === undefined ? checkpoint.parts : await completed(checkpoint.parts, this.#recoveryContext);
    const beginning = { restore: parts, recover: journal !== undefined };
    const notes = describeParts(parts, (id) => this.twin(id) !== undefined, clock.nowMs());
    notes.push(...this.#trials.restore(parts, this.#clients));
    for (const note of notes) this.#events.tellOfAll('resumed', note);
    if (journal === undefined) this.#alarms.restore(checkpoint.alarms, parts.length);
    else journal.resumeAfter(Math.max(0, ...parts.map((part) => part.journal ?? 0)));
    for (const client of this.#clients) client.start(this.#members.startOf(client, beginning));
    // Answers come in order: with them the first snapshots are there.
    await Promise.all(this.#clients.map((client) => client.requestAtOnce({ kind: 'ping' })));
    if (journal !== undefined) {
      const found = await recover(
        { ...this.#recoveryContext, checkpoint: { ...checkpoint, parts } },
        this.#clients,
      );
      if (found.samples + found.commands + found.gone > 0)
        this.#events.tellOfAll('resumed', describeRecovery(found));
      this.#recorder?.begin('start');
      this.#alarms.restore(found.alarms, parts.length);
      for (const client of this.#clients) client.go(found.until);
    }
    const kernels = describeKernels(parts, this.kernel);
    if (kernels !== undefined) this.#events.tellOfAll('kernel-changed', kernels);
    this.#alarms.watch(journal);
    await this.#saving.first();
    void this.#saving.run();
  }

  get alarms(): AlarmBook {
    return this.#alarms.book;
  }

  twins(): readonly TwinInfo[] {
    return Array.from(this.#members.all(), ({ info }) => info);
  }

  twin(id: string): TwinInfo | undefined {
    return this.#members.find(id)?.info;
  }

  get kernel(): string {
    return [...new Set(this.#clients.flatMap(({ kernel = [] }) => kernel))].join(', ');
  }

  async add(config: TwinConfig): Promise<TwinInfo> {
    this.#refuseIfStopped();
    return this.#members.add(config);
  }

  async remove(id: string): Promise<void> {
    this.#refuseIfStopped();
    return this.#members.remove(id);
  }

  async move(id: string, shard: number): Promise<void> {
    this.#refuseIfStopped();
    return this.#members.move(id, shard);
  }

  snapshot(id: string): Snapshot | undefined {
    return snapshotOf(this.#members.find(id));
  }

  topics(): readonly string[] {
    return this.#ingest.topics();
  }

  deliver({ topic, payload, receivedMs }: IncomingMessage): Delivery {
    return this.#recorded(this.#ingest.deliver(topic, payload, receivedMs));
  }

  setInputs(id: string, values: Readonly<Record<string, unknown>>, timeMs?: number): Delivery {
    const entry = this.#members.find(id);
    return entry === undefined
      ? this.#ingest.refuseUnknownTwin(id)
      : this.#recorded(this.#ingest.take(entry.target, values, timeMs));
  }

  async step(id: string, options: StepOptions): Promise<Snapshot> {
    const entry = this.#members.need(id);
    this.#refuseIfStopped();
    return stepByHand({ ...this.#options, members: this.#members, recorder: this.#recorder }, entry, options);
  }

  refusals(): readonly Refused[] {
    return this.#refusals.newestFirst();
  }

  events(): readonly TwinEvent[] {
    return this.#events.newestFirst();
  }

  failures(): readonly string[] {
    return this.#clients.flatMap(({ failure }) =>
      failure === undefined ? [] : [`a worker has failed: ${failure}`],
    );
  }

  statistics(): FleetStatistics {
    return statisticsOf({
      clients: this.#clients,
      retired: this.#revivals.counters,
      ingest: this.#ingest.counters,
      saving: this.#saving.counters,
      refused: this.#refusals.counts,
      events: this.#events.count,
      twins: this.#members.count,
    });
  }

  onTick(listener: (tick: TickReport) => void): () => void {
    return listen(this.#receiver.tickListeners, listener);
  }

  onEvent(listener: (event: TwinEvent) => void): () => void {
    return this.#events.listen(listener);
  }

  onChange(listener: (change: FleetChange) => void): () => void {
    return listen(this.#changeListeners, listener);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  /** The checkpoint to start from could not be read. */
  checkpointUnreadable(error: unknown): void {
    this.#saving.failed('read', error);
  }

  #forward(sample: Sample): Hindrance | undefined {
    const entry = this.#stopped === undefined ? this.#members.at(sample.twin) : undefined;
    if (entry === undefined) return 'unavailable';
    if (this.#recorder?.full === true) return 'disk-refuses';
    const hindrance = forward(entry, sample);
    if (hindrance === undefined) this.#recorder?.add(sample, entry.target);
    return hindrance;
  }

  /** Ends the record of a message. */
  #recorded(delivery: Delivery): Delivery {
    const durable = this.#recorder?.end();
    return durable === undefined ? delivery : { ...delivery, durable };
  }

  #connect(link: ShardLink): ShardClient {
    const client: ShardClient = new ShardClient(link, this.#options.clock, {
      position: () => this.#recorder?.last ?? 0,
      onMessage: (message) => this.#receiver.receive(client, message),
      onFailed: (why) => this.#failed(client, why),
    });
    return client;
  }

  #failed(client: ShardClient, why: string): void {
    if (this.#revive(client, why)) return;
    const count = Array.from(this.#members.all()).filter((entry) => entry.client === client).length;
    const message = `the worker of ${count} twins has failed, and they stand still: ${why}`;
    this.#events.tellOfAll('worker-failed', message);
  }

  /** Starts another shard in the place of one that died, unless it never ran or dies too often. */
  #revive(dead: ShardClient, why: string): boolean {
    const { clock, journal, revive } = this.#options;
    const shard = this.#clients.indexOf(dead);
    if (revive === undefined || shard < 0 || dead.kernel === undefined || this.#stopped !== undefined)
      return false;
    if (!this.#revivals.allow(shard, clock.nowMs())) return false;
    const client = this.#connect(revive(shard));
    const parts = this.#clients.flatMap((one) => one.parts).toSorted((a, b) => a.savedMs - b.savedMs);
    client.parts = dead.parts;
    this.#revivals.retire(dead.counters);
    this.#blocks.forget(dead);
    this.#clients[shard] = client;
    const count = this.#members.hand(dead, client);
    this.#trials.restore(parts, [client]);
    const start = this.#members.startOf(client, { restore: parts, recover: journal !== undefined });
    if (journal === undefined) client.start(start);
    else
      recoverAlone(client, start, this.#recoveryContext).then(
        ({ until }) => client.go(until),
        (error: unknown) => this.#failed(client, String(error)),
      );
    void dead.close();
    const message = `the worker of ${count} twins has failed and was started again: ${why}`;
    this.#events.tellOfAll('worker-restarted', message);
    return true;
  }

  get #recoveryContext(): RecoveryContext {
    const { journal } = this.#options;
    if (journal === undefined) throw new RangeError('nothing to recover from');
    const tell = (note: string) => this.#events.tellOfAll('resumed', note);
    return { journal, members: this.#members, trials: this.#trials, tell };
  }

  #tellChange(kind: FleetChange['kind'], twin: TwinInfo): void {
    const { id } = twin.config;
    // Who listens to the twin is to hear of its end before he forgets it.
    if (kind === 'removed') this.#events.tellOf(id, kind, 'the twin has ended');
    for (const listener of this.#changeListeners) listener({ kind, twin });
    if (kind === 'added') this.#events.tellOf(id, kind, `a twin of ${twin.model.id} runs from now on`);
    if (kind === 'changed')
      this.#events.tellOf(id, 'model-changed', `the twin runs ${twin.model.id} from now on`);
  }

  /** Only while it runs. */
  get #versions(): FleetTrials {
    this.#refuseIfStopped();
    return this.#trials;
  }

  #refuseIfStopped(): void {
    if (this.#stopped !== undefined) throw new GemelError('FLEET_STOPPED', 'the engine is stopping');
  }

  async #end(): Promise<void> {
    this.#alarms.stop();
    await this.#saving.end();
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}
