/** What a fleet is told of its twins and their models, and whether that fits. */

export { addModel, isSameDocument } from './add-model.ts';
export { checkStepInput, checkTwins, isName } from './check.ts';
export {
  type Binding,
  defaultTelemetryFilter,
  defaultTelemetryTopic,
  type FieldPath,
  type TimeFormat,
  type TwinConfig,
  twinDefaults,
  type TwinInfo,
} from './config.ts';
export { documentHash } from './document-hash.ts';
export { needModel } from './need-model.ts';
export { signalAt, signalNamesOf, signalsOf } from './signals.ts';
export { createTopicMatcher, type TopicMatcher } from './topic.ts';
