/** Where the lanes of a shard begin, and what is told if one cannot. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { CheckpointPart, ShardTwin, StepProblem } from '../protocol/index.ts';

/** Where a twin was in a checkpoint, if it is there: with this model, or else with another. */
export function beginningsOf(parts: readonly CheckpointPart[]): (twin: ShardTwin) => number | undefined {
  const begins = new Map<string, number>();
  for (const { model, twins, beginsMs } of parts) {
    for (const [row, id] of twins.entries()) {
      const beginMs = beginsMs?.[row];
      if (beginMs === undefined) continue;
      begins.set(id, beginMs);
      begins.set(`${id} ${model}`, beginMs);
    }
  }
  return ({ id, model }) => begins.get(`${id} ${model}`) ?? begins.get(id);
}

/** What of an error is told to whoever asked. Anything but a GemelError is a fault, and thrown again. */
export function problemIn(error: unknown): StepProblem {
  if (!(error instanceof GemelError)) throw error;
  const { code, message, hint } = error;
  return { code, message, ...(hint !== undefined && { hint }) };
}
