/** The history of a running project: opened, filled from the journal, written from what the fleet does, and given and taken as files. */

import type { OpenHistory } from '../adapters/history/index.ts';
import type { Fleet, HistoryFiles, Journal } from '../engine/index.ts';
import type { Log } from './log.ts';
import type { Project } from './project.ts';

/** Goes on recording until it is closed. */
export interface RecordedHistory extends Omit<OpenHistory, 'define' | 'write'> {
  readonly files: HistoryFiles;
}

interface Around {
  readonly fleet: Fleet;
  readonly log: Log;
  readonly journal: Journal | undefined;
}

export async function startHistory(
  { history }: Project,
  { fleet, log, journal }: Around,
): Promise<RecordedHistory | undefined> {
  if (history === undefined) return undefined;
  const { createHistoryFiles, fillFromJournal, openHistory, recordedSignals, recordFleet } = await import(
    '../adapters/history/index.ts'
  );
  const opened = openHistory(history.place, {
    keepMs: history.keepMs,
    keepSummariesMs: history.keepSummariesMs,
    log: ({ level, message }) => log[level === 'warning' ? 'warn' : level]({}, message),
  });
  const recording = recordFleet(fleet, opened, history);
  // In the same turn: what is in the journal later is recorded as it comes.
  const filling =
    journal &&
    fillFromJournal({ fleet, history: opened, journal, recording, warn: (why) => log.warn({}, why) });
  const files = createHistoryFiles(opened, {
    recorded(twin) {
      const info = fleet.twin(twin);
      return info && recordedSignals(info.model);
    },
    nowMs: () => Date.now(),
    keepMs: history.keepMs,
  });
  return {
    ...opened,
    files,
    async close() {
      recording.stop();
      await filling?.stop();
      await opened.close();
    },
  };
}
