/**
 * A part of the past run again: a checkpoint, then the journal behind it through the engine's own shards, in order.
 *
 * | record | what is done |
 * | --- | --- |
 * | samples, commands | laid down at the shard that had them |
 * | gap | ticks that were given up: laid down like a command |
 * | tick | the shard gets what is laid down up to the record that it had taken then, makes the tick, and is compared |
 * | fleet | says whose the lanes of the ticks to come are |
 *
 * A replay may have some of the twins only: others have the rest. Samples are read where they stand, without an object each: a
 * replay is to go hundreds of times as fast as the past did.
 */

import type { Backend } from '../../core/kernel/index.ts';
import { isInBounds } from '../ingest/index.ts';
import {
  type Command,
  decodeCommand,
  decodeGap,
  gapKind,
  decodeFleet,
  decodeTick,
  type FleetRecord,
  RecordedBlocks,
  type RecordedModel,
  type SampleNumbers,
  samplesLayout,
  SamplesReader,
  type TickRecord,
} from '../journal/index.ts';
import { countedElsewhere } from '../lanes/index.ts';
import type { CheckpointPart } from '../protocol/index.ts';
import { ShardModels } from '../shard/index.ts';
import { changeLanes, isTrial, layGap, messageOf } from './command-messages.ts';
import { compareCheckpoints, type Compared } from './compare-checkpoints.ts';
import { type OwnBlock, OwnBlocks } from './own-blocks.ts';
import { isAsRecorded, type Picture, valuesOf } from './picture.ts';
import { ReplaySite } from './replay-site.ts';
import { ReplayTrial, type ReplayTrialOptions, type ReplayTrialResult } from './replay-trial.ts';
import {
  isSameSettings,
  type NamedSignal,
  type ReplayedTwin,
  ReplayTwins,
  settingsOf,
  type TwinSettings,
} from './replay-twins.ts';
import { partingTwins } from './same-future.ts';
import { named, type ShownTwin } from './shown-twins.ts';
import { WaitingSamples } from './waiting-samples.ts';

export interface ReplayerOptions {
  readonly backend: Backend;
  readonly models: readonly RecordedModel[];
  /** Those of this part of the past. */
  readonly twins: readonly TwinSettings[];
  /** Whether a twin is of this part, also one that comes later. */
  readonly owns: (id: string) => boolean;
  /** The checkpoint to begin with. */
  readonly parts: readonly CheckpointPart[];
  /** Ticks that were due later are not made. */
  readonly untilMs: number;
  /** Another version to be tried in the shadow of the twins of its model. */
  readonly trial?: ReplayTrialOptions;
  /** A tick was made again that was recorded. */
  readonly onTick: (picture: Picture) => void;
  /** A later checkpoint was reached. */
  readonly onCheckpoint: (part: CheckpointPart, compared: Compared) => void;
}

const kinds = { command: 2, tick: 3, fleet: 4, gap: gapKind } as const;

/** A tick may be recorded after one that was due so much later. */
const disorderMs = 60_000;

export class Replayer {
  readonly counters = { records: 0, samples: 0, commands: 0, damaged: 0 };
  readonly #options: ReplayerOptions;
  /** By number of the shard of the past. */
  readonly #sites = new Map<number, ReplaySite>();
  readonly #twins: ReplayTwins;
  readonly #samples: SamplesReader<NamedSignal>;
  readonly #recorded: RecordedBlocks;
  readonly #own: OwnBlocks;
  /** Of all sites: what detection finds is not compared. */
  readonly #compiled: ShardModels;
  /** Samples of twins that are not placed. */
  readonly #homeless = new WaitingSamples();
  readonly #sample = { twin: 0, signal: 0, timeMs: 0, value: 0, receivedMs: 0 };
  readonly #trial: ReplayTrial | undefined;
  /** Later checkpoints that are not reached, in order. */
  #checks: CheckpointPart[] = [];
  /** The number of the record under way. */
  #record = 0;
  #atMs: number;
  #isOver = false;
  /** When the process of the past began: what was due before was published by another. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** Whether what computed then is what computes now. */
  #isComparable = true;

  constructor(options: ReplayerOptions) {
    const { parts, models, twins } = options;
    this.#options = options;
    this.#compiled = new ShardModels(options.backend, 'off');
    this.#twins = new ReplayTwins(models, twins);
    this.#trial = options.trial && new ReplayTrial(options.trial, this.#twins);
    this.#recorded = new RecordedBlocks(parts);
    this.#samples = new SamplesReader({
      find: (id, signal) => this.#twins.find(id, signal),
      take: (meant, numbers) => this.#lay(meant, numbers),
    });
    this.#own = new OwnBlocks((block) => this.#recorded.lanes(block));
    this.#atMs = Math.max(...parts.map(({ savedMs }) => savedMs));
    for (const own of Map.groupBy(parts, ({ shard = 0 }) => shard).values()) this.#restore(own);
  }

  /** Where the replay is: Unix milliseconds. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Whether all that is to be run again was. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the next record, whose content is at `from` … `to`. */
  take(number: number, bytes: Uint8Array, { from, to }: Readonly<Record<'from' | 'to', number>>): void {
    this.counters.records++;
    this.#record = number;
    switch (bytes[from]) {
      case samplesLayout.kind:
        if (!this.#samples.read(bytes, from, to)) this.counters.damaged++;
        break;
      case kinds.tick: {
        const tick = decodeTick(bytes.subarray(from, to));
        if (tick !== undefined) this.#tick(number, tick);
        break;
      }
      case kinds.command: {
        const command = decodeCommand(bytes.subarray(from, to));
        if (command !== undefined) this.#command(number, command);
        break;
      }
      case kinds.gap: {
        const gap = decodeGap(bytes.subarray(from, to));
        if (gap !== undefined && gap.receivedMs <= this.#options.untilMs) layGap(this.#twins, number, gap);
        break;
      }
      case kinds.fleet: {
        const fleet = decodeFleet(bytes.subarray(from, to));
        if (fleet !== undefined) this.#fleet(fleet);
        break;
      }
      default:
        break;
    }
  }

  /** A later checkpoint to compare with. To be called before the first record that is not in it. */
  expect(parts: readonly CheckpointPart[]): void {
    this.#checks.push(...parts);
  }

  /** @returns what all twins are at the end, by name. */
  end(): readonly ShownTwin[] {
    for (const shard of this.#sites.keys()) this.#check(shard, () => true);
    return [...this.#sites.values()].flatMap((site) => site.show().map((shown) => named(shown, this.#twins)));
  }

  /** What came of the trial, if there is one. */
  tried(): ReplayTrialResult | undefined {
    return this.#trial?.result();
  }

  #lay({ twin, signal, shadow, shadowSignal }: NamedSignal, numbers: Readonly<SampleNumbers>): void {
    // Half of them and more: those of the twins of other threads.
    if (twin < 0 && shadow < 0) return;
    const record = this.#record;
    const sample = this.#sample;
    sample.timeMs = numbers.timeMs;
    sample.value = numbers.value;
    const live = this.#twins.at(twin);
    if (live !== undefined && record > live.had) {
      this.counters.samples++;
      sample.twin = twin;
      sample.signal = signal;
      sample.receivedMs = numbers.receivedMs;
      (live.site ?? this.#homeless).lay(record, sample);
      this.#trial?.lay(record, live, sample);
    }
    if (shadow < 0) return;
    const other = this.#twins.at(shadow);
    const described = this.#twins.model(other?.settings.model ?? '')?.signals[shadowSignal];
    if (other === undefined || described === undefined || record <= other.had) return;
    if (!isInBounds(described, sample.value)) return;
    sample.twin = shadow;
    sample.signal = shadowSignal;
    // It is counted by the live one, if that has the signal.
    sample.receivedMs = twin < 0 ? numbers.receivedMs : countedElsewhere(numbers.receivedMs);
    (other.site ?? this.#homeless).lay(record, sample);
  }

  #tick(record: number, tick: TickRecord): void {
    const { shard, dueMs, digest, through } = tick;
    const { untilMs, onTick } = this.#options;
    if (dueMs > untilMs) {
      this.#isOver ||= dueMs > untilMs + disorderMs;
      return;
    }
    this.#atMs = Math.max(this.#atMs, dueMs);
    this.#check(
      shard,
      ({ journal = 0, savedMs }) => through > journal || (through === journal && dueMs > savedMs),
    );
    const model = this.#recorded.model(tick);
    const of = this.#own.of(tick, (id) => this.#enter(id, model, shard));
    if (of.twins.length + of.lost === 0) return;
    const site = this.#site(shard);
    this.#trial?.begin(of.twins, dueMs, site);
    site.give(through);
    const shown = site.tick(of.twins, dueMs);
    const isKnown = shown.length > 0 && of.lost === 0 && this.#isComparable && dueMs > this.#sinceMs;
    const isNeeded = isKnown || this.#trial !== undefined;
    const values = isNeeded ? valuesOf(of.twins, shown) : new Float64Array(0);
    if (shown.length > 0) this.#trial?.tick(of.twins, values, { dueMs, site });
    const verdict = isKnown ? verdictOf(of, values, digest) : 'unknown';
    onTick({ record, dueMs, digest, of, model: shown[0]?.info.model ?? '', verdict, values });
  }

  /** Where a twin is to be for a tick of a shard: there. */
  #enter(id: string, model: string | undefined, shard: number): number | 'lost' | undefined {
    const twin = this.#twins.lane(id, model);
    if (twin === undefined) return this.#options.owns(id) ? 'lost' : undefined;
    const site = this.#site(shard);
    if (twin.site === site) return twin.settings.index;
    const leaving = twin.site?.letGo(twin.settings.index);
    if (leaving === undefined && twin.beginsMs === undefined) return 'lost';
    this.#place(twin, site, leaving);
    return twin.settings.index;
  }

  #place(twin: ReplayedTwin, site: ReplaySite, leaving?: ReturnType<ReplaySite['letGo']>): void {
    const { settings, beginsMs = 0 } = twin;
    const model = this.#twins.model(settings.model);
    if (model === undefined) return;
    const { id, document } = model;
    site.take({ model: { id, document }, twin: settings, atMs: beginsMs }, leaving);
    site.put(this.#homeless.takeOf(settings.index));
    twin.site = site;
  }

  #command(number: number, command: Command): void {
    if ('alarm' in command || command.receivedMs > this.#options.untilMs) return;
    const id = command.kind === 'add' ? command.twin.id : command.twin;
    const live = this.#twins.live(id);
    if (!this.#options.owns(id) || number <= (live?.had ?? 0)) return;
    this.counters.commands++;
    if (command.kind === 'add') this.#twins.add(settingsOf(command.twin), command.atMs);
    else if (live !== undefined) this.#tell(number, command, live);
    this.#twinsChanged();
  }

  #tell(
    number: number,
    command: Exclude<Command, { alarm: unknown } | { kind: 'add' }>,
    live: ReplayedTwin,
  ): void {
    const { twin: id } = command;
    if (live.site === undefined && live.beginsMs !== undefined) this.#place(live, this.#site(0));
    if (isTrial(command)) {
      const { site } = live;
      const message = changeLanes(this.#twins, command, live);
      if (message === 'lost') this.#lose(live);
      else if (message !== undefined) site?.layCommand(number, message);
      return;
    }
    for (const lane of this.#twins.lanes(id)) {
      const message = messageOf(command, lane, this.#twins.model(lane.settings.model)?.model);
      if (message !== undefined) lane.site?.layCommand(number, message);
    }
    if (command.kind === 'remove') this.#twins.remove(id);
  }

  /** From here on it is not known what a twin is, until a checkpoint has it. */
  #lose(twin: ReplayedTwin): void {
    twin.site?.letGo(twin.settings.index);
    twin.site = undefined;
    twin.beginsMs = undefined;
  }

  #fleet(record: FleetRecord): void {
    const { start, kernel, models = [], twins = [], receivedMs } = record;
    this.#recorded.change(record);
    this.#own.clear();
    this.#twins.addModels(models);
    if (start === true) this.#sinceMs = receivedMs;
    if (kernel !== undefined) this.#isComparable = kernel === this.#options.backend.arithmetic;
    for (const recorded of twins) {
      const settings = settingsOf(recorded);
      const known = this.#twins.live(settings.id);
      if (!this.#options.owns(settings.id) || (known && isSameSettings(known.settings, settings))) continue;
      // What the past made of it then is known only from the next checkpoint on.
      this.#twins.add(settings, undefined);
      this.#twinsChanged();
    }
  }

  #twinsChanged(): void {
    this.#samples.forget();
    this.#own.clear();
  }

  /** Compares with the checkpoints of a shard that are reached. */
  #check(shard: number, isReached: (part: CheckpointPart) => boolean): void {
    if (this.#checks.length === 0) return;
    const reached = this.#checks.filter((part) => (part.shard ?? 0) === shard && isReached(part));
    if (reached.length === 0) return;
    this.#checks = this.#checks.filter((part) => !reached.includes(part));
    for (const part of reached) {
      const site = this.#site(shard);
      site.give(part.journal ?? 0);
      if (this.#isComparable) this.#options.onCheckpoint(part, this.#compare(part, site));
    }
    this.#restore(reached);
  }

  #compare(part: CheckpointPart, site: ReplaySite): Compared {
    const laneOf = (id: string): ReplayedTwin | undefined => this.#twins.lane(id, part.model);
    const own = new Set(part.twins.filter((id) => laneOf(id)?.site === site));
    const replayed = site.save(part.journal ?? 0);
    const compared = compareCheckpoints(part, replayed, own);
    const { differences } = compared;
    if (differences.length === 0) return compared;
    const twins = differences.flatMap(({ twin }) => laneOf(twin)?.settings ?? []);
    const compiled = this.#compiled;
    const options = { compiled, models: this.#twins.models(), twins, atMs: part.savedMs };
    const others = replayed.filter(({ model }) => model === part.model);
    const parting = partingTwins([part], others, options);
    const isParting = (id: string): boolean => parting.has(laneOf(id)?.settings.index ?? -1);
    return { ...compared, differences: differences.filter(({ twin }) => isParting(twin)) };
  }

  /** Takes over the lanes of a shard's checkpoint that are ours and that are not anywhere. */
  #restore(parts: readonly CheckpointPart[]): void {
    if (this.#twins.enterVersions(parts)) this.#twinsChanged();
    const lost: ReplayedTwin[] = [];
    for (const { model, twins, journal = 0 } of parts) {
      for (const id of twins) {
        const twin = this.#twins.lane(id, model);
        if (twin === undefined || twin.site !== undefined || twin.beginsMs !== undefined) continue;
        twin.had = journal;
        lost.push(twin);
      }
    }
    if (lost.length === 0) return;
    const shard = parts[0]?.shard ?? 0;
    const restored = new ReplaySite(
      {
        models: this.#twins.models(),
        twins: lost.map(({ settings }) => settings),
        parts,
        atMs: Math.max(...parts.map(({ savedMs }) => savedMs)),
      },
      this.#compiled,
    );
    const isFirst = !this.#sites.has(shard);
    if (isFirst) this.#sites.set(shard, restored);
    for (const twin of lost) {
      const waiting = this.#homeless.takeOf(twin.settings.index);
      if (isFirst) twin.site = restored;
      else this.#place(twin, this.#site(shard), restored.letGo(twin.settings.index));
      twin.site?.put(waiting, twin.had);
    }
    this.#own.clear();
  }

  #site(shard: number): ReplaySite {
    const known = this.#sites.get(shard);
    if (known !== undefined) return known;
    const start = { models: [], twins: [], parts: [], atMs: this.#atMs };
    const site = new ReplaySite(start, this.#compiled);
    this.#sites.set(shard, site);
    return site;
  }
}

function verdictOf(of: OwnBlock, values: Float64Array, digest: TickRecord['digest']): Picture['verdict'] {
  if (of.twins.length < of.lanes) return 'part';
  return isAsRecorded(values, digest) ? 'same' : 'other';
}
