/** The ways to what runs, each loading its adapters only when it is taken. */

import type { ComposeOptions, Running } from './compose.ts';
import type { LogOptions, Log } from './log.ts';
import type { Played, PlayOptions } from './play.ts';
import type { Project } from './project.ts';
import type { ReplayOptions, ReplayReport } from './replay/replay.ts';
import type { openStoredHistory, StoredHistory } from './stored-history.ts';

export async function startProject(project: Project, options: ComposeOptions): Promise<Running> {
  const { compose } = await import('./compose.ts');
  return compose(project, options);
}

export async function openLog(options: LogOptions): Promise<Log> {
  const { createLog } = await import('./log.ts');
  return createLog(options);
}

export async function playTable(options: PlayOptions): Promise<Played> {
  const play = await import('./play.ts');
  return play.playTable(options);
}

export async function replayProject(project: Project, options: ReplayOptions = {}): Promise<ReplayReport> {
  const replay = await import('./replay/replay.ts');
  return replay.replayProject(project, options);
}

export async function openHistoryOf(
  ...[project, purpose, log]: Parameters<typeof openStoredHistory>
): Promise<StoredHistory> {
  const stored = await import('./stored-history.ts');
  return stored.openStoredHistory(project, purpose, log);
}
