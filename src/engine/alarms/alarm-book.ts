/**
 * The alarm book: every alarm of a fleet, from when it comes up until it is over and somebody has seen it.
 *
 * Sources say `raise` while a condition holds and `clear` when it is over; saying it twice changes nothing. Between them
 * and the readers stand, after ISA-18.2 (clauses 10 and 12): delays on the way in and out, a hold on what chatters, shelving with
 * an end, suppression of a twin, and limits. A deadband belongs to the source, which knows its quantity.
 *
 * At a limit normal alarms give way, the oldest first; then a critical one takes the place of the oldest warning; what
 * finds no room is dropped. Whatever is dropped is counted.
 */

import { checkAcknowledge, checkShelve, checkUnshelve, unknownAlarm } from './acts.ts';
import {
  type Alarm,
  type AlarmChange,
  type AlarmChangeKind,
  type AlarmCounts,
  alarmDefaults,
  type AlarmFilter,
  alarmId,
  type AlarmKey,
  type Alarms,
  type AlarmSettings,
  type AlarmSeverity,
  type AlarmStatistics,
  chatter,
} from './alarm.ts';
import { type Standstill, Suppressions } from './suppressions.ts';
import { AlarmTally, listAlarms } from './tally.ts';
import * as to from './transitions.ts';

interface Entry {
  alarm: Alarm;
  /** When it came up, within the last minute. */
  recentMs: number[];
  /** What waits for its on-delay. */
  coming: { readonly raise: to.Raise; readonly dueMs: number } | undefined;
  /** The end that waits for its off-delay. */
  going: { readonly told: boolean; readonly dueMs: number } | undefined;
}

/** Whether an event has told of a change already, and who made it, if a person did. */
interface How {
  readonly told?: boolean;
  readonly by?: string;
}

export interface AlarmBookOptions extends Partial<AlarmSettings> {
  readonly nowMs: () => number;
  /** Called when something falls due earlier than anything before; the owner then calls `advance` at that time. */
  readonly onDue?: (atMs: number) => void;
}

export class AlarmBook implements Alarms {
  readonly settings: AlarmSettings;
  readonly #nowMs: () => number;
  readonly #onDue: (atMs: number) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #ofTwin = new Map<string, Set<string>>();
  readonly #suppressions = new Suppressions();
  readonly #listeners = new Set<(change: AlarmChange) => void>();
  readonly #tally = new AlarmTally();
  readonly #counters = { raised: 0, dropped: 0, acknowledged: 0, shelved: 0 };
  #nextDueMs = Number.POSITIVE_INFINITY;

  constructor({ nowMs, onDue, ...settings }: AlarmBookOptions) {
    this.settings = { ...alarmDefaults, ...settings };
    this.#nowMs = nowMs;
    this.#onDue = onDue ?? (() => undefined);
  }

  /**
   * A condition holds. An alarm that is active already only takes another severity.
   *
   * @returns whether there is room for it.
   */
  raise(raise: to.Raise): boolean {
    const id = alarmId(raise);
    const entry = this.#entries.get(id) ?? this.#admit(id, raise);
    if (entry === undefined) return false;
    if (!entry.alarm.active) this.#come(entry, raise);
    else if (entry.going !== undefined) this.#comeBack(entry, raise);
    else if (raise.severity !== entry.alarm.severity) this.#grade(entry, raise);
    return true;
  }

  /** A condition is over. Of what was never raised, nothing happens. */
  clear(key: AlarmKey & { readonly atMs: number; readonly told?: boolean }): void {
    const { atMs, told = false } = key;
    const entry = this.#entries.get(alarmId(key));
    if (entry === undefined) return;
    if (entry.coming !== undefined) this.#stayAway(entry);
    if (!entry.alarm.active) return;
    const { offDelayMs } = this.settings;
    const delayMs = entry.alarm.chattering ? Math.max(offDelayMs, chatter.withinMs) : offDelayMs;
    if (delayMs > 0) {
      entry.going ??= { told, dueMs: atMs + delayMs };
      this.#due(entry.going.dueMs);
    } else this.#go(entry, atMs, told);
  }

  /** Whether an alarm of this twin and severity would be kept. */
  hasRoomFor(twin: string, severity: AlarmSeverity): boolean {
    const { perTwin, inAll } = this.settings;
    const own = this.#ofTwin.get(twin);
    if (own !== undefined && own.size >= perTwin && !this.#canYield(own, severity)) return false;
    if (this.#entries.size < inAll) return true;
    return this.#tally.oldestNormal() !== undefined || this.#tally.oldestBelow(severity) !== undefined;
  }

  /** Suppresses a twin's alarms for good: it is out of service. */
  suppress(twin: string, why: string): void {
    this.#suppressions.takeOut(twin, why);
    this.#applySuppression(twin);
  }

  /** Suppresses a twin's alarms by design, but for the one that says why, until `moveOn`. */
  standStill(twin: string, standstill: Standstill): void {
    this.#suppressions.standStill(twin, standstill);
    this.#applySuppression(twin);
  }

  moveOn(twin: string): void {
    if (this.#suppressions.moveOn(twin)) this.#applySuppression(twin);
  }

  /** Lets go of all alarms of a twin that has ended. */
  forget(twin: string): void {
    this.#suppressions.forget(twin);
    for (const id of this.#ofTwin.get(twin) ?? []) this.#drop(id);
  }

  /** Does what has fallen due: delays that are over, shelvings that end. */
  advance(nowMs: number): void {
    if (nowMs < this.#nextDueMs) return;
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      const { coming, going } = entry;
      if (coming !== undefined && coming.dueMs <= nowMs) {
        this.#activate(entry, { ...coming.raise, atMs: coming.dueMs, told: false });
      }
      if (going !== undefined && going.dueMs <= nowMs) this.#go(entry, going.dueMs, going.told);
      const { shelving } = entry.alarm;
      if (shelving !== undefined && shelving.untilMs <= nowMs) {
        this.#set(entry, to.unshelved(entry.alarm, shelving.untilMs), 'unshelved');
      }
      const next = Math.min(
        entry.coming?.dueMs ?? Number.POSITIVE_INFINITY,
        entry.going?.dueMs ?? Number.POSITIVE_INFINITY,
        entry.alarm.shelving?.untilMs ?? Number.POSITIVE_INFINITY,
      );
      if (next < this.#nextDueMs) this.#nextDueMs = next;
    }
    if (this.#nextDueMs < Number.POSITIVE_INFINITY) this.#onDue(this.#nextDueMs);
  }

  list(filter: AlarmFilter = {}): readonly Alarm[] {
    const { twin } = filter;
    const ids = twin === undefined ? this.#entries.keys() : (this.#ofTwin.get(twin) ?? []);
    const known = Array.from(ids, (id) => this.find(id)).filter((alarm) => alarm !== undefined);
    return listAlarms(known, filter);
  }

  find(id: string): Alarm | undefined {
    const alarm = this.#entries.get(id)?.alarm;
    return alarm?.occurrences === 0 ? undefined : alarm;
  }

  get(id: string): Alarm {
    return this.#known(id).alarm;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  counts(): AlarmCounts {
    return this.#tally.counts();
  }

  statistics(): AlarmStatistics {
    return { kept: this.#entries.size, ...this.#counters };
  }

  acknowledge(id: string, { by, note }: { readonly by: string; readonly note?: string }): Alarm {
    const entry = this.#known(id);
    checkAcknowledge(entry.alarm);
    this.#counters.acknowledged++;
    const act = { by, atMs: this.#nowMs(), ...(note !== undefined && { note }) };
    return this.#set(entry, to.acknowledged(entry.alarm, act), 'acknowledged', { by });
  }

  shelve(id: string, act: { readonly by: string; readonly untilMs: number; readonly why: string }): Alarm {
    const entry = this.#known(id);
    const { by, untilMs, why } = act;
    const atMs = this.#nowMs();
    checkShelve(entry.alarm, untilMs - atMs, this.settings.longestShelvingMs);
    this.#counters.shelved++;
    const after = this.#set(entry, to.shelved(entry.alarm, { by, atMs, untilMs, why }), 'shelved', { by });
    this.#due(untilMs);
    return after;
  }

  unshelve(id: string, { by }: { readonly by: string }): Alarm {
    const entry = this.#known(id);
    checkUnshelve(entry.alarm);
    return this.#set(entry, to.unshelved(entry.alarm, this.#nowMs()), 'unshelved', { by });
  }

  onChange(listener: (change: AlarmChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All that has come up, for a checkpoint. What waits for its on-delay is forgotten: its source says it again. */
  save(): readonly Alarm[] {
    return [...this.#entries.values()].map(({ alarm }) => alarm).filter(({ occurrences }) => occurrences > 0);
  }

  /** Takes up what was saved. To be called before anything else. */
  restore(saved: readonly Alarm[]): void {
    for (const alarm of saved) {
      if (!this.hasRoomFor(alarm.twin, alarm.severity)) continue;
      const entry = this.#admit(alarm.id, { ...alarm, atMs: alarm.changedMs });
      if (entry === undefined) continue;
      // What suppresses is found anew: a twin may be back in service.
      const { suppression: _before, ...rest } = alarm;
      const { suppression } = entry.alarm;
      entry.alarm = to.settled({ ...rest, ...(suppression !== undefined && { suppression }) });
      this.#tally.change(undefined, entry.alarm);
      if (alarm.shelving !== undefined) this.#due(alarm.shelving.untilMs);
    }
  }

  #come(entry: Entry, raise: to.Raise): void {
    const { onDelayMs } = this.settings;
    if (onDelayMs > 0) {
      entry.coming = { raise, dueMs: entry.coming?.dueMs ?? raise.atMs + onDelayMs };
      this.#due(entry.coming.dueMs);
    } else this.#activate(entry, raise);
  }

  #activate(entry: Entry, raise: to.Raise): void {
    entry.coming = undefined;
    const chattering = recur(entry, raise.atMs);
    this.#counters.raised++;
    this.#set(entry, to.raised(entry.alarm, raise, chattering), 'raised', raise);
  }

  /** It came up again before its off-delay was over: it never went away, and yet it chatters. */
  #comeBack(entry: Entry, raise: to.Raise): void {
    entry.going = undefined;
    const before = entry.alarm;
    const chattering = recur(entry, raise.atMs) || before.chattering;
    const { message, cause } = raise;
    const said = { message, ...(cause !== undefined && { cause }) };
    entry.alarm = { ...before, ...said, occurrences: before.occurrences + 1, chattering };
    this.#counters.raised++;
    if (chattering && !before.chattering)
      this.#set(entry, { ...entry.alarm, changedMs: raise.atMs }, 'chattering');
    if (raise.severity !== before.severity) this.#grade(entry, raise);
  }

  #grade(entry: Entry, raise: to.Raise): void {
    this.#set(entry, to.graded(entry.alarm, raise), 'graded', raise);
  }

  #go(entry: Entry, atMs: number, told: boolean): void {
    entry.going = undefined;
    this.#set(entry, to.cleared(entry.alarm, atMs), 'cleared', { told });
  }

  /** The condition was over before its on-delay was. */
  #stayAway(entry: Entry): void {
    entry.coming = undefined;
    if (entry.alarm.occurrences === 0) this.#forget(entry);
  }

  #admit(id: string, raise: to.Raise): Entry | undefined {
    const { twin, severity } = raise;
    let own = this.#ofTwin.get(twin);
    if (!this.hasRoomFor(twin, severity)) {
      this.#counters.dropped++;
      return undefined;
    }
    if (own !== undefined && own.size >= this.settings.perTwin) this.#makeRoom(this.#yielding(own, severity));
    if (this.#entries.size >= this.settings.inAll)
      this.#makeRoom(this.#tally.oldestNormal() ?? this.#tally.oldestBelow(severity));
    own = this.#ofTwin.get(twin);
    if (own === undefined) {
      own = new Set();
      this.#ofTwin.set(twin, own);
    }
    own.add(id);
    const quiet = to.quietAlarm(raise);
    const why = this.#suppressions.of(quiet);
    const alarm = why === undefined ? quiet : to.suppressed(quiet, why, raise.atMs);
    const entry: Entry = { alarm, recentMs: [], coming: undefined, going: undefined };
    this.#entries.set(id, entry);
    return entry;
  }

  #canYield(own: ReadonlySet<string>, severity: AlarmSeverity): boolean {
    return this.#yielding(own, severity) !== undefined;
  }

  /** Which of a twin's alarms gives way to one more of this severity. */
  #yielding(own: ReadonlySet<string>, severity: AlarmSeverity): string | undefined {
    let warning: string | undefined;
    for (const id of own) {
      const alarm = this.#entries.get(id)?.alarm;
      if (alarm?.state === 'normal' && alarm.occurrences > 0) return id;
      if (severity === 'critical' && alarm?.severity === 'warning') warning ??= id;
    }
    return warning;
  }

  #makeRoom(id: string | undefined): void {
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (entry === undefined) return;
    if (entry.alarm.state !== 'normal') this.#counters.dropped++;
    this.#drop(entry.alarm.id);
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#forget(entry);
    if (entry.alarm.state === 'normal') return;
    const alarm: Alarm = { ...entry.alarm, state: 'dropped' };
    this.#tell({ alarm, change: 'dropped', atMs: this.#nowMs(), told: false });
  }

  #forget({ alarm }: Entry): void {
    this.#entries.delete(alarm.id);
    const own = this.#ofTwin.get(alarm.twin);
    own?.delete(alarm.id);
    if (own?.size === 0) this.#ofTwin.delete(alarm.twin);
    this.#tally.change(alarm, undefined);
  }

  #applySuppression(twin: string): void {
    for (const id of this.#ofTwin.get(twin) ?? []) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const why = this.#suppressions.of(entry.alarm);
      if (why === entry.alarm.suppression) continue;
      const after = to.suppressed(entry.alarm, why, this.#nowMs());
      this.#set(entry, after, why === undefined ? 'resumed' : 'suppressed');
    }
  }

  #set(entry: Entry, alarm: Alarm, change: AlarmChangeKind, how: How = {}): Alarm {
    this.#tally.change(entry.alarm, alarm);
    entry.alarm = alarm;
    const { told = false, by } = how;
    this.#tell({ alarm, change, atMs: alarm.changedMs, told, ...(by !== undefined && { by }) });
    return alarm;
  }

  #tell(change: AlarmChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #due(atMs: number): void {
    if (atMs >= this.#nextDueMs) return;
    this.#nextDueMs = atMs;
    this.#onDue(atMs);
  }

  #known(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined && entry.alarm.occurrences > 0) return entry;
    throw unknownAlarm(id, this.#entries.keys());
  }
}

/** Notes that the condition came up, and says whether it chatters. */
function recur(entry: Entry, atMs: number): boolean {
  entry.recentMs = [...entry.recentMs.filter((ms) => ms > atMs - chatter.withinMs), atMs].slice(
    -chatter.times,
  );
  return entry.recentMs.length >= chatter.times;
}
