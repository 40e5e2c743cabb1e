/** What a history is told of a fleet, and how a past moment is read from it again. */

export {
  alarmOf,
  type CompleteFact,
  completeOf,
  conditionOf,
  configOf,
  eventOf,
  factKinds,
  factOfAlarm,
  factOfComplete,
  factOfCondition,
  factOfConfig,
  factOfEvent,
  factOfModel,
  factOfRemoval,
  factOfTwin,
  modelOf,
  twinOf,
} from './facts.ts';
export { pastSnapshot } from './past-snapshot.ts';
export { didYouMeanSeries, isDifference, seriesNames } from './series-names.ts';
