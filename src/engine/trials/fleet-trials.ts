/**
 * The trials of a fleet: begins them, exchanges their lanes, ends them.
 *
 * Each of the three is written ahead into the journal in the turn in which the shard is told, and says all that its effect
 * depends on, so that a restart does the same again.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { listen } from '../basics/index.ts';
import { savedLanes } from '../checkpoint/index.ts';
import type { RecordedCommand, Recorder, ShadowCommand, TrialCommand } from '../journal/index.ts';
import type { Entry, Membership, ShardClient, Shown, Trial } from '../members/index.ts';
import { problemOf, refuseIfStale, show, snapshotOf } from '../members/index.ts';
import type { Clock } from '../ports/index.ts';
import type { CheckpointPart, FromShard, LaneAhead } from '../protocol/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { TwinInfo } from '../twin/index.ts';
import { TrialPlans } from './plan.ts';
import { describeVersions, type WantedLanes, wantedLanes } from './restore.ts';
import { ShadowTicks } from './shadow-ticks.ts';
import { arrive, beginRequest, endRequest, exchange, isSettled, swapRequest } from './swap.ts';
import type { FleetVersions, ShadowTick } from './versions.ts';

export interface FleetTrialsOptions {
  readonly models: ReadonlyMap<string, Model>;
  readonly members: Membership;
  readonly clock: Clock;
  readonly recorder: Recorder | undefined;
  /** Samples of the one go to the other from now on. */
  readonly rerouted: (before: Entry['target'], now: Entry['target']) => void;
  /** A twin runs another version: what is kept of it is of the one before. */
  readonly became: (entry: Entry) => void;
  /** To be told to readers. */
  readonly changed: (entry: Entry) => void;
  readonly tell: (id: string, kind: 'trial-begun' | 'trial-ended', message: string) => void;
}

export class FleetTrials implements FleetVersions {
  readonly #options: FleetTrialsOptions;
  readonly #plans: TrialPlans;
  readonly #ticks = new ShadowTicks();
  /** Trials with a swap that readers have not seen, of which a frame has come. */
  readonly #waiting = new Set<Trial>();
  readonly #listeners = new Set<(tick: ShadowTick) => void>();

  constructor(options: FleetTrialsOptions) {
    this.#options = options;
    this.#plans = new TrialPlans(options.models);
  }

  shadow(id: string): TwinInfo | undefined {
    return this.#options.members.find(id)?.trial?.shadow.info;
  }

  shadowSnapshot(id: string): Snapshot | undefined {
    const shadow = this.#options.members.find(id)?.trial?.shadow;
    return shadow && snapshotOf(shadow);
  }

  onShadowTick(listener: (tick: ShadowTick) => void): () => void {
    return listen(this.#listeners, listener);
  }

  async beginShadow(id: string, model: string): Promise<void> {
    const { members, tell } = this.#options;
    const { trial, recorded } = await members.inTurn(() => this.#begin(members.need(id), model));
    const { live } = trial;
    // In nobody's turn: other twins need not wait for the disk.
    await recorded?.durable.catch(async (error: unknown) => {
      await members.inTurn(() => this.#takeBack(trial));
      throw error;
    });
    tell(id, 'trial-begun', `${model} runs in the shadow of ${live.info.model.id}`);
  }

  async swapShadow(id: string): Promise<{ readonly atMs: number }> {
    const { atMs, recorded } = await this.#options.members.inTurn(() => this.#swap(this.#need(id)));
    await recorded?.durable;
    return { atMs };
  }

  async endShadow(id: string): Promise<void> {
    const { members, tell } = this.#options;
    const { live, shadow, recorded } = await members.inTurn(() => this.#end(this.#need(id)));
    await recorded?.durable;
    const message = `${shadow.info.model.id} no longer runs in the shadow of ${live.info.model.id}`;
    tell(id, 'trial-ended', message);
  }

  /**
   * Makes the twins of some shards run what a checkpoint says, before these are started from it.
   *
   * @returns what people should know, in sentences.
   */
  restore(parts: readonly CheckpointPart[], clients: readonly ShardClient[]): string[] {
    const saved = savedLanes(parts);
    const lost: string[] = [];
    const own = [...this.#options.members.all()].filter(({ client }) => clients.includes(client));
    const now = own.map((entry) => {
      const wanted = wantedLanes(entry, saved.get(entry.info.config.id) ?? {}, this.#plans);
      if (wanted.lost !== undefined) lost.push(`twin \`${entry.info.config.id}\`: ${wanted.lost}`);
      return this.#become(entry, wanted);
    });
    const others = describeVersions(now);
    return [...(others === undefined ? [] : [others]), ...lost];
  }

  /** Does again what was once told, for a shard that recovers. Resolves once it is done. */
  async replay(entry: Entry, command: TrialCommand): Promise<void> {
    const { trial, client } = entry;
    if (command.kind === 'shadow') return this.#beginAgain(entry, command);
    if (trial === undefined) return undefined;
    if (command.kind === 'end-shadow') {
      await client.requestAtOnce(endRequest(trial));
      return this.#close(trial);
    }
    await client.requestAtOnce(swapRequest(trial));
    trial.swap = { atMs: command.atMs, passed: true, held: undefined, done: () => undefined };
    return this.#exchange(trial, 'again');
  }

  /** A twin that recovers ends: the next of its name is what the project says. */
  async replayEnd(entry: Entry): Promise<Entry> {
    if (entry.trial !== undefined) await entry.client.requestAtOnce(endRequest(entry.trial));
    return this.#become(entry, wantedLanes(entry, {}, this.#plans));
  }

  /** A twin ends, with all its lanes. */
  forget({ trial }: Entry): void {
    if (trial !== undefined) this.#ticks.forget(trial.live, trial.shadow);
  }

  /** Takes a frame of a lane in a trial. */
  arrive(entry: Entry, trial: Trial, shown: Shown): void {
    if (this.#listeners.size > 0) this.#ticks.take(entry, trial, shown);
    if (arrive(entry, trial, shown)) this.#exchange(trial);
    else if (trial.swap !== undefined) this.#waiting.add(trial);
  }

  /** To be called once readers were told of the ticks of a frame; `ahead` came with it. */
  told(ahead: readonly LaneAhead[] = []): void {
    // Only now: the frame may have had the last tick of a lane that was live.
    for (const trial of this.#waiting) this.#settle(trial);
    this.#waiting.clear();
    for (const tick of this.#ticks.made(ahead)) for (const listener of this.#listeners) listener(tick);
  }

  async #begin(live: Entry, model: string) {
    const { clock, recorder } = this.#options;
    const receivedMs = clock.nowMs();
    if (recorder !== undefined) refuseIfStale(live, receivedMs);
    const info = this.#plans.plan(live, model);
    const { dueMs: atMs, client } = live;
    const recorded = this.#record({ kind: 'shadow', receivedMs, twin: info.config.id, model, atMs });
    // From here on samples go to both, behind this request.
    const trial = this.#open(live, info);
    try {
      takeShadow(trial, await client.request(beginRequest(trial, atMs)));
    } catch (error) {
      this.#close(trial);
      throw error;
    }
    return { trial, recorded };
  }

  async #swap(trial: Trial) {
    const { live, shadow } = trial;
    const atMs = Math.max(live.dueMs, shadow.dueMs);
    const receivedMs = this.#options.clock.nowMs();
    const recorded = this.#record({ kind: 'swap', receivedMs, twin: live.info.config.id, atMs });
    const swapped = live.client.request(swapRequest(trial));
    const seen = new Promise<void>((resolve) => {
      trial.swap = { atMs, passed: false, held: undefined, done: resolve };
    });
    this.#settle(trial);
    try {
      const answer = await swapped;
      if (trial.swap !== undefined) trial.swap.passed = answer.kind === 'swapped' && answer.dueMs >= atMs;
    } catch (error) {
      // If it was written ahead, the worker that takes the place of the dead one does it.
      trial.swap = undefined;
      throw error;
    }
    this.#settle(trial);
    await seen;
    return { atMs, recorded };
  }

  async #end(trial: Trial) {
    const { live, shadow } = trial;
    const receivedMs = this.#options.clock.nowMs();
    const recorded = this.#record({ kind: 'end-shadow', receivedMs, twin: live.info.config.id });
    const ended = live.client.request(endRequest(trial));
    this.#close(trial);
    await ended;
    return { live, shadow, recorded };
  }

  /** What has begun is not in the journal for sure: it ends again. */
  async #takeBack(trial: Trial): Promise<void> {
    if (trial.live.trial === trial) await this.#end(trial);
  }

  #settle(trial: Trial): void {
    if (isSettled(trial)) this.#exchange(trial);
  }

  /** @param when - whether it is news, or done again after a restart. */
  #exchange(trial: Trial, when: 'now' | 'again' = 'now'): void {
    const { members, rerouted, became, changed } = this.#options;
    const { live: before, shadow: now } = trial;
    exchange(trial, this.#plans.routes(now.info.model, before.info.model));
    const target = before.target;
    before.target = { ...target, table: before.table };
    now.target = { ...now.target, table: trial.routes.table };
    rerouted(target, now.target);
    members.setLive(now);
    became(now);
    if (when === 'now') changed(now);
  }

  async #beginAgain(live: Entry, { model, atMs }: ShadowCommand): Promise<void> {
    let trial: Trial;
    try {
      trial = this.#open(live, this.#plans.plan(live, model));
    } catch (error) {
      // It was refused before it was written, or its model is gone since.
      if (error instanceof GemelError) return;
      throw error;
    }
    const begun = live.client
      .requestAtOnce(beginRequest(trial, atMs))
      .then((answer) => takeShadow(trial, answer));
    await begun.catch(() => this.#close(trial));
  }

  /** Makes a twin run what it is to, before its shard hears of it. */
  #become(entry: Entry, { live, shadow }: WantedLanes): Entry {
    const { members, rerouted, became } = this.#options;
    const { info, trial } = entry;
    const isSame = info.model === live.model && trial?.shadow.info.model === shadow?.model;
    if (isSame) return entry;
    if (trial !== undefined) this.#close(trial);
    let now = entry;
    if (info.model !== live.model) {
      now = members.enterLane(live, entry);
      // Readers have the last one until there is a new one.
      now.snapshot = snapshotOf(entry);
      members.leaveLane(entry);
      members.setLive(now);
      rerouted(entry.target, now.target);
      became(now);
    }
    if (shadow !== undefined) this.#open(now, shadow);
    return now;
  }

  /** Makes the shadow's entry, and lets samples go to both. */
  #open(live: Entry, info: TwinInfo): Trial {
    const { members } = this.#options;
    const shadow = members.enterLane(info, live);
    const routes = this.#plans.routes(live.info.model, info.model);
    const trial: Trial = { live, shadow, routes, swap: undefined, swappedMs: Number.NEGATIVE_INFINITY };
    live.trial = trial;
    shadow.trial = trial;
    this.#reroute(live, routes.table);
    return trial;
  }

  /** The live lane is alone again. */
  #close({ live, shadow }: Trial): void {
    live.trial = undefined;
    this.#reroute(live, live.table);
    this.#ticks.forget(live, shadow);
    this.#options.members.leaveLane(shadow);
  }

  #reroute(entry: Entry, table: Entry['table']): void {
    const before = entry.target;
    entry.target = { ...before, table };
    this.#options.rerouted(before, entry.target);
  }

  /** @throws GemelError `JOURNAL_UNWRITABLE`: then nothing is done. */
  #record(command: TrialCommand): RecordedCommand | undefined {
    const recorded = this.#options.recorder?.command(command);
    // It is awaited later, and must not count as forgotten until then.
    recorded?.durable.catch(() => undefined);
    return recorded;
  }

  /** @throws GemelError `TWIN_UNKNOWN` or `TRIAL_UNKNOWN` */
  #need(id: string): Trial {
    const { trial } = this.#options.members.need(id);
    if (trial !== undefined) return trial;
    throw new GemelError('TRIAL_UNKNOWN', `no other version runs in the shadow of twin \`${id}\``);
  }
}

/** @throws GemelError if there is no shadow, and why. */
function takeShadow({ shadow }: Trial, answer: FromShard): void {
  if (answer.kind !== 'shadowed') return;
  const { problem, values, dueMs } = answer;
  if (problem !== undefined) throw problemOf(shadow.info.config.id, problem);
  if (values === undefined || dueMs === undefined) return;
  // A frame may have come before.
  if (shadow.dueMs >= dueMs) return;
  show(shadow, { values, lanes: 1 }, 0);
  shadow.dueMs = dueMs;
}
