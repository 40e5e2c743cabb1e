/** The fleet at work: takes what the shards send, keeps the newest of it, and answers readers from there. */

import { GemelError, suggest } from '../core/diagnose/index.ts';
import type { Model } from '../core/model/index.ts';
import { fromSi } from '../core/units/index.ts';
import { checkStepInput } from './check-twins.ts';
import { severities, type TwinEvent, type TwinEventKind } from './event.ts';
import type { Fleet, FleetStatistics, IncomingMessage, StepOptions, TickReport, TwinInfo } from './fleet.ts';
import type { Frame } from './frame.ts';
import { Ingest, type Target } from './ingest.ts';
import type { BlockInfo, FromShard, ShardRefusal, ShardReport, ToShard } from './messages.ts';
import type { CheckpointStore, Clock, ShardLink } from './ports.ts';
import type { Delivery, Refused } from './refusal.ts';
import { RefusalLog } from './refusal-log.ts';
import { sumCounters } from './reporter.ts';
import { Ring } from './ring.ts';
import { Saving } from './saving.ts';
import { ShardClient } from './shard-client.ts';
import { createSignalTable } from './signal-table.ts';
import type { Snapshot } from './snapshot.ts';
import { createSnapshot, createSnapshotView, type SnapshotView } from './snapshot-view.ts';
import type { TwinConfig } from './twin-config.ts';

const limits = { events: 2000, refusals: 1000 } as const;

export interface LiveFleetOptions {
  readonly models: ReadonlyMap<string, Model>;
  readonly members: readonly { readonly config: TwinConfig; readonly model: Model; readonly shard: number }[];
  readonly shards: readonly ShardLink[];
  readonly clock: Clock;
  readonly telemetryFilter: string;
  readonly checkpoints?: CheckpointStore;
  readonly checkpointEveryMs?: number;
}

/** A twin as the fleet keeps it. Its snapshot is made when somebody asks. */
interface Entry {
  readonly info: TwinInfo;
  readonly target: Target;
  readonly view: SnapshotView;
  readonly client: ShardClient;
  frame: Frame | undefined;
  lane: number;
  snapshot: Snapshot | undefined;
}

interface FleetBlock {
  readonly info: BlockInfo;
  readonly entries: readonly Entry[];
  readonly ids: readonly string[];
}

export class LiveFleet implements Fleet {
  readonly models: ReadonlyMap<string, Model>;
  readonly #options: LiveFleetOptions;
  readonly #clients: readonly ShardClient[];
  readonly #entries: readonly Entry[];
  readonly #byId: ReadonlyMap<string, Entry>;
  readonly #blocks = new Map<ShardClient, Map<number, FleetBlock>>();
  readonly #ingest: Ingest;
  readonly #refusals = new RefusalLog(limits.refusals);
  readonly #events = new Ring<TwinEvent>(limits.events);
  readonly #tickListeners = new Set<(tick: TickReport) => void>();
  readonly #eventListeners = new Set<(event: TwinEvent) => void>();
  readonly #saving: Saving;
  #told = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: LiveFleetOptions) {
    this.models = options.models;
    this.#options = options;
    const { clock } = options;
    this.#clients = options.shards.map((link) => {
      const client: ShardClient = new ShardClient(link, clock, {
        onMessage: (message) => this.#receive(client, message),
        onFailed: (why) => this.#failed(client, why),
      });
      return client;
    });
    this.#saving = new Saving({
      clients: this.#clients,
      clock,
      tell: (message) => this.tell('*', 'checkpoint-failed', message),
      ...(options.checkpoints !== undefined && { store: options.checkpoints }),
      ...(options.checkpointEveryMs !== undefined && { everyMs: options.checkpointEveryMs }),
    });
    this.#entries = this.#createEntries(options);
    this.#byId = new Map(this.#entries.map((entry) => [entry.info.config.id, entry]));
    this.#ingest = new Ingest({
      targets: this.#entries.map(({ target }) => target),
      telemetryFilter: options.telemetryFilter,
      clock,
      refusals: this.#refusals,
      forward: (sample) =>
        this.#stopped === undefined
          ? (this.#entries[sample.twin]?.client.forward(sample) ?? undefined)
          : 'unavailable',
    });
  }

  /** Starts the shards, each with its message, and resolves once each has answered. */
  async start(messages: readonly Extract<ToShard, { kind: 'start' }>[]): Promise<void> {
    for (const [index, client] of this.#clients.entries()) {
      const message = messages[index];
      if (message !== undefined) client.start(message);
    }
    // Answers come in order, so with the first checkpoint the first snapshots are there as well.
    await Promise.all(this.#clients.map((client) => client.request({ kind: 'checkpoint' })));
    void this.#saving.run();
  }

  twins(): readonly TwinInfo[] {
    return this.#entries.map(({ info }) => info);
  }

  twin(id: string): TwinInfo | undefined {
    return this.#byId.get(id)?.info;
  }

  snapshot(id: string): Snapshot | undefined {
    const entry = this.#byId.get(id);
    return entry === undefined ? undefined : snapshotOf(entry);
  }

  topics(): readonly string[] {
    return this.#ingest.topics();
  }

  deliver({ topic, payload, receivedMs }: IncomingMessage): Delivery {
    return this.#ingest.deliver(topic, payload, receivedMs);
  }

  setInputs(id: string, values: Readonly<Record<string, unknown>>, timeMs?: number): Delivery {
    const entry = this.#byId.get(id);
    return entry === undefined
      ? this.#ingest.refuseUnknownTwin(id)
      : this.#ingest.take(entry.target, values, timeMs);
  }

  async step(id: string, { seconds, inputs = {} }: StepOptions): Promise<Snapshot> {
    const entry = this.#byId.get(id);
    if (entry === undefined) throw this.#unknownTwin(id);
    if (this.#stopped !== undefined) throw new GemelError('FLEET_STOPPED', 'the engine is stopping');
    if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) {
      throw new GemelError('STEP_INVALID', `a step must be a positive number of seconds, got ${seconds}`);
    }
    const numbered = Object.entries(inputs).map(([name, value]) =>
      checkStepInput(entry.info.model, name, value),
    );
    const twin = entry.target.index;
    const answer = await entry.client.request({ kind: 'step', twin, seconds, inputs: numbered });
    if (answer.kind === 'stepped' && answer.values !== undefined) {
      return createSnapshot(id, entry.view, { values: answer.values, lanes: 1 }, 0);
    }
    const problem = answer.kind === 'stepped' ? answer.problem : undefined;
    const { code = 'STEP_INVALID', message = 'no answer', hint } = problem ?? {};
    throw new GemelError(code, `twin \`${id}\`: ${message}`, hint === undefined ? {} : { hint });
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
    const { messages, ignored, accepted } = this.#ingest.counters;
    const known = this.#clients.map(({ counters }) => counters).filter((counters) => counters !== undefined);
    const shards = sumCounters(known);
    return {
      ...shards,
      ...this.#saving.counters,
      events: this.#told,
      twins: this.#entries.length,
      inFlight: this.#clients.reduce((sum, { onTheirWay }) => sum + onTheirWay, 0),
      failedWorkers: this.failures().length,
      messages,
      ignoredMessages: ignored,
      acceptedSamples: accepted,
      refusedSamples: { ...this.#refusals.counts, ...shards.refusedSamples },
    };
  }

  onTick(listener: (tick: TickReport) => void): () => void {
    return listen(this.#tickListeners, listener);
  }

  onEvent(listener: (event: TwinEvent) => void): () => void {
    return listen(this.#eventListeners, listener);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  /** Tells an event of the fleet itself. */
  tell(twin: string, kind: TwinEventKind, message: string): void {
    this.#tell({ twin, timeMs: this.#options.clock.nowMs(), kind, severity: severities[kind], message });
  }

  /** The checkpoint to start from could not be read. */
  checkpointUnreadable(error: unknown): void {
    this.#saving.failed('read', error);
  }

  #createEntries({ members }: LiveFleetOptions): Entry[] {
    const shared = new Map(
      [...this.models.values()].map((model) => [
        model,
        { view: createSnapshotView(model), table: createSignalTable(model) },
      ]),
    );
    return members.map(({ config, model, shard }, index) => {
      const ofModel = shared.get(model);
      const client = this.#clients[shard];
      if (ofModel === undefined || client === undefined)
        throw new RangeError('a twin without model or shard');
      const { view, table } = ofModel;
      const info = { config, model };
      return {
        info,
        target: { index, config, table },
        view,
        client,
        frame: undefined,
        lane: 0,
        snapshot: undefined,
      };
    });
  }

  #receive(client: ShardClient, message: Exclude<FromShard, { kind: 'acknowledged' | 'failed' }>): void {
    switch (message.kind) {
      case 'ready':
        this.#blocks.set(client, this.#createBlocks(message.blocks));
        break;
      case 'frame':
        this.#takeFrame(client, message);
        break;
      case 'stepped': {
        const entry = this.#entries[message.twin];
        if (entry !== undefined && message.values !== undefined)
          show(entry, { values: message.values, lanes: 1 }, 0);
        break;
      }
      case 'checkpoint':
        break;
    }
    // Events after numbers: who reads the twin upon its event finds it as the event says.
    this.#takeReport(message.report);
    if (message.kind === 'frame') this.#tellTick(client, message);
  }

  #createBlocks(infos: readonly BlockInfo[]): Map<number, FleetBlock> {
    return new Map(
      infos.map((info) => {
        const entries = info.twins
          .map((index) => this.#entries[index])
          .filter((entry) => entry !== undefined);
        return [info.block, { info, entries, ids: entries.map((entry) => entry.info.config.id) }];
      }),
    );
  }

  #takeFrame(client: ShardClient, { block, values }: Extract<FromShard, { kind: 'frame' }>): void {
    client.taken(block);
    const entries = this.#blocks.get(client)?.get(block)?.entries ?? [];
    const frame = { values, lanes: entries.length };
    for (let lane = 0; lane < entries.length; lane++) {
      const entry = entries[lane];
      if (entry !== undefined) show(entry, frame, lane);
    }
  }

  #tellTick(client: ShardClient, message: Extract<FromShard, { kind: 'frame' }>): void {
    const block = this.#blocks.get(client)?.get(message.block);
    if (block === undefined || this.#tickListeners.size === 0) return;
    const { dueMs, finishedMs, receivedMs } = message;
    const seenMs = this.#options.clock.nowMs();
    const tick = { twins: block.ids, periodMs: block.info.periodMs, dueMs, finishedMs, seenMs, receivedMs };
    for (const listener of this.#tickListeners) listener(tick);
  }

  #takeReport({ events, refused }: ShardReport): void {
    for (const { twin, ...event } of events) {
      this.#tell({ twin: this.#entries[twin]?.info.config.id ?? '*', ...event });
    }
    for (const refusal of refused) this.#takeRefusal(refusal);
  }

  #takeRefusal({ reason, atMs, twin, signal, timeMs, value }: ShardRefusal): void {
    const target = this.#entries[twin]?.target;
    const described = target?.table.signals[signal];
    if (target === undefined || described === undefined) return;
    const shown = Number(fromSi(value, described.unit).toPrecision(6));
    const got = `${shown} ${described.unit.symbol} at ${new Date(timeMs).toISOString()}`;
    const message = shardMessages[reason];
    this.#refusals.keep({ reason, atMs, twin: target.config.id, signal: described.name, got, message });
  }

  #failed(client: ShardClient, why: string): void {
    const count = this.#entries.filter((entry) => entry.client === client).length;
    this.tell('*', 'worker-failed', `the worker of ${count} twins has failed, and they stand still: ${why}`);
  }

  #tell(event: TwinEvent): void {
    this.#told++;
    this.#events.push(event);
    for (const listener of this.#eventListeners) listener(event);
  }

  #unknownTwin(id: string): GemelError {
    const near = suggest(id, this.#byId.keys());
    const hint = near === undefined ? {} : { hint: `did you mean \`${near}\`?` };
    return new GemelError('TWIN_UNKNOWN', `no twin \`${id}\` runs here`, hint);
  }

  async #end(): Promise<void> {
    await this.#saving.end();
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

const shardMessages = {
  'out-of-order': 'a newer sample of this signal was already applied',
  repeated: 'the same value with the same time was already applied',
  'queue-full': 'too many samples waited for their tick, and this was the oldest',
} as const satisfies Record<ShardRefusal['reason'], string>;

function show(entry: Entry, frame: Frame, lane: number): void {
  entry.frame = frame;
  entry.lane = lane;
  entry.snapshot = undefined;
}

function snapshotOf(entry: Entry): Snapshot | undefined {
  if (entry.frame !== undefined) {
    entry.snapshot ??= createSnapshot(entry.info.config.id, entry.view, entry.frame, entry.lane);
  }
  return entry.snapshot;
}

function listen<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
