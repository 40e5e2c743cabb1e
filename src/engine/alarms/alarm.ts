/**
 * An alarm: something about a machine that asks somebody to act, from the moment it comes up until it is over and
 * somebody has seen it.
 *
 * The states are those of the alarm state diagram of ANSI/ISA-18.2-2016 and IEC 62682:2022 (clause 5): normal,
 * unacknowledged, acknowledged, returned to normal but unacknowledged, shelved, and suppressed by design or out of service. What only
 * informs, and asks for no act, is an event and no alarm: so there is no severity `info`.
 */

export type AlarmSeverity = 'warning' | 'critical';

/**
 * | state | the condition | seen by somebody |
 * | --- | --- | --- |
 * | unacknowledged | holds | no |
 * | acknowledged | holds | yes |
 * | returned | is over | no |
 * | normal | is over | yes |
 * | shelved | either | put aside by somebody, until a time |
 * | suppressed | either | says nothing now, since its twin stands still or is out of service |
 * | dropped | | no longer kept: its twin has ended, or it gave way to a more severe one |
 */
export const alarmStates = [
  'unacknowledged',
  'acknowledged',
  'returned',
  'normal',
  'shelved',
  'suppressed',
  'dropped',
] as const;
export type AlarmState = (typeof alarmStates)[number];

/** Immutable: every change makes a new one. Times are Unix milliseconds of the engine's clock. */
export interface Alarm {
  /** `twin~kind~subject`, or `twin~kind` without a subject. */
  readonly id: string;
  /** The twin's id, or `*` for the process as a whole. */
  readonly twin: string;
  /** What raised it: `when`, `health`, `quarantined`, … */
  readonly kind: string;
  /** The `when` clause, health, measurement, … that it is about. */
  readonly subject?: string;
  readonly severity: AlarmSeverity;
  readonly state: AlarmState;
  /** Whether the condition holds, whatever the state. */
  readonly active: boolean;
  readonly acknowledged: boolean;
  /** What is wrong, in words. */
  readonly message: string;
  /** Why that is thought, in words. */
  readonly cause?: string;
  /** How often the condition came up since `firstMs`. */
  readonly occurrences: number;
  readonly firstMs: number;
  /** When it came up last. */
  readonly raisedMs: number;
  /** When the condition ended; absent while it holds. */
  readonly clearedMs?: number;
  /** When anything about it changed last. */
  readonly changedMs: number;
  /** It came up three times within a minute, and is held until it was quiet for one. */
  readonly chattering: boolean;
  readonly acknowledgement?: Acknowledgement;
  readonly shelving?: Shelving;
  /** Why it is suppressed. */
  readonly suppression?: string;
}

export interface Acknowledgement {
  readonly by: string;
  readonly atMs: number;
  readonly note?: string;
}

export interface Shelving {
  readonly by: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly why: string;
}

/** What an alarm is about; the same three make the same alarm. */
export interface AlarmKey {
  readonly twin: string;
  readonly kind: string;
  readonly subject?: string | undefined;
}

/** Neither a twin's id nor a kind has a `~`, so that an id names one key only. */
export function alarmId({ twin, kind, subject }: AlarmKey): string {
  return subject === undefined ? `${twin}~${kind}` : `${twin}~${kind}~${subject}`;
}

/** What was changed about an alarm. */
export type AlarmChangeKind =
  | 'raised'
  | 'graded'
  | 'chattering'
  | 'cleared'
  | 'acknowledged'
  | 'shelved'
  | 'unshelved'
  | 'suppressed'
  | 'resumed'
  | 'dropped';

export interface AlarmChange {
  readonly alarm: Alarm;
  readonly change: AlarmChangeKind;
  readonly atMs: number;
  /** Whether an event of the twin already told of this change. */
  readonly told: boolean;
  /** Who made it; absent if nobody did. */
  readonly by?: string;
}

/** Alarms by severity and state; `normal` ones are not counted. */
export type AlarmCounts = Readonly<
  Record<AlarmSeverity, Readonly<Record<Exclude<AlarmState, 'normal' | 'dropped'>, number>>>
>;

/** The alarms of a fleet, as the rest of the program sees them. */
export interface Alarms {
  /**
   * The alarms with this twin, state and severity; without a state, all that are not normal. Those that ask most come
   * first: unacknowledged, then active, critical, and the newest.
   */
  list(filter?: AlarmFilter): readonly Alarm[];
  find(id: string): Alarm | undefined;
  /** @throws GemelError `ALARM_UNKNOWN`. */
  get(id: string): Alarm;
  /** The time of the engine's clock, which all times here are of. */
  nowMs(): number;
  counts(): AlarmCounts;
  statistics(): AlarmStatistics;
  /** @throws GemelError `ALARM_UNKNOWN`; `ALARM_STATE` if somebody has acknowledged it already. */
  acknowledge(id: string, act: { readonly by: string; readonly note?: string }): Alarm;
  /**
   * Puts an alarm aside until a time; a further call changes the time.
   *
   * @throws GemelError `ALARM_UNKNOWN`; `ALARM_TIME` if the time is not in the future, or too far in it.
   */
  shelve(id: string, act: { readonly by: string; readonly untilMs: number; readonly why: string }): Alarm;
  /**
   * Ends the shelving; an alarm whose condition holds is then unacknowledged again.
   *
   * @throws GemelError `ALARM_UNKNOWN`; `ALARM_STATE` if it is not shelved.
   */
  unshelve(id: string, act: { readonly by: string }): Alarm;
  /** Returns the function that ends it. A listener must not throw. */
  onChange(listener: (change: AlarmChange) => void): () => void;
}

export interface AlarmFilter {
  readonly twin?: string;
  readonly state?: AlarmState;
  readonly severity?: AlarmSeverity;
}

export interface AlarmStatistics {
  /** Kept now, normal ones included. */
  readonly kept: number;
  /** Times that a condition came up. */
  readonly raised: number;
  /** Alarms that found no room, or gave way to a more severe one. */
  readonly dropped: number;
  readonly acknowledged: number;
  readonly shelved: number;
}

export interface AlarmSettings {
  /** A condition must hold for so long before it is an alarm. */
  readonly onDelayMs: number;
  /** It must be over for so long before the alarm has returned to normal. */
  readonly offDelayMs: number;
  readonly longestShelvingMs: number;
  /** Percent of life left below which a health is an alarm. */
  readonly healthWarningPercent: number;
  /** Alarms kept of one twin, and in all. */
  readonly perTwin: number;
  readonly inAll: number;
}

/** What stands where a project says nothing. */
export const alarmDefaults: AlarmSettings = {
  onDelayMs: 0,
  offDelayMs: 0,
  longestShelvingMs: 86_400_000,
  healthWarningPercent: 20,
  perTwin: 100,
  inAll: 10_000,
};

/** So often within so long an alarm chatters: three a minute, as is usual under ISA-18.2 (clause 16, monitoring and assessment). */
export const chatter = { times: 3, withinMs: 60_000 } as const;
