/**
 * Puts into the journal what the fleet is told and what it makes: the samples of a message as one record, so that a message is
 * there whole or not at all; commands, ahead of what they do; ticks, blocks and alarms as they come, which nobody waits for.
 */

import { assertInvariant, GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { AlarmChange } from '../alarms/index.ts';
import { afterRealMs, createStopController } from '../basics/index.ts';
import type { SignalTable, Target } from '../ingest/index.ts';
import type { Clock, Journal } from '../ports/index.ts';
import type { Sample } from '../protocol/index.ts';
import type { TwinInfo } from '../twin/index.ts';
import { encodeAlarm } from './alarm-record.ts';
import { type Command, encodeCommand } from './command-record.ts';
import { changesOf, encodeFleet, type FleetRecord, type RecordedBlock } from './fleet-record.ts';
import { encodeGap, type GapRecord } from './gap-record.ts';
import { originOf } from './sample-origin.ts';
import { encodeName, SamplesRecord } from './samples-record.ts';
import { encodeTick, type TickRecord } from './tick-record.ts';
import { recordTwin } from './twin-record.ts';

/** The whole fleet is written so often, and so many of its twins or lanes in a record. */
const limits = { everyMs: 3_600_000, twins: 1000, lanes: 10_000, waitMs: 10_000 } as const;

/** Ids by lane of a block. */
interface Lanes {
  readonly shard: number;
  readonly block: number;
  readonly model: string;
  readonly twins: readonly string[];
}

export interface RecorderOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** What runs, and what computes it. */
  readonly fleet: {
    readonly models: ReadonlyMap<string, Model>;
    twins(): readonly TwinInfo[];
    readonly kernel: string;
  };
}

/** A command that is recorded. */
export interface RecordedCommand {
  readonly number: number;
  /** Resolves once the record is on the disk; rejects with GemelError `JOURNAL_UNWRITABLE` if it is not soon. */
  readonly durable: Promise<void>;
}

export class Recorder {
  /** Number of the record where the newest description of the whole fleet begins; undefined before the first. */
  fleetNumber: number | undefined;
  readonly #options: RecorderOptions;
  readonly #journal: Journal;
  /** Ids by number of the twin, and names by number of the signal, as they stand in records. */
  readonly #ids: (Uint8Array | undefined)[] = [];
  readonly #signals = new WeakMap<SignalTable, Uint8Array[]>();
  readonly #record = new SamplesRecord();
  /** Of the record under way. */
  #number = 0;
  /** Ids by lane of each block, as recorded last; by shard and block. */
  readonly #blocks = new Map<string, Lanes>();
  #fleetMs = Number.NEGATIVE_INFINITY;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#journal = options.journal;
  }

  /** Whether a record could not be taken now. */
  get full(): boolean {
    return this.#journal.full;
  }

  /** Number of the newest record. */
  get last(): number {
    return this.#journal.last;
  }

  /** Where the next sample of the message under way will stand. */
  get nextOrigin(): number {
    return originOf({ record: this.#journal.last + 1, place: this.#record.count });
  }

  /** Adds a sample to the record of the message under way. */
  add({ twin, signal, timeMs, value, receivedMs }: Sample, target: Target): void {
    if (this.#record.count === 0) this.#number = this.#journal.last + 1;
    const { config, table } = target;
    const id = (this.#ids[twin] ??= encodeName(config.id));
    this.#record.add({ twin: id, signal: this.#nameOf(signal, table), timeMs, value, receivedMs });
  }

  /** Ends the record. Resolves once it is on the disk; undefined if nothing was added. */
  end(): Promise<void> | undefined {
    if (this.#record.count === 0) return undefined;
    const number = this.#journal.append(this.#record.take());
    assertInvariant(
      number === undefined || number === this.#number,
      'nothing comes between the samples of a message',
    );
    return this.#journal.committed();
  }

  /**
   * Writes a command ahead. Whoever calls this tells the shard in the same turn.
   *
   * @throws GemelError `JOURNAL_UNWRITABLE` if it cannot be taken now: then nothing is to be done.
   */
  command(command: Command): RecordedCommand {
    const number = this.#journal.full ? undefined : this.#journal.append(encodeCommand(command));
    if (number === undefined) {
      throw new GemelError('JOURNAL_UNWRITABLE', 'the journal cannot be written, so that nothing is done', {
        hint: 'free some space; it is tried again every second',
      });
    }
    return { number, durable: this.durable() };
  }

  /** Resolves once all so far is on the disk; rejects with GemelError `JOURNAL_UNWRITABLE` if it is not within ten seconds. */
  async durable(): Promise<void> {
    const { clock } = this.#options;
    const patience = createStopController();
    const late = clock.sleepUntil(afterRealMs(clock, limits.waitMs), patience.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([this.#journal.committed().then(() => false), late]);
    patience.abort();
    if (!isLate) return;
    throw new GemelError(
      'JOURNAL_UNWRITABLE',
      'it was done, but is not on the disk yet: it refuses, or is slow',
      {
        hint: 'look at what became of it before you try again',
      },
    );
  }

  /** Notes how an alarm changed. */
  alarm({ change, alarm, atMs, by }: AlarmChange): void {
    if (this.fleetNumber === undefined) return;
    if (by !== undefined && (change === 'acknowledged' || change === 'shelved' || change === 'unshelved')) {
      const kind = ({ acknowledged: 'acknowledge', shelved: 'shelve', unshelved: 'unshelve' } as const)[
        change
      ];
      this.#journal.append(encodeCommand({ kind, receivedMs: atMs, by, alarm }));
    } else this.#journal.append(encodeAlarm({ change, atMs, alarm }));
  }

  /** From now on the block has these twins; without any it is gone. */
  block({ shard, block, model, twins }: Lanes): void {
    const key = `${shard} ${block}`;
    const before = this.#blocks.get(key)?.twins ?? [];
    if (twins.length === 0) this.#blocks.delete(key);
    else this.#blocks.set(key, { shard, block, model, twins });
    // What was before the first description of all is in there.
    if (this.fleetNumber === undefined) return;
    const changed = changesOf(before, twins);
    this.#fleet({ blocks: [{ shard, block, model, lanes: twins.length, changed }] });
  }

  /** Notes a version that was published while the fleet runs. */
  model({ id, document }: Model): void {
    if (this.fleetNumber !== undefined) this.#fleet({ models: [{ id, document }] });
  }

  /** Notes a tick that was published. */
  tick(record: TickRecord): void {
    if (this.fleetNumber === undefined) return;
    this.#journal.append(encodeTick(record));
    if (this.#options.clock.nowMs() >= this.#fleetMs + limits.everyMs) this.begin('again');
  }

  /** Writes ahead that ticks are given up. */
  gap(gap: Omit<GapRecord, 'receivedMs'>): void {
    this.#journal.append(encodeGap({ receivedMs: this.#options.clock.nowMs(), ...gap }));
  }

  /** Describes the whole fleet, at the start of a process and every so often; ticks are recorded from the first time on. */
  begin(when: 'start' | 'again'): void {
    const { fleet } = this.#options;
    this.#fleetMs = this.#options.clock.nowMs();
    const number = this.#fleet({
      begins: true,
      ...(when === 'start' && { start: true }),
      kernel: fleet.kernel,
      models: Array.from(fleet.models, ([id, { document }]) => ({ id, document })),
    });
    const twins = fleet.twins().map(({ config }) => recordTwin(config));
    for (let at = 0; at < twins.length; at += limits.twins)
      this.#fleet({ twins: twins.slice(at, at + limits.twins) });
    for (const blocks of pagesOf(this.#blocks.values())) this.#fleet({ blocks });
    this.fleetNumber = number ?? this.fleetNumber;
  }

  /** A twin's number is free for another one. */
  forget(twin: number): void {
    this.#ids[twin] = undefined;
  }

  #fleet(record: Omit<FleetRecord, 'receivedMs'>): number | undefined {
    return this.#journal.append(encodeFleet({ receivedMs: this.#options.clock.nowMs(), ...record }));
  }

  #nameOf(signal: number, table: SignalTable): Uint8Array {
    let names = this.#signals.get(table);
    if (names === undefined) this.#signals.set(table, (names = []));
    return (names[signal] ??= encodeName(table.signals[signal]?.name ?? ''));
  }
}

/** All lanes of all blocks, as many together as a record may have. */
function* pagesOf(blocks: Iterable<Lanes>): Generator<RecordedBlock[]> {
  let page: RecordedBlock[] = [];
  let room: number = limits.lanes;
  for (const { shard, block, model, twins } of blocks) {
    for (let from = 0; from < twins.length; ) {
      const part = twins.slice(from, from + room);
      page.push({ shard, block, model, lanes: twins.length, changed: [{ from, twins: part }] });
      from += part.length;
      room -= part.length;
      if (room > 0) continue;
      yield page;
      page = [];
      room = limits.lanes;
    }
  }
  if (page.length > 0) yield page;
}
