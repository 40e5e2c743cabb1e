/** The way to a running project that loads the adapters only when it is taken. */

import type { ComposeOptions, Running } from './compose.ts';
import type { LogOptions, Log } from './log.ts';
import type { Project } from './project.ts';

export async function startProject(project: Project, options: ComposeOptions): Promise<Running> {
  const { compose } = await import('./compose.ts');
  return compose(project, options);
}

export async function openLog(options: LogOptions): Promise<Log> {
  const { createLog } = await import('./log.ts');
  return createLog(options);
}
