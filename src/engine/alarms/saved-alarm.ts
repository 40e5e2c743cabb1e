/** Whether what a checkpoint has is an alarm. Its numbers were checked by the file's checksum; this checks its form. */

import { isRecord } from '../basics/index.ts';
import { type Alarm, alarmId, alarmStates } from './alarm.ts';

export function isSavedAlarm(value: unknown): value is Alarm {
  if (!isRecord(value)) return false;
  const { id, twin, kind, subject, severity, state, active, acknowledged, message, cause, chattering } =
    value;
  const { acknowledgement, shelving, suppression } = value;
  return (
    typeof twin === 'string' &&
    typeof kind === 'string' &&
    isText(subject) &&
    id === alarmId({ twin, kind, ...(typeof subject === 'string' && { subject }) }) &&
    (severity === 'warning' || severity === 'critical') &&
    alarmStates.some((known) => known === state) &&
    [active, acknowledged, chattering].every((flag) => typeof flag === 'boolean') &&
    typeof message === 'string' &&
    isText(cause) &&
    isText(suppression) &&
    ['occurrences', 'firstMs', 'raisedMs', 'changedMs'].every((name) => isTime(value[name])) &&
    (value['clearedMs'] === undefined || isTime(value['clearedMs'])) &&
    isAct(acknowledgement, ['by'], ['atMs']) &&
    isAct(shelving, ['by', 'why'], ['atMs', 'untilMs'])
  );
}

function isAct(value: unknown, texts: readonly string[], times: readonly string[]): boolean {
  if (value === undefined) return true;
  if (!isRecord(value) || !isText(value['note'])) return false;
  return texts.every((name) => typeof value[name] === 'string') && times.every((name) => isTime(value[name]));
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** A time that ISO 8601 can say. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
