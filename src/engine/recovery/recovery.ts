/**
 * A restart with a journal: what was accepted since the checkpoint is given to the twins again, between the same ticks.
 *
 * The tick due at t comes after the samples that had arrived by t, as it did at first. A sample that arrived while that tick was
 * computed is late by a moment, and late samples change no bit (see late.ts). Commands say themselves where they count (see
 * moment.ts). What is told to the fleet meanwhile waits until all that is old was given.
 */

import type { Alarm } from '../alarms/index.ts';
import { type Checkpoint, lookUp } from '../checkpoint/index.ts';
import {
  type Command,
  decodeAlarm,
  decodeCommand,
  decodeFleet,
  decodeTick,
  originOf,
  RecordedBlocks,
  type SampleNumbers,
  SamplesReader,
  type StepCommand,
} from '../journal/index.ts';
import type { Entry, Membership, ShardClient } from '../members/index.ts';
import { addRequest, numberInputs, stepShadow } from '../members/index.ts';
import type { Journal, JournalPage } from '../ports/index.ts';
import type { CheckpointPart, ShardStart } from '../protocol/index.ts';
import type { FleetTrials } from '../trials/index.ts';
import { KnownGaps } from './gaps.ts';
import { Refilling } from './refilling.ts';

/** What every recovery works with. */
export interface RecoveryContext {
  readonly journal: Journal;
  readonly members: Membership;
  readonly trials: FleetTrials;
  /** Told in a sentence what people should know. */
  readonly tell: (note: string) => void;
}

export interface RecoveryOptions extends Omit<RecoveryContext, 'tell'> {
  /** What the shards were started from; whole. */
  readonly checkpoint: Checkpoint;
}

export interface Recovered {
  /** Samples that came after the checkpoint, and those of them whose twin or signal is no longer there. */
  readonly samples: number;
  readonly strangers: number;
  readonly commands: number;
  /** Records between the checkpoint and the oldest that the journal still has. */
  readonly gone: number;
  /** All alarms, as they were last. */
  readonly alarms: readonly Alarm[];
  /** The last record that counted: what came after it waits for the end of the recovery. */
  readonly until: number;
}

/** The parts with the samples that they only refer to. */
export async function completed(
  parts: readonly CheckpointPart[],
  { journal, tell }: Pick<RecoveryContext, 'journal' | 'tell'>,
): Promise<readonly CheckpointPart[]> {
  const found = await lookUp(parts, journal);
  if (found.missing > 0)
    tell(`${found.missing} samples that the checkpoint refers to are no longer in the journal`);
  return found.parts;
}

/**
 * Gives the shards, started to recover, what they have not had. The caller then lets them go.
 *
 * @param clients - those that were started: all, or one in the place of a dead one.
 */
export async function recover(options: RecoveryOptions, clients: readonly ShardClient[]): Promise<Recovered> {
  const recovery = new Recovery(options, clients);
  await recovery.run();
  return recovery.found();
}

/** Starts a shard in the place of a dead one, and gives it what it has not had; what is new waits from now on. */
export async function recoverAlone(
  client: ShardClient,
  start: ShardStart,
  context: RecoveryContext,
): Promise<Recovered> {
  client.holdNew();
  const restore = await completed(start.restore, context);
  client.start({ ...start, restore });
  return recover({ ...context, checkpoint: { parts: restore, alarms: [] } }, [client]);
}

/** For people: what was found. */
export function describeRecovery({ samples, strangers, commands, gone }: Recovered): string {
  const left = strangers === 0 ? '' : `; ${strangers} are of twins or signals that are no longer here`;
  const told = commands === 0 ? '' : ` and ${commands} commands`;
  const lost = gone === 0 ? '' : `; ${gone} records since the checkpoint are no longer there`;
  return `${samples} samples${told} since the checkpoint were in the journal${left}${lost}`;
}

/** Whom a sample is for. */
interface Known {
  /** Undefined for a twin or signal that is no longer there. */
  readonly entry: Entry | undefined;
  readonly signal: number | undefined;
  /** The last record of which the twin has had everything. */
  readonly had: number;
}

class Recovery {
  readonly #options: RecoveryOptions;
  readonly #clients: readonly ShardClient[];
  readonly #refilling: Refilling;
  readonly #reader: SamplesReader<Known>;
  readonly #blocks: RecordedBlocks;
  readonly #gaps: KnownGaps;
  readonly #alarms: Map<string, Alarm>;
  /** The last record that each twin has had. */
  readonly #had: ReadonlyMap<string, number>;
  readonly #asked: Promise<unknown>[] = [];
  /** Twins that ended, and did not come back. */
  readonly #gone = new Set<string>();
  /** What comes from now on is told to the shards by others. */
  readonly #until: number;
  /** When the newest tick was due that is known to have been made. */
  #madeMs: number;
  /** Of the record under way. */
  #number = 0;
  #samples = 0;
  #strangers = 0;
  #commands = 0;
  #missing = 0;

  constructor(options: RecoveryOptions, clients: readonly ShardClient[]) {
    const { checkpoint, members } = options;
    this.#options = options;
    this.#clients = clients;
    this.#until = options.journal.last;
    this.#had = new Map(
      checkpoint.parts.flatMap(({ twins, journal = 0 }) => twins.map((id) => [id, journal] as const)),
    );
    this.#madeMs = Math.max(...checkpoint.parts.map(({ madeMs, savedMs }) => madeMs ?? savedMs));
    this.#blocks = new RecordedBlocks(checkpoint.parts);
    this.#alarms = new Map(checkpoint.alarms.map((alarm) => [alarm.id, alarm]));
    this.#refilling = new Refilling(clients, members);
    this.#gaps = new KnownGaps({
      members,
      hadOf: (id) => this.#hadOf(id),
      isOurs: (client) => clients.includes(client),
    });
    this.#reader = new SamplesReader({
      find: (twin, signal) => this.#know(twin, signal),
      take: (known, sample) => this.#takeSample(known, sample),
    });
  }

  async run(): Promise<void> {
    const { journal, members } = this.#options;
    // A twin without checkpoint has had nothing; without any checkpoint nobody knows since when.
    const from =
      this.#had.size === 0 ? this.#until + 1 : Math.min(...new Set(this.#had.values()), this.#until) + 1;
    this.#missing = Math.max(0, Math.min(journal.first ?? 1, this.#until + 1) - from);
    await this.#gaps.find(journal, from, this.#until);
    for await (const page of journal.pages(from)) await this.#takePage(page);
    // What was made is there at once, and is not given up if that is long ago.
    this.#refilling.runTo(this.#madeMs);
    await this.#refilling.flush();
    for (const id of this.#gone) {
      const entry = members.find(id);
      if (entry !== undefined) this.#add(entry, this.#refilling.atMs);
    }
    await Promise.all(this.#asked);
    for (const [id, toldMs] of this.#blocks.told()) {
      const entry = members.find(id);
      if (entry !== undefined) entry.toldMs = toldMs;
    }
  }

  found(): Recovered {
    return {
      samples: this.#samples,
      strangers: this.#strangers,
      commands: this.#commands,
      gone: this.#missing,
      alarms: [...this.#alarms.values()],
      until: this.#until,
    };
  }

  async #takePage({ first, count, bytes, spans }: JournalPage): Promise<void> {
    for (let i = 0; i < count && first + i <= this.#until; i++) {
      const [from = 0, to = 0] = [spans[2 * i], spans[2 * i + 1]];
      this.#number = first + i;
      if (!this.#reader.read(bytes, from, to)) await this.#takeOther(bytes.subarray(from, to), first + i);
      else if (this.#refilling.isFull) await this.#refilling.flush();
    }
  }

  #takeSample(
    { entry, signal, had }: Known,
    { timeMs, value, receivedMs, place }: Readonly<SampleNumbers>,
  ): void {
    if (this.#number <= had) return;
    this.#samples++;
    const origin = originOf({ record: this.#number, place });
    if (entry === undefined || signal === undefined) this.#strangers++;
    else this.#refilling.take(entry, signal, { timeMs, value, receivedMs, origin });
  }

  #know(twin: string, name: string): Known {
    const entry = this.#options.members.find(twin);
    const signal = entry?.target.table.index.get(name);
    return { entry, signal, had: this.#isOthers(entry) ? Number.POSITIVE_INFINITY : this.#hadOf(twin) };
  }

  async #takeOther(content: Uint8Array, number: number): Promise<void> {
    const tick = decodeTick(content);
    if (tick !== undefined) {
      this.#madeMs = Math.max(this.#madeMs, tick.dueMs);
      return this.#blocks.tick(tick);
    }
    const command = decodeCommand(content);
    if (command !== undefined) return this.#take(command, number);
    const fleet = decodeFleet(content);
    if (fleet !== undefined) return this.#blocks.change(fleet);
    const alarm = decodeAlarm(content);
    if (alarm !== undefined) return this.#noteAlarm(alarm.alarm);
    await this.#refilling.flush();
    if (await this.#gaps.take(number)) this.#refilling.runAnew();
    return undefined;
  }

  async #take(command: Command, number: number): Promise<void> {
    if ('alarm' in command) return this.#noteAlarm(command.alarm);
    const id = command.kind === 'add' ? command.twin.id : command.twin;
    const entry = this.#options.members.find(id);
    if (this.#isOthers(entry) || number <= this.#hadOf(id)) return undefined;
    this.#commands++;
    if (command.kind === 'remove')
      for (const alarm of this.#alarms.values()) if (alarm.twin === id) this.#alarms.delete(alarm.id);
    if (entry === undefined) return undefined;
    // Twins that end, begin or change their model have other signals.
    this.#reader.forget();
    this.#refilling.runTo(command.receivedMs);
    await this.#refilling.flush();
    switch (command.kind) {
      case 'step':
        this.#step(entry, command);
        break;
      case 'remove':
        await this.#remove(entry);
        this.#gone.add(id);
        break;
      case 'add':
        // What the shard was started with is an earlier one of this name, or began only now.
        if (!this.#gone.delete(id)) await this.#remove(entry);
        this.#add(this.#options.members.need(id), command.atMs);
        break;
      default:
        await this.#options.trials.replay(entry, command).catch(() => undefined);
    }
    return undefined;
  }

  #step(entry: Entry, command: StepCommand): void {
    const { client, target, info } = entry;
    const { seconds, inputs, atMs } = command;
    const numbered = numberInputs(info.model, inputs);
    this.#ask(client, { kind: 'step', twin: target.index, seconds, inputs: numbered, atMs });
    stepShadow(entry, (request) => client.requestAtOnce(request), command);
  }

  async #remove(entry: Entry): Promise<void> {
    const { client, target } = entry;
    this.#ask(client, { kind: 'remove', twin: target.index, leave: false });
    await this.#options.trials.replayEnd(entry).catch(() => undefined);
  }

  #add(entry: Entry, atMs: number): void {
    this.#ask(entry.client, addRequest(entry, atMs));
  }

  /** A worker that dies meanwhile is told of elsewhere. */
  #ask(client: ShardClient, request: Parameters<ShardClient['requestAtOnce']>[0]): void {
    this.#asked.push(client.requestAtOnce(request).catch(() => undefined));
  }

  #noteAlarm(alarm: Alarm): void {
    if (alarm.state === 'dropped') this.#alarms.delete(alarm.id);
    else this.#alarms.set(alarm.id, alarm);
  }

  #isOthers(entry: Entry | undefined): boolean {
    return entry !== undefined && !this.#clients.includes(entry.client);
  }

  #hadOf(twin: string): number {
    return this.#had.get(twin) ?? 0;
  }
}
