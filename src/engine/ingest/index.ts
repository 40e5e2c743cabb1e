/** Messages to samples, or the reason why not. */

export { readEventTime } from './event-time.ts';
export { type Hindrance, Ingest, type SeenSample, type Target } from './ingest.ts';
export { type Delivery, type RefusalReason, refusalReasons, type Refused } from './refusal.ts';
export { RefusalLog } from './refusal-log.ts';
export { addCounts, describeRefusal } from './shard-refusal.ts';
export { createSignalTable, isInBounds, type SignalTable } from './signal-table.ts';
