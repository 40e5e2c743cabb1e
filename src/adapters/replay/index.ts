/** Replays recorded tables, as a machine would have sent them. What sends is given: this knows no broker. */

export { type Message, type SkippedCell, type TableMapping, type TablePlan, planTable } from './plan.ts';
export type { TableProblem } from './problem.ts';
export { type ReadTableOptions, readTable, type TableRow } from './read-table.ts';
export { type ReplayOptions, type ReplayProgress, type ReplaySummary, replayTable } from './replay.ts';
export { parseSpeed, Timeline, type TimelineOptions } from './timeline.ts';
