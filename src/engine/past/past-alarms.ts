/** The alarms of a past moment, in the order and with the counts that those of now have. */

import type { Alarm, AlarmCounts, AlarmFilter } from '../alarms/index.ts';
import { AlarmTally, byUrgency } from '../alarms/index.ts';

/** As `Alarms.list`. */
export function listAlarms(
  alarms: readonly Alarm[],
  { twin, state, severity }: AlarmFilter = {},
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

export function countAlarms(alarms: readonly Alarm[]): AlarmCounts {
  const tally = new AlarmTally();
  for (const alarm of alarms) tally.change(undefined, alarm);
  return tally.counts();
}
