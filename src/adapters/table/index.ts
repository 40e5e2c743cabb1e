/** Sends recorded tables, as a machine would have. What sends is given: this knows no broker. */

export { type SkippedCell, type TableMapping, planTable } from './plan.ts';
export { readTable } from './read-table.ts';
export { type SendOptions, type SendSummary, sendTable } from './send-table.ts';
export { parseSpeed, Timeline } from './timeline.ts';
