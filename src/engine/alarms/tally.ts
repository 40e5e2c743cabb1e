/** Alarms counted as they change, and the order in which they give way or are shown: of a running fleet, or of a past moment. */

import type { Alarm, AlarmCounts, AlarmFilter, AlarmSeverity, AlarmState } from './alarm.ts';

type CountedState = Exclude<AlarmState, 'normal' | 'dropped'>;

/** Every call costs the same however many alarms there are: a flood is when it counts. */
export class AlarmTally {
  readonly #counts: Record<AlarmSeverity, Record<CountedState, number>> = {
    warning: zero(),
    critical: zero(),
  };
  /** Ids in the order in which they became so. */
  readonly #normal = new Set<string>();
  readonly #warnings = new Set<string>();

  /** Takes one out as it was, and in as it is. */
  change(before: Alarm | undefined, after: Alarm | undefined): void {
    if (before !== undefined) this.#take(before);
    if (after !== undefined) this.#put(after);
  }

  counts(): AlarmCounts {
    const { warning, critical } = this.#counts;
    return { warning: { ...warning }, critical: { ...critical } };
  }

  oldestNormal(): string | undefined {
    return first(this.#normal);
  }

  /** The oldest that is less severe. */
  oldestBelow(severity: AlarmSeverity): string | undefined {
    return severity === 'critical' ? first(this.#warnings) : undefined;
  }

  #take({ id, state, severity, occurrences }: Alarm): void {
    if (occurrences === 0) return;
    if (state === 'normal') this.#normal.delete(id);
    else {
      if (state !== 'dropped') this.#counts[severity][state]--;
      this.#warnings.delete(id);
    }
  }

  #put({ id, state, severity, occurrences }: Alarm): void {
    if (occurrences === 0) return;
    if (state === 'normal') this.#normal.add(id);
    else {
      if (state !== 'dropped') this.#counts[severity][state]++;
      if (severity === 'warning') this.#warnings.add(id);
    }
  }
}

/** Counts alarms as they are. */
export function countAlarms(alarms: readonly Alarm[]): AlarmCounts {
  const tally = new AlarmTally();
  for (const alarm of alarms) tally.change(undefined, alarm);
  return tally.counts();
}

/** As `Alarms.list`. */
export function listAlarms(
  alarms: readonly Alarm[],
  { twin, state, severity }: AlarmFilter,
): readonly Alarm[] {
  return alarms
    .filter(
      (alarm) =>
        (twin === undefined || alarm.twin === twin) &&
        (state === undefined
          ? alarm.state !== 'normal' && alarm.state !== 'dropped'
          : alarm.state === state) &&
        (severity === undefined || alarm.severity === severity),
    )
    .toSorted(byUrgency);
}

const ranks = {
  unacknowledged: 0,
  returned: 2,
  acknowledged: 1,
  shelved: 3,
  suppressed: 4,
  normal: 5,
  dropped: 6,
} as const satisfies Record<AlarmState, number>;

/** What asks most first: by state, then by severity, then the newest; the id decides the rest. */
function byUrgency(a: Alarm, b: Alarm): number {
  if (a.state !== b.state) return ranks[a.state] - ranks[b.state];
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  if (a.raisedMs !== b.raisedMs) return b.raisedMs - a.raisedMs;
  return a.id < b.id ? -1 : 1;
}

function zero(): Record<CountedState, number> {
  return { unacknowledged: 0, acknowledged: 0, returned: 0, shelved: 0, suppressed: 0 };
}

function first(ids: ReadonlySet<string>): string | undefined {
  const [id] = ids;
  return id;
}
