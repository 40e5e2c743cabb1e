/** The records of the journal: what a fleet puts into it, and what can be read from it again. */

export { decodeAlarm } from './alarm-record.ts';
export {
  type Command,
  decodeCommand,
  type RemoveCommand,
  type ShadowCommand,
  type StepCommand,
  type TrialCommand,
} from './command-record.ts';
export { decodeFleet, type FleetRecord, type RecordedModel } from './fleet-record.ts';
export { decodeGap, type GapRecord, gapKind } from './gap-record.ts';
export { decodeRecord, type JournalRecord } from './record.ts';
export { RecordedBlocks } from './recorded-blocks.ts';
export { type RecordedCommand, Recorder } from './recorder.ts';
export { nowhere, originOf, recordOf } from './sample-origin.ts';
export { type SampleNumbers, SamplesReader } from './samples-reader.ts';
export { decodeSamples, type RecordedSample, samplesLayout } from './samples-record.ts';
export { decodeTick, type TickRecord } from './tick-record.ts';
export { configOf, type RecordedTwin, recordTwin } from './twin-record.ts';
