/** Whether what somebody wants to do with an alarm fits it. */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import { formatSpan } from '../basics/index.ts';
import type { Alarm } from './alarm.ts';

/** @throws GemelError `ALARM_STATE` if somebody has acknowledged it already. */
export function checkAcknowledge({ id, acknowledged, acknowledgement }: Alarm): void {
  if (!acknowledged) return;
  const who = acknowledgement === undefined ? '' : ` by ${acknowledgement.by}`;
  throw new GemelError('ALARM_STATE', `alarm \`${id}\` is acknowledged already${who}`);
}

/** @throws GemelError `ALARM_TIME` if the time is past, or too far away. */
export function checkShelve({ id }: Alarm, forMs: number, longestMs: number): void {
  if (!(forMs > 0))
    throw new GemelError('ALARM_TIME', `alarm \`${id}\` cannot be shelved until a time that is past`);
  if (forMs <= longestMs) return;
  throw new GemelError('ALARM_TIME', `alarm \`${id}\` can be shelved for ${formatSpan(longestMs)} at most`);
}

/** @throws GemelError `ALARM_STATE` if it is not shelved. */
export function checkUnshelve({ id, shelving }: Alarm): void {
  if (shelving === undefined) throw new GemelError('ALARM_STATE', `alarm \`${id}\` is not shelved`);
}

/** For an id that no alarm has. */
export function unknownAlarm(id: string, known: Iterable<string>): GemelError {
  const shown = id.length > 100 ? `${id.slice(0, 97)}…` : id;
  return new GemelError('ALARM_UNKNOWN', `there is no alarm \`${shown}\``, { hint: didYouMean(id, known) });
}
