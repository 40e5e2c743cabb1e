/**
 * What raises alarms by itself: conditions that frames tell (a `when` that holds, a sensor that is silent, a health near its limit,
 * a twin in quarantine), and the events that tell why.
 *
 * A frame says of each condition whether it holds, so that an alarm ends though an event was lost, and stands after a
 * restart. An event says that it came up in between, even if it is over by the time of the frame. Most frames change
 * nothing, so each condition costs one comparison with what the book was last told.
 */

import type { Model } from '../../core/model/index.ts';
import { fromSi } from '../../core/units/index.ts';
import {
  hasListened,
  type Frame,
  type FrameLayout,
  frameLayoutOf,
  type HealthColumn,
  healthColumnsOf,
  healthIn,
  type HealthLevel,
  severities,
  shownPercent,
  statusCodes,
  type TwinEvent,
  type TwinEventKind,
} from '../snapshot/index.ts';
import type { Alarm, AlarmSeverity } from './alarm.ts';
import type { AlarmBook } from './alarm-book.ts';
import type { Raise } from './transitions.ts';

/** Percent that a health must rise above its threshold before its alarm ends. */
const healthDeadband = 2;

/** A condition that one column tells: it holds where the number there is more than 0. */
interface Flag {
  readonly kind: string;
  readonly subject?: string;
  readonly column: number;
  /** Of a sensor: where it stands how often it speaks. */
  readonly usual?: number;
  readonly severity: AlarmSeverity;
  /** What is said unless an event says more. */
  readonly message: string;
  readonly cause?: string;
}

/** The conditions of a model's twins: quarantine, then flags, then those of health. */
interface Plan {
  readonly layout: FrameLayout;
  readonly flags: readonly Flag[];
  readonly healths: readonly HealthColumn[];
}

/** The alarm that an event is about, and whether it tells of its beginning or its end. */
const flagEvents: Partial<Record<TwinEventKind, { readonly kind: string; readonly begins: boolean }>> = {
  raised: { kind: 'when', begins: true },
  diverged: { kind: 'diverged', begins: true },
  'sensor-silent': { kind: 'sensor-silent', begins: true },
  'sensor-back': { kind: 'sensor-silent', begins: false },
};

/**
 * Findings, that only events tell: once when they are made or become another, and once when they are over. What found them
 * remembers over restarts that it told of them.
 */
const findings: Partial<Record<TwinEventKind, { readonly kind: string; readonly begins: boolean }>> = {
  'sensor-suspected': { kind: 'sensor-suspected', begins: true },
  'sensor-cleared': { kind: 'sensor-suspected', begins: false },
  'health-changed': { kind: 'health-changed', begins: true },
  'health-settled': { kind: 'health-changed', begins: false },
  diagnosed: { kind: 'diagnosed', begins: true },
  'diagnosis-over': { kind: 'diagnosed', begins: false },
};

/** Whether an alarm of this kind stands on a finding. */
export function isFinding(kind: string): boolean {
  return Object.values(findings).some((finding) => finding.kind === kind);
}

/** What the book was last told of a condition: 0 not raised, 1 a warning, 2 critical. */
type Level = 0 | 1 | 2;

interface Watched {
  readonly id: string;
  readonly plan: Plan;
  /** One a condition, a `Level`. */
  readonly told: Uint8Array;
  /** Conditions that the book had no room for. */
  readonly refused: Set<number>;
}

export class AlarmWatch {
  /** After a restart: since when somebody listens to the sensors. */
  listensFromMs = Number.NEGATIVE_INFINITY;
  readonly #book: AlarmBook;
  readonly #twins = new Map<string, Watched>();
  readonly #plans = new WeakMap<Model, Plan>();

  constructor(book: AlarmBook) {
    this.#book = book;
  }

  add(id: string, model: Model): void {
    const plan = this.#plans.get(model) ?? planOf(model);
    this.#plans.set(model, plan);
    const told = new Uint8Array(1 + plan.flags.length + plan.healths.length);
    this.#twins.set(id, { id, plan, told, refused: new Set() });
  }

  remove(id: string): void {
    this.#twins.delete(id);
  }

  /** An alarm that was restored as active: it ends with the first frame that does not have it, and at once if none can. */
  restored({ twin: id, kind, subject, severity }: Alarm): 'watched' | 'gone' | 'foreign' {
    const twin = this.#twins.get(id);
    if (twin === undefined) return 'foreign';
    const { flags, healths } = twin.plan;
    const flag = flags.findIndex((it) => it.kind === kind && it.subject === subject);
    const health = kind === 'health' ? healths.findIndex((it) => it.health.name === subject) : -1;
    const level = severity === 'critical' ? 2 : 1;
    if (kind === 'quarantined') {
      twin.told[0] = level;
      this.#standStill(twin);
    } else if (flag >= 0) twin.told[1 + flag] = level;
    else if (health >= 0) twin.told[1 + flags.length + health] = level;
    else return watchedKinds.has(kind) ? 'gone' : 'foreign';
    return 'watched';
  }

  /** What an event tells before the frame does. */
  hear(event: TwinEvent): void {
    const { twin: id, kind, subject, message, timeMs } = event;
    const twin = this.#twins.get(id);
    if (twin === undefined) return;
    if (Object.hasOwn(findings, kind)) this.#find(event);
    else if (kind === 'quarantined') this.#quarantine(twin, message, timeMs);
    else if (kind === 'recovered' && twin.told[0] !== 0) this.#recover(twin, { timeMs, told: true });
    else {
      const about = flagEvents[kind];
      const index = twin.plan.flags.findIndex((it) => it.kind === about?.kind && it.subject === subject);
      const flag = twin.plan.flags[index];
      if (about === undefined || flag === undefined) return;
      // One that held when last looked at, and came up again, was over in between.
      if (twin.told[1 + index] !== 0)
        this.#book.clear({ twin: id, kind: flag.kind, subject, atMs: timeMs, told: !about.begins });
      twin.told[1 + index] = 0;
      if (about.begins) this.#tell(twin, 1 + index, { ...flag, message, atMs: timeMs, told: true });
    }
  }

  /** Compares a twin's lane of a frame with what the book was told. */
  look(id: string, { frame, lane }: { readonly frame: Frame; readonly lane: number }, timeMs: number): void {
    const twin = this.#twins.get(id);
    if (twin === undefined) return;
    const { told, plan } = twin;
    const { values, lanes } = frame;
    const status = values[plan.layout.status * lanes + lane];
    if (status === statusCodes.quarantined) {
      if (told[0] === 0) this.#quarantine(twin, 'the twin stands at its last good belief', timeMs);
      return;
    }
    if (told[0] !== 0) this.#recover(twin, { timeMs, told: false });
    if (status !== statusCodes.running) return;
    let condition = 0;
    for (const flag of plan.flags) {
      condition++;
      const holds = (values[flag.column * lanes + lane] ?? 0) > 0;
      if (holds === (told[condition] !== 0)) continue;
      if (holds && !this.#isDue(flag, { frame, lane }, timeMs)) continue;
      if (holds) this.#tell(twin, condition, { ...flag, atMs: timeMs });
      else {
        told[condition] = 0;
        this.#book.clear({ twin: id, kind: flag.kind, subject: flag.subject, atMs: timeMs });
      }
    }
    for (const column of plan.healths) {
      condition++;
      const level = healthIn(column, { frame, lane });
      this.#lookAtHealth(twin, condition, { column, level, timeMs });
    }
  }

  /** Whether a condition that holds is told: of silence only where somebody has listened. */
  #isDue(
    { usual }: Flag,
    { frame, lane }: { readonly frame: Frame; readonly lane: number },
    atMs: number,
  ): boolean {
    if (usual === undefined) return true;
    const usualMs = frame.values[usual * frame.lanes + lane] ?? 0;
    return hasListened(this.listensFromMs, { atMs, usualMs });
  }

  #find({ twin, kind, subject, severity, message, timeMs }: TwinEvent): void {
    const about = findings[kind];
    if (about === undefined) return;
    const key = { twin, kind: about.kind, subject, atMs: timeMs };
    // Another finding about the same thing has to be seen anew.
    this.#book.clear({ ...key, told: true });
    if (about.begins && severity !== 'info') this.#book.raise({ ...key, severity, message, told: true });
  }

  #lookAtHealth(twin: Watched, condition: number, { column, level, timeMs }: HealthLook): void {
    const told = twin.told[condition] ?? 0;
    const now = this.#healthLevel(level.high, told);
    if (now === told) return;
    const { health } = column;
    if (now === 0) {
      twin.told[condition] = 0;
      this.#book.clear({ twin: twin.id, kind: 'health', subject: health.name, atMs: timeMs });
      return;
    }
    const severity = now === 2 ? 'critical' : 'warning';
    const words = wordsOf(column, level, now);
    this.#tell(twin, condition, { ...words, severity, kind: 'health', subject: health.name, atMs: timeMs });
  }

  /** By the upper end of the interval: an alarm is raised once even the best that is likely is bad. */
  #healthLevel(high: number, told: number): Level {
    if (Number.isNaN(high)) return told as Level;
    const { healthWarningPercent } = this.#book.settings;
    const slack = (level: Level): number => (told >= level ? healthDeadband : 0);
    if (high <= slack(2)) return 2;
    return high < healthWarningPercent + slack(1) ? 1 : 0;
  }

  #quarantine(twin: Watched, message: string, timeMs: number): void {
    this.#tell(twin, 0, { kind: 'quarantined', message, severity: 'critical', atMs: timeMs, told: true });
    this.#standStill(twin);
  }

  /** What does not move says nothing of its machine: suppressed by design (ISA-18.2, clause 12). */
  #standStill({ id }: Watched): void {
    const why = 'the twin stands still, in quarantine';
    this.#book.standStill(id, { why, except: 'quarantined' });
  }

  #recover(twin: Watched, { timeMs, told }: { readonly timeMs: number; readonly told: boolean }): void {
    twin.told[0] = 0;
    this.#book.moveOn(twin.id);
    this.#book.clear({ twin: twin.id, kind: 'quarantined', atMs: timeMs, told });
  }

  #tell({ id, told, refused }: Watched, condition: number, saying: Omit<Raise, 'twin'>): void {
    const { severity } = saying;
    if (refused.has(condition)) {
      // Asked again at every frame: counted once.
      if (!this.#book.hasRoomFor(id, severity)) return;
      refused.delete(condition);
    }
    const kept = this.#book.raise({ ...saying, twin: id });
    if (kept) told[condition] = severity === 'critical' ? 2 : 1;
    else refused.add(condition);
  }
}

interface HealthLook {
  readonly column: HealthColumn;
  readonly level: HealthLevel;
  readonly timeMs: number;
}

/** What is found here, so that what no longer can be is over. */
const watchedKinds: ReadonlySet<string> = new Set(['when', 'health', 'diverged', 'sensor-silent']);

function planOf(model: Model): Plan {
  const layout = frameLayoutOf(model);
  const whens = model.whens.flatMap(({ name, message, severity }, index): Flag[] => {
    // What only informs is an event, and no alarm.
    if (message === undefined || severity === 'info') return [];
    const condition = model.document.when?.[name]?.condition ?? name;
    const cause = `\`${condition}\` holds`;
    return [{ kind: 'when', subject: name, column: layout.whenTruth + index, severity, message, cause }];
  });
  const sensors = model.measurements.map(
    ({ name }, index): Flag => ({
      kind: 'sensor-silent',
      subject: name,
      column: layout.silent + index,
      usual: layout.intervals + index,
      severity: severities['sensor-silent'],
      message: `\`${name}\` has said nothing for much longer than usual`,
    }),
  );
  const belief: Flag = {
    kind: 'diverged',
    column: layout.resets,
    severity: severities.diverged,
    message: 'the belief left the finite numbers and was begun anew',
  };
  return { layout, flags: [...whens, ...sensors, belief], healths: healthColumnsOf(model, layout) };
}

function wordsOf(
  { health, unit }: HealthColumn,
  { value, percent, low, high, estimated }: HealthLevel,
  level: Level,
): { readonly message: string; readonly cause: string } {
  const symbol = unit.symbol === '1' ? '' : ` ${unit.symbol}`;
  const quantity = (si: number): string => `${Number(fromSi(si, unit).toPrecision(4))}${symbol}`;
  const shown = (part: number): string => shownPercent(part).toFixed(0);
  const between = estimated ? ` (${shown(low)}–${shown(high)})` : '';
  const left = level === 2 ? 'has failed' : `${shown(percent)} % of its life left${between}`;
  const cause = `\`${health.of}\` is ${quantity(value)}; it fails ${health.failsWhen} ${quantity(health.limit)}`;
  return { message: `${health.name}: ${left}`, cause };
}
