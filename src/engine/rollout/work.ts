/**
 * Brings twins to their goals, one after another; those that go back first.
 *
 * What fails for the moment (a disk that refuses, a worker that dies) is tried again; a twin that cannot run the other version is
 * refused and left as it is.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Entry, RolloutBook } from './book.ts';
import { isSettled } from './book.ts';
import type { TrialFleet } from './port.ts';
import type { RolloutTwin } from './rollout.ts';
import { arrived, runningOf, type Step, stepTowards } from './towards.ts';

/** After so long, what failed is tried again. */
export const retryMs = 10_000;

const passing: ReadonlySet<string> = new Set([
  'JOURNAL_UNWRITABLE',
  'WORKER_FAILED',
  'FLEET_BUSY',
  'CHECKPOINT_UNWRITABLE',
]);

export interface RolloutWorkOptions {
  readonly fleet: TrialFleet;
  readonly book: RolloutBook;
  readonly nowMs: () => number;
  /** The versions of a twin have changed places, or one of them has gone. */
  readonly moved: (twin: string) => void;
  /** Nothing is left to do. */
  readonly idle: () => void;
}

export class RolloutWork {
  readonly #options: RolloutWorkOptions;
  readonly #urgent = new Set<string>();
  readonly #others = new Set<string>();
  readonly #failed = new Set<string>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: RolloutWorkOptions) {
    this.#options = options;
  }

  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  /** Looks at all twins of a rollout again. */
  look({ twins }: Entry): void {
    for (const twin of twins.values()) {
      if (!isSettled(twin)) (twin.goal === 'back' ? this.#urgent : this.#others).add(twin.id);
    }
    this.#go();
  }

  /** Tries again what has failed. */
  again(): void {
    for (const twin of this.#failed) this.#urgent.add(twin);
    this.#failed.clear();
    this.#go();
  }

  /** Resolves once nothing is left to do that can be done now. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.settled();
  }

  /** Brings one twin to its goal. Rejects with what hinders it. */
  async bring(entry: Entry, id: string): Promise<void> {
    // Two steps lead from the old version to the new, and four from there back to the old with a belief of its own.
    for (let left = 4; left > 0; left--) {
      const twin = entry.twins.get(id);
      if (twin === undefined || isSettled(twin)) return;
      const step = this.#stepOf(entry, twin);
      if (step === 'rest') return this.#set(entry, twin, arrived[twin.goal]);
      await this.#take(entry, twin, step);
    }
  }

  #stepOf({ head }: Entry, { id, from, goal }: RolloutTwin): Step {
    const { fleet } = this.#options;
    const info = fleet.twin(id);
    if (info === undefined) throw new GemelError('TWIN_UNKNOWN', `twin \`${id}\` has ended`);
    const shadow = fleet.shadow(id)?.model.id;
    const running = runningOf({ live: info.model.id, shadow }, from, head.model);
    if (running !== 'other') return stepTowards(goal, running);
    const found = shadow === undefined ? info.model.id : `${info.model.id} with ${shadow} in its shadow`;
    throw new GemelError('ROLLOUT_TWINS', `twin \`${id}\` runs ${found}, not ${from} or ${head.model}`);
  }

  async #take(entry: Entry, { id, from }: RolloutTwin, step: Exclude<Step, 'rest'>): Promise<void> {
    const { fleet, moved } = this.#options;
    if (step === 'begin') await fleet.beginShadow(id, entry.head.model);
    else if (step === 'begin-old') await fleet.beginShadow(id, from);
    else if (step === 'swap') await fleet.swapShadow(id);
    else await fleet.endShadow(id);
    moved(id);
  }

  #go(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#urgent.size + this.#others.size > 0) this.#go();
      else this.#options.idle();
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const [id] = this.#urgent.size > 0 ? this.#urgent : this.#others;
      if (id === undefined) return;
      this.#urgent.delete(id);
      this.#others.delete(id);
      const found = this.#options.book.of(id);
      if (found === undefined) continue;
      try {
        await this.bring(found.entry, id);
      } catch (error) {
        this.fail(found.entry, id, error);
      }
    }
  }

  /** Notes what hinders a twin. */
  fail(entry: Entry, id: string, error: unknown): void {
    const twin = entry.twins.get(id);
    if (twin === undefined) return;
    const code = error instanceof GemelError ? error.code : 'WORKER_FAILED';
    const problem = { code, message: error instanceof Error ? error.message : String(error) };
    if (code === 'FLEET_STOPPED') return;
    if (code === 'TWIN_UNKNOWN') this.#set(entry, { ...twin, problem }, 'gone');
    else if (!passing.has(code)) this.#set(entry, { ...twin, problem }, 'refused');
    else {
      this.#set(entry, { ...twin, problem }, twin.state);
      this.#failed.add(id);
    }
  }

  #set(entry: Entry, twin: RolloutTwin, state: RolloutTwin['state']): void {
    const { problem, ...rest } = twin;
    const kept = problem === undefined || state === arrived[twin.goal] ? {} : { problem };
    this.#options.book.set(entry, { ...rest, ...kept, state, changedMs: this.#options.nowMs() });
  }
}
