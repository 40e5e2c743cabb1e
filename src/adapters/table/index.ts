/** Sends recorded tables, as a machine would have. What sends is given: this knows no broker. */

export { type Message, type SkippedCell, type TableMapping, type TablePlan, planTable } from './plan.ts';
export type { TableProblem } from './problem.ts';
export { type ReadTableOptions, readTable, type TableRow } from './read-table.ts';
export { type SendOptions, type SendProgress, type SendSummary, sendTable } from './send-table.ts';
export { parseSpeed, Timeline, type TimelineOptions } from './timeline.ts';
