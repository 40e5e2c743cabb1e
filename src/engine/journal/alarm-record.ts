/** How alarms changed by themselves, as records of the journal (kind 5: JSON): with them a restart has the alarm book as it was. */

import { type Alarm, type AlarmChange, isSavedAlarm } from '../alarms/index.ts';
import { decodeJson, encodeJson } from './json-record.ts';

export interface AlarmRecord {
  readonly change: AlarmChange['change'];
  readonly atMs: number;
  /** As it is since. */
  readonly alarm: Alarm;
}

const recordKind = 5;

export function encodeAlarm({ change, atMs, alarm }: AlarmRecord): Uint8Array {
  return encodeJson(recordKind, { change, atMs, alarm });
}

/** Undefined if the record is of another kind, or has no alarm. */
export function decodeAlarm(bytes: Uint8Array): AlarmRecord | undefined {
  const fields = decodeJson(recordKind, bytes);
  return isSavedAlarm(fields?.['alarm']) ? (fields as unknown as AlarmRecord) : undefined;
}
