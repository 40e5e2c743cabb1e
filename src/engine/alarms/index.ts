/** The alarms' public face within the engine. */

export {
  type Alarm,
  type AlarmChange,
  alarmDefaults,
  type Alarms,
  type AlarmSettings,
  type AlarmState,
} from './alarm.ts';
export { AlarmBook } from './alarm-book.ts';
export { type AlarmView, alarmView } from './alarm-view.ts';
export { FleetAlarms } from './fleet-alarms.ts';
export { isSavedAlarm } from './saved-alarm.ts';
export { countAlarms, listAlarms } from './tally.ts';
