/**
 * The rollouts of a fleet at work: what is asked for is checked, written down and done; what happens is watched.
 *
 * Written before it is answered, in the order: the text on the disk, the twins, the answer. What a twin runs is not written but read from the
 * fleet, so that after a crash at any moment the twins go on towards the goals that stand in the text.
 */

import type { ComparisonResult } from '../../core/compare/index.ts';
import { GemelError } from '../../core/diagnose/index.ts';
import { createStopController, type StopController } from '../basics/index.ts';
import type { Clock } from '../ports/index.ts';
import type { TwinEvent } from '../snapshot/index.ts';
import type { ShadowTick } from '../trials/index.ts';
import { chosenOf, entryOf, waitingTwin } from './begin.ts';
import { type Entry, RolloutBook, viewOf } from './book.ts';
import { findingsOf } from './findings.ts';
import type { RolloutStore, TrialFleet } from './port.ts';
import type {
  Rollout,
  RolloutActKind,
  RolloutFindings,
  RolloutPart,
  RolloutRequest,
  RolloutService,
  RolloutTwin,
} from './rollout.ts';
import { brokenBy, Looks, tooMany } from './rule.ts';
import {
  comparisonsFile,
  readRollouts,
  readWitnesses,
  rolloutsFile,
  writeRollouts,
} from './saved-rollout.ts';
import { overText, twinsText, whereText } from './sentences.ts';
import { moved, moveOf, withGoal } from './transitions.ts';
import { Witnesses } from './witnesses.ts';
import { retryMs, RolloutWork } from './work.ts';

export interface RolloutsOptions {
  readonly fleet: TrialFleet;
  readonly clock: Clock;
  readonly store: RolloutStore;
  /** Told what could not be kept, a sentence each. */
  readonly warn: (message: string) => void;
}

/** What was seen of both versions is kept so often. */
const keepEveryMs = 60_000;

export class Rollouts implements RolloutService {
  readonly #options: RolloutsOptions;
  readonly #book = new RolloutBook();
  readonly #witnesses = new Witnesses();
  readonly #looks = new Looks();
  readonly #work: RolloutWork;
  readonly #place: { readonly fleet: TrialFleet; readonly book: RolloutBook };
  readonly #ends: (() => void)[];
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: StopController | undefined;
  #keptMs: number;
  /** Until when nothing is tried again. */
  #notBeforeMs = 0;
  #stopped = false;
  /** Whether there is a text, or was to be one. */
  #isKept = false;

  private constructor(options: RolloutsOptions) {
    const { fleet, clock } = options;
    this.#options = options;
    this.#place = { fleet, book: this.#book };
    this.#keptMs = clock.nowMs();
    this.#work = new RolloutWork({
      fleet,
      book: this.#book,
      nowMs: () => clock.nowMs(),
      moved: (twin) => {
        this.#witnesses.forgetTwin(twin);
        // It may have stood still in the shadow already: nothing happens then that would be told.
        if (fleet.snapshot(twin)?.status === 'quarantined') this.#hear({ twin, kind: 'quarantined' });
      },
      idle: () => this.#rest(),
    });
    this.#ends = [
      fleet.onShadowTick((tick) => this.#see(tick)),
      fleet.onEvent((event) => this.#hear(event)),
      fleet.onChange(({ kind, twin }) => this.#comesOrGoes(kind, twin.config.id)),
    ];
  }

  /** Goes on with what was kept. Rejects with GemelError `ROLLOUTS_FILE`. */
  static async open(options: RolloutsOptions): Promise<Rollouts> {
    const text = await options.store.load(rolloutsFile);
    const entries = text === undefined ? [] : readRollouts(text);
    const seen = readWitnesses(await options.store.load(comparisonsFile));
    const rollouts = new Rollouts(options);
    rollouts.#isKept = text !== undefined;
    if (seen !== undefined) rollouts.#witnesses.restore(seen);
    for (const entry of entries) {
      rollouts.#book.add(entry);
      // What it runs now is to be seen, also where it had come to its goal.
      for (const twin of entry.twins.values())
        if (twin.state === 'shadow' || twin.state === 'live')
          rollouts.#book.set(entry, { ...twin, state: 'waiting' });
      rollouts.#work.look(entry);
    }
    rollouts.#sleep();
    return rollouts;
  }

  list(): readonly Rollout[] {
    return this.#book.list();
  }

  get(id: string): Rollout {
    return viewOf(this.#book.need(id));
  }

  findings(id: string): RolloutFindings {
    return findingsOf(this.#book.need(id), { fleet: this.#options.fleet, witnesses: this.#witnesses });
  }

  comparison(twin: string): ComparisonResult | undefined {
    return this.#book.of(twin) === undefined ? undefined : this.#witnesses.twin(twin)?.result();
  }

  start(request: RolloutRequest): Promise<Rollout> {
    return this.#inTurn(async () => {
      const entry = entryOf(request, this.#options.clock.nowMs(), this.#place);
      this.#book.add(entry);
      const [first] = entry.twins.keys();
      try {
        await this.#write();
        if (first !== undefined) await this.#work.bring(entry, first);
      } catch (error) {
        await this.#undo(entry, first);
        throw error;
      }
      this.#witnesses.keepOnly((id) => this.#book.has(id));
      this.#tell(entry, 'rollout', whereText(entry, 'begins'));
      this.#work.look(entry);
      return viewOf(entry);
    });
  }

  promote(id: string): Promise<Rollout> {
    return this.#inTurn(() => this.#move(id, 'promote', whereText(this.#book.need(id), 'is promoted')));
  }

  widen(id: string, of: RolloutPart): Promise<Rollout> {
    return this.#inTurn(async () => {
      const entry = this.#book.need(id);
      const { goal = 'shadow' } = moveOf(entry.head, 'widen');
      const own = new Set(entry.twins.keys());
      const chosen = chosenOf({ id, model: entry.head.model, of, own }, this.#place);
      const more = chosen.filter(({ config }) => !entry.twins.has(config.id));
      if (more.length === 0)
        throw new GemelError(
          'ROLLOUT_TWINS',
          `rollout \`${id}\` is on all of these already: ${twinsText(chosen.length)}`,
        );
      const { head } = entry;
      const atMs = this.#options.clock.nowMs();
      for (const { config, model } of more)
        this.#book.set(entry, waitingTwin(config.id, model.id, goal, atMs));
      entry.head = { ...head, of };
      try {
        return await this.#move(id, 'widen', whereText(entry, 'is widened'));
      } catch (error) {
        entry.head = head;
        for (const { config } of more) entry.twins.delete(config.id);
        throw error;
      }
    });
  }

  rollBack(id: string, why = 'somebody asked for it'): Promise<Rollout> {
    return this.#inTurn(() => this.#rollBack(this.#book.need(id), `is rolled back: ${why}`));
  }

  end(id: string): Promise<Rollout> {
    return this.#inTurn(async () => {
      const { head } = this.#book.need(id);
      const keeps = head.state === 'live';
      const view = await this.#move(
        id,
        'end',
        keeps ? 'is over before its time: the new version stays' : 'has ended',
      );
      if (!keeps) this.#tell(this.#book.need(id), 'rollout-ended', 'has ended');
      return view;
    });
  }

  /** Resolves once all twins are where they are to be, as far as that can be now. */
  async settled(): Promise<void> {
    await this.#turn;
    await this.#work.settled();
    await this.#turn;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting?.abort();
    for (const end of this.#ends) end();
    await this.#work.stop();
    await this.#turn;
    if (!this.#isKept) return;
    await this.#write().then(
      () => this.#keepSeen(),
      (error: unknown) => this.#options.warn(`the rollouts could not be kept: ${String(error)}`),
    );
  }

  /** As if it had never been begun. */
  async #undo(entry: Entry, first: string | undefined): Promise<void> {
    const twin = entry.twins.get(first ?? '');
    if (twin !== undefined) {
      this.#book.set(entry, { ...twin, goal: 'back' });
      await this.#work.bring(entry, twin.id).catch(() => undefined);
    }
    this.#book.drop(entry.head.id);
    await this.#write().catch((error: unknown) => this.#unkept(error));
  }

  /** Writes a move down, then makes it. */
  async #move(id: string, act: Exclude<RolloutActKind, 'start'>, message: string): Promise<Rollout> {
    const entry = this.#book.need(id);
    const move = moveOf(entry.head, act);
    const before = { head: entry.head, twins: [...entry.twins.values()] };
    entry.head = moved(entry.head, move, { act, message, atMs: this.#options.clock.nowMs() });
    const { goal } = move;
    if (goal !== undefined) for (const twin of before.twins) this.#book.set(entry, withGoal(twin, goal));
    try {
      await this.#write();
    } catch (error) {
      entry.head = before.head;
      for (const twin of before.twins) this.#book.set(entry, twin);
      throw error;
    }
    if (act === 'promote') this.#witnesses.forgetRollout(id);
    if (act !== 'rollback' && entry.head.state !== 'ended') this.#tell(entry, 'rollout', message);
    this.#work.look(entry);
    this.#sleep();
    return viewOf(entry);
  }

  async #rollBack(entry: Entry, message: string): Promise<Rollout> {
    const view = await this.#move(entry.head.id, 'rollback', message);
    this.#tell(entry, 'rolled-back', message);
    return view;
  }

  #see(tick: ShadowTick): void {
    const found = this.#book.of(tick.twin);
    if (found === undefined) return;
    const { entry, twin } = found;
    const { id, model, state, rollback } = entry.head;
    const newIs = this.#options.fleet.twin(tick.twin)?.model.id === model ? 'live' : 'shadow';
    // While a rollout goes live, each twin is heard from when it has come so far.
    if ((newIs === 'live') !== (state === 'live') || twin.goal === 'back') return;
    this.#witnesses.hear(tick, id, newIs);
    if (state !== 'live' || rollback.when === 'never') return;
    const own = this.#looks.worse(this.#witnesses.twin(tick.twin));
    if (own !== undefined) this.#takeBack(entry, twin, own);
    const together = this.#looks.worse(this.#witnesses.rollout(id));
    if (together !== undefined) this.#automatically(entry, together);
  }

  #hear({ twin: id, kind }: Pick<TwinEvent, 'twin' | 'kind'>): void {
    if (kind !== 'quarantined' && kind !== 'diverged') return;
    const found = this.#book.of(id);
    if (found?.entry.head.state !== 'live' || found.entry.head.rollback.when === 'never') return;
    const why = brokenBy(this.#options.fleet, found, kind);
    if (why !== undefined) this.#automatically(found.entry, why);
  }

  /** From one twin. */
  #takeBack(entry: Entry, twin: RolloutTwin, found: string): void {
    this.#book.set(entry, { ...twin, goal: 'back', found });
    const message = `rollout \`${entry.head.id}\` takes ${entry.head.model} back: ${found}`;
    this.#options.fleet.tell({ twin: twin.id, kind: 'rolled-back', subject: entry.head.id, message });
    const why = tooMany(entry);
    if (why !== undefined) this.#automatically(entry, why);
    else void this.#inTurn(() => this.#write()).catch((error: unknown) => this.#unkept(error));
    this.#work.look(entry);
  }

  /** From all, if nobody did in the meantime. */
  #automatically(entry: Entry, why: string): void {
    void this.#inTurn(async () => {
      if (entry.head.state === 'live') await this.#rollBack(entry, `is rolled back by itself: ${why}`);
    }).catch((error: unknown) => this.#unkept(error));
  }

  #unkept(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#options.warn(`what became of a rollout could not be kept: ${why}`);
  }

  #comesOrGoes(kind: string, id: string): void {
    const found = this.#book.of(id);
    if (found === undefined) return;
    const { entry, twin } = found;
    const changedMs = this.#options.clock.nowMs();
    if (kind === 'removed') this.#book.set(entry, { ...twin, state: 'gone', changedMs });
    else if (kind === 'added' && twin.state === 'gone') {
      this.#book.set(entry, { ...twin, state: 'waiting', changedMs });
      this.#work.look(entry);
    }
  }

  /** All twins are where they are to be. */
  #rest(): void {
    void this.#inTurn(() => this.#write()).catch((error: unknown) => this.#unkept(error));
    this.#sleep();
  }

  /** Wakes when the next watch is over, what has failed is to be tried again, or it is time to keep what was seen. */
  #sleep(): void {
    this.#waiting?.abort();
    if (this.#stopped) return;
    const { clock } = this.#options;
    const waiting = createStopController();
    this.#waiting = waiting;
    const watches = Array.from(
      this.#book.entries(),
      ({ head }) => head.watchUntilMs ?? Number.POSITIVE_INFINITY,
    );
    const active = [...this.#book.entries()].some(
      ({ head }) => head.state === 'shadow' || head.state === 'live',
    );
    const next = Math.min(
      ...watches,
      active ? this.#keptMs + keepEveryMs : Number.POSITIVE_INFINITY,
      this.#work.hasFailed ? clock.nowMs() + retryMs : Number.POSITIVE_INFINITY,
    );
    if (next === Number.POSITIVE_INFINITY) return;
    clock.sleepUntil(Math.max(next, this.#notBeforeMs), waiting.signal).then(
      () => this.#wake(),
      () => undefined,
    );
  }

  async #wake(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    this.#work.again();
    try {
      for (const entry of this.#book.entries()) {
        const { id, watchUntilMs = Number.POSITIVE_INFINITY } = entry.head;
        if (!(watchUntilMs <= nowMs)) continue;
        await this.#inTurn(async () => {
          if (entry.head.state !== 'live') return;
          await this.#move(id, 'done', overText(entry, this.#witnesses.rollout(id)?.verdict()));
        });
      }
      if (nowMs >= this.#keptMs + keepEveryMs) await this.#keepSeen();
    } catch (error) {
      this.#unkept(error);
      this.#notBeforeMs = nowMs + retryMs;
    }
    this.#sleep();
  }

  async #keepSeen(): Promise<void> {
    const { clock, store } = this.#options;
    this.#keptMs = clock.nowMs();
    const { signal } = createStopController();
    await store.save(
      comparisonsFile,
      await this.#witnesses.save(() => clock.sleepUntil(clock.nowMs(), signal)),
    );
  }

  #write(): Promise<void> {
    this.#isKept = true;
    return this.#options.store.save(rolloutsFile, writeRollouts(this.#book.list().toReversed()));
  }

  #tell({ head }: Entry, kind: 'rollout' | 'rolled-back' | 'rollout-ended', message: string): void {
    this.#options.fleet.tell({
      twin: '*',
      kind,
      subject: head.id,
      message: `rollout \`${head.id}\` ${message}`,
    });
  }

  /** One thing at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
