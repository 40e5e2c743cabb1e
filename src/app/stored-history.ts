/** The history of a project that need not run: to be read beside whoever writes it, or to be written while nobody does. */

import { existsSync } from 'node:fs';
import type { HistoryNote } from '../adapters/history/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import type { History, HistorySignal } from '../engine/index.ts';
import type { Project } from './project.ts';
import { lockProject } from './project-lock.ts';

export interface StoredHistory {
  readonly history: Pick<History, 'twins' | 'signals' | 'points' | 'insert'>;
  /** What the model of a twin of the project records; undefined if it has no such twin. */
  recorded(twin: string): readonly HistorySignal[] | undefined;
  /** How long every sample is kept. */
  readonly keepMs: number;
  close(): Promise<void>;
}

/**
 * @throws GemelError `HISTORY_UNAVAILABLE` if the project has none; to be written, `CHECKPOINT_LOCKED` if it runs.
 */
export async function openStoredHistory(
  { history: settings, twins, models, checkpoint }: Project,
  purpose: 'read' | 'write',
  log: (note: HistoryNote) => void,
): Promise<StoredHistory> {
  if (settings === undefined)
    throw new GemelError('HISTORY_UNAVAILABLE', 'the project records no history: `enabled` is false');
  const { openHistory, recordedSignals } = await import('../adapters/history/index.ts');
  const modelOf = new Map(models.map((model) => [model.id, model]));
  const modelOfTwin = new Map(twins.map(({ id, model }) => [id, modelOf.get(model)]));
  const recorded = (twin: string) => {
    const model = modelOfTwin.get(twin);
    return model && recordedSignals(model);
  };
  const { place, keepMs, keepSummariesMs } = settings;
  if (purpose === 'read' && 'file' in place && !existsSync(place.file))
    return { history: nothingYet, recorded, keepMs, close: async () => undefined };
  const lock = purpose === 'write' ? await lockProject(checkpoint.directory) : undefined;
  const history = openHistory(place, { keepMs, keepSummariesMs, readOnly: purpose === 'read', log });
  return {
    history,
    recorded,
    keepMs,
    async close() {
      await history.close();
      await lock?.release();
    },
  };
}

/** Of a project that never ran. */
const nothingYet: StoredHistory['history'] = {
  twins: async () => [],
  signals: async () => [],
  points: async () => ({ timesMs: new Float64Array(0), values: new Float64Array(0) }),
  insert: async () => ({ late: 0 }),
};
