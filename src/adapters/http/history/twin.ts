/** Whose history a request asks for, and where its span ends if it does not say. */

import type { Fleet, History, HistorySignal } from '../../../engine/index.ts';
import { findTwin } from '../find-twin.ts';

export interface HistoryOfTwin {
  readonly twin: string;
  readonly known: readonly HistorySignal[];
}

/** A twin that was removed can still be asked for. @throws ProblemError `TWIN_UNKNOWN` if nobody ever heard of it. */
export async function findHistory(fleet: Fleet, history: History, id: string): Promise<HistoryOfTwin> {
  const known = await history.signals(id);
  return { twin: known.length > 0 ? id : findTwin(fleet, id).config.id, known };
}

/** Twins that live faster than real time are ahead of it. */
export function nowOf(fleet: Fleet, twin: string): number {
  return Math.max(Date.now(), (fleet.snapshot(twin)?.timeMs ?? 0) + 1);
}
