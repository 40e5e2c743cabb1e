/** What of an alarm's changes is told as an event of its twin: what no event has told already, and everything that people do. */

import { formatSpan } from '../basics/index.ts';
import { severities, type TwinEvent, type TwinEventKind } from '../snapshot/index.ts';
import type { Alarm, AlarmChange } from './alarm.ts';

export function eventOf({ alarm, change, atMs, told, by }: AlarmChange): TwinEvent | undefined {
  if (told) return undefined;
  const { message, acknowledgement, shelving, severity } = alarm;
  switch (change) {
    case 'raised':
    case 'graded':
      return { ...eventAbout(alarm, 'alarm-raised', atMs), severity, message: sentence(alarm) };
    case 'cleared':
      return { ...eventAbout(alarm, 'alarm-cleared', atMs), message: `over: ${message}` };
    case 'acknowledged': {
      const note = acknowledgement?.note === undefined ? '' : ` (${acknowledgement.note})`;
      const what = `${by ?? 'somebody'} acknowledged: ${message}${note}`;
      return { ...eventAbout(alarm, 'alarm-acknowledged', atMs), message: what };
    }
    case 'shelved': {
      const span = formatSpan((shelving?.untilMs ?? atMs) - atMs);
      const what = `${by ?? 'somebody'} shelved for ${span}: ${message} (${shelving?.why ?? ''})`;
      return { ...eventAbout(alarm, 'alarm-shelved', atMs), message: what };
    }
    case 'unshelved': {
      const how = by === undefined ? 'no longer shelved, its time is over' : `${by} took off the shelf`;
      return { ...eventAbout(alarm, 'alarm-unshelved', atMs), message: `${how}: ${message}` };
    }
    case 'chattering':
    case 'suppressed':
    case 'resumed':
    case 'dropped':
      return undefined;
  }
}

function eventAbout(
  { twin, subject }: Alarm,
  kind: TwinEventKind,
  timeMs: number,
): Omit<TwinEvent, 'message'> {
  return { twin, timeMs, kind, severity: severities[kind], ...(subject !== undefined && { subject }) };
}

function sentence({ message, cause }: Alarm): string {
  return cause === undefined ? message : `${message}: ${cause}`;
}
