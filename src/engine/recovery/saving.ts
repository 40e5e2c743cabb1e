/**
 * Keeps the checkpoint of a fleet up to date: every so often, and when the fleet ends.
 *
 * A shard that has died, or does not answer within five seconds, is saved as it last was: a hanging worker must hold up
 * neither the others' checkpoint nor the end of the program.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Alarm } from '../alarms/index.ts';
import { afterRealMs, createStopController } from '../basics/index.ts';
import { encodeCheckpoint, neededBy } from '../checkpoint/index.ts';
import type { Recorder } from '../journal/index.ts';
import type { ShardClient } from '../members/index.ts';
import type { CheckpointStore, Clock, Journal } from '../ports/index.ts';
import type { JournalPosition } from '../protocol/index.ts';

const answerMs = 5000;
/**
 * Samples of so many records of the journal, the newest, are only referred to: older ones are few, of twins with a long lateness, and
 * a restart is not to read all that came since.
 */
const referredRecords = 2 ** 20;

export interface SavingOptions {
  /** By shard; one that was started again stands in the other's place. */
  readonly clients: readonly ShardClient[];
  /** Runs work while no twin is on its way from one shard to another: it would be in no part, or in two. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** Undefined: nothing is saved, and the end only stops the shards. */
  readonly store: CheckpointStore | undefined;
  /** Default: 5,000. */
  readonly everyMs: number | undefined;
  /** What is saved beside the twins. */
  readonly alarms: { save(): readonly Alarm[] };
  readonly journal: Journal | undefined;
  readonly recorder: Recorder | undefined;
  /** Told of each failure, in a sentence. */
  readonly tell: (message: string) => void;
  readonly onSaved: () => void;
}

export class Saving {
  readonly counters = { checkpoints: 0, failedCheckpoints: 0, checkpointBytes: 0 };
  readonly #options: SavingOptions;
  readonly #stop = createStopController();
  #saving: Promise<void> = Promise.resolve();
  /** The first record that the checkpoint before the newest needs. */
  #neededBefore: number | undefined;

  constructor(options: SavingOptions) {
    this.#options = options;
  }

  /**
   * Asks for the first time what the twins are: it is all that a shard leaves which dies before the next time. Saves it only where
   * there is a journal, since nobody would know from where on to read that again.
   */
  async first(): Promise<void> {
    const { journal, store } = this.#options;
    if (journal !== undefined && store !== undefined) await this.#save(store, 'checkpoint');
    else await this.#ask('checkpoint');
  }

  /** Saves every so often until the end. */
  async run(): Promise<void> {
    const { clock, store, everyMs = 5000 } = this.#options;
    if (store === undefined) return;
    const { signal } = this.#stop;
    try {
      while (!signal.aborted) {
        await clock.sleepUntil(afterRealMs(clock, everyMs), signal);
        this.#saving = this.#save(store, 'checkpoint');
        await this.#saving;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Stops the shards, and saves what they were in the end. */
  async end(): Promise<void> {
    const { store } = this.#options;
    this.#stop.abort();
    await this.#saving;
    if (store === undefined) await this.#ask('stop');
    else await this.#save(store, 'stop');
  }

  failed(doing: 'read' | 'written', error: unknown): void {
    this.counters.failedCheckpoints++;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.tell(`the checkpoint could not be ${doing}: ${why}`);
  }

  async #save(store: CheckpointStore, kind: 'checkpoint' | 'stop'): Promise<void> {
    const { clients, alarms, journal, recorder, onSaved } = this.#options;
    await this.#ask(kind);
    try {
      const parts = clients.flatMap((client, shard) => client.parts.map((part) => ({ ...part, shard })));
      const fleetRecord = recorder?.fleetNumber;
      const checkpoint = {
        parts,
        alarms: alarms.save(),
        ...(fleetRecord !== undefined && { fleetRecord }),
      };
      const pieces = encodeCheckpoint(checkpoint);
      // A checkpoint of what the journal then turned out not to have would hide what comes after it.
      if (journal !== undefined) await this.#durable(journal);
      const needed = neededBy(parts);
      const savedMs = Math.max(...parts.map((part) => part.savedMs));
      // Who begins with it has to know as well whose the twins were.
      const made = { savedMs, needs: Math.min(needed, fleetRecord ?? needed) };
      await store.save(pieces, journal !== undefined && parts.length > 0 ? made : undefined);
      // The checkpoint before this one is kept too, and may be all that is left.
      if (this.#neededBefore !== undefined) await journal?.release(Math.min(needed, this.#neededBefore));
      if (journal?.first !== undefined) await store.forget?.(journal.first);
      this.#neededBefore = needed;
      this.counters.checkpoints++;
      this.counters.checkpointBytes = pieces.reduce((sum, { length }) => sum + length, 0);
      onSaved();
    } catch (error) {
      this.failed('written', error);
    }
  }

  /** @throws GemelError `JOURNAL_UNWRITABLE` if the disk does not take what is in the checkpoint. */
  async #durable(journal: Journal): Promise<void> {
    const { clock } = this.#options;
    const patience = createStopController();
    const late = clock.sleepUntil(afterRealMs(clock, answerMs), patience.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([journal.committed().then(() => false), late]);
    patience.abort();
    if (isLate) throw new GemelError('JOURNAL_UNWRITABLE', 'the journal is not on the disk');
  }

  /** Resolves once every shard has answered or failed, and when patience ends. */
  async #ask(kind: 'checkpoint' | 'stop'): Promise<void> {
    const { clients, clock, inTurn, journal, tell } = this.#options;
    const patience = createStopController();
    const waited = clock.sleepUntil(afterRealMs(clock, answerMs), patience.signal).then(
      () => false,
      () => true,
    );
    const answered = inTurn(() =>
      Promise.race([
        Promise.allSettled(
          clients.map((client) => client.request({ kind, journal: journal && positionIn(journal) })),
        ),
        waited,
      ]),
    ).then(() => true);
    if (!(await Promise.race([answered, waited])))
      tell('a worker does not answer; its twins are kept as they last were');
    patience.abort();
  }
}

function positionIn({ last }: Journal): JournalPosition {
  return { last, refersFrom: Math.max(1, last - referredRecords) };
}
