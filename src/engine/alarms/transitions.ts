/** The steps between an alarm's states: each takes an alarm and gives the next, and knows nothing of the others. */

import type { Acknowledgement, Alarm, AlarmKey, AlarmSeverity, AlarmState, Shelving } from './alarm.ts';
import { alarmId } from './alarm.ts';

/** What a source says of a condition that holds. */
export interface Raise extends AlarmKey {
  readonly severity: AlarmSeverity;
  readonly message: string;
  readonly cause?: string | undefined;
  readonly atMs: number;
  /** Whether an event of the twin has told of it already, so that none need be told of the alarm. */
  readonly told?: boolean;
}

/** An alarm that has not come up yet. */
export function quietAlarm(raise: Raise): Alarm {
  const { twin, kind, subject, severity, message, atMs } = raise;
  return {
    id: alarmId(raise),
    twin,
    kind,
    ...(subject !== undefined && { subject }),
    severity,
    state: 'normal',
    active: false,
    acknowledged: true,
    message,
    occurrences: 0,
    firstMs: atMs,
    raisedMs: atMs,
    changedMs: atMs,
    chattering: false,
  };
}

/** The condition came up, after it was over: somebody has to see it again. */
export function raised(alarm: Alarm, raise: Raise, chattering: boolean): Alarm {
  const { clearedMs: _cleared, acknowledgement: _acknowledgement, ...rest } = alarm;
  return settled({
    ...saying(rest, raise),
    active: true,
    acknowledged: false,
    occurrences: alarm.occurrences + 1,
    raisedMs: raise.atMs,
    changedMs: raise.atMs,
    chattering,
  });
}

/** The condition holds and is worse than it was (or better: then it stays seen). */
export function graded(alarm: Alarm, raise: Raise): Alarm {
  const worse = raise.severity === 'critical' && alarm.severity === 'warning';
  const { acknowledgement, ...rest } = alarm;
  const kept = worse || acknowledgement === undefined ? rest : { ...rest, acknowledgement };
  return settled({
    ...saying(kept, raise),
    acknowledged: worse ? false : alarm.acknowledged,
    changedMs: raise.atMs,
  });
}

export function cleared(alarm: Alarm, atMs: number): Alarm {
  return settled({ ...alarm, active: false, chattering: false, clearedMs: atMs, changedMs: atMs });
}

export function acknowledged(alarm: Alarm, acknowledgement: Acknowledgement): Alarm {
  return settled({ ...alarm, acknowledged: true, acknowledgement, changedMs: acknowledgement.atMs });
}

export function shelved(alarm: Alarm, shelving: Shelving): Alarm {
  return settled({ ...alarm, shelving, changedMs: shelving.atMs });
}

/** From the shelf an alarm comes back as one that nobody has seen, if its condition holds. */
export function unshelved(alarm: Alarm, atMs: number): Alarm {
  const { shelving: _shelving, acknowledgement, ...rest } = alarm;
  return settled({
    ...rest,
    ...(!alarm.active && acknowledgement !== undefined && { acknowledgement }),
    acknowledged: !alarm.active,
    changedMs: atMs,
  });
}

/** Suppresses for the reason given, or no longer. */
export function suppressed(alarm: Alarm, suppression: string | undefined, atMs: number): Alarm {
  const { suppression: _before, ...rest } = alarm;
  return settled({ ...rest, ...(suppression !== undefined && { suppression }), changedMs: atMs });
}

/** With the state that its other fields make. */
export function settled(alarm: Alarm): Alarm {
  return { ...alarm, state: stateOf(alarm) };
}

function stateOf({ active, acknowledged: seen, shelving, suppression }: Alarm): AlarmState {
  const own = active ? (seen ? 'acknowledged' : 'unacknowledged') : seen ? 'normal' : 'returned';
  // A list of what is suppressed would be long and empty of news if it had what is normal too.
  if (suppression !== undefined && own !== 'normal') return 'suppressed';
  return shelving === undefined ? own : 'shelved';
}

function saying(alarm: Alarm, { severity, message, cause }: Raise): Alarm {
  const { cause: _before, ...rest } = alarm;
  return { ...rest, severity, message, ...(cause !== undefined && { cause }) };
}
