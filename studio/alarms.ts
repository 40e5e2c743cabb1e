/** Alarms as the page has them: kept up to date by the stream, in the order of what asks most. */

export type Severity = 'warning' | 'critical';
type AlarmState =
  | 'unacknowledged'
  | 'acknowledged'
  | 'returned'
  | 'normal'
  | 'shelved'
  | 'suppressed'
  | 'dropped';

export interface Alarm {
  readonly id: string;
  readonly twin: string;
  readonly kind: string;
  readonly subject?: string;
  readonly severity: Severity;
  readonly state: AlarmState;
  readonly active: boolean;
  readonly message: string;
  readonly cause?: string;
  readonly occurrences: number;
  readonly raised: string;
  readonly chattering?: boolean;
  readonly acknowledged?: { readonly by: string; readonly time: string; readonly note?: string };
  readonly shelved?: { readonly by: string; readonly until: string; readonly why: string };
  readonly suppressed?: string;
}

export type AlarmCounts = Readonly<Record<Severity, Readonly<Record<string, number>>>>;

const ranks: Readonly<Record<AlarmState, number>> = {
  unacknowledged: 0,
  acknowledged: 1,
  returned: 2,
  shelved: 3,
  suppressed: 4,
  normal: 5,
  dropped: 6,
};

export class AlarmStore {
  readonly #alarms = new Map<string, Alarm>();
  readonly #listeners = new Set<() => void>();
  #sorted: readonly Alarm[] | undefined;
  /** Of all alarms of the engine; undefined before it was heard of. */
  counts: AlarmCounts | undefined;

  /** Forgets all: the engine is about to tell them anew. */
  reset(): void {
    this.#alarms.clear();
    this.#sorted = undefined;
  }

  take(alarms: readonly Alarm[], counts: AlarmCounts): void {
    this.counts = counts;
    for (const alarm of alarms) {
      if (alarm.state === 'normal' || alarm.state === 'dropped') this.#alarms.delete(alarm.id);
      else this.#alarms.set(alarm.id, alarm);
    }
    this.#sorted = undefined;
    for (const listener of this.#listeners) listener();
  }

  /** What asks most first. */
  all(): readonly Alarm[] {
    this.#sorted ??= [...this.#alarms.values()].sort(byUrgency);
    return this.#sorted;
  }

  ofTwin(twin: string): readonly Alarm[] {
    return this.all().filter((alarm) => alarm.twin === twin);
  }

  /** The worst severity of what nobody has seen yet, by twin. */
  unseen(): ReadonlyMap<string, Severity> {
    const worst = new Map<string, Severity>();
    for (const { twin, state, severity } of this.#alarms.values()) {
      if (state !== 'unacknowledged' && state !== 'returned') continue;
      if (worst.get(twin) !== 'critical') worst.set(twin, severity);
    }
    return worst;
  }

  /** Returns the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function byUrgency(a: Alarm, b: Alarm): number {
  if (a.state !== b.state) return ranks[a.state] - ranks[b.state];
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  if (a.raised !== b.raised) return a.raised < b.raised ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
