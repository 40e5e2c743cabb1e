/** A word of warning where a project listens beyond this computer. */

import type { Log } from './log.ts';
import type { Project } from './project.ts';
import { isLoopback } from './services.ts';

export function warnOfStrangers(project: Project, log: Log): void {
  const open = project.listen.filter((address) => !isLoopback(address));
  if (open.length === 0) return;
  log.warn(
    { listen: open },
    'LISTENING BEYOND THIS COMPUTER: anybody who reaches these addresses can read and change every twin, without a password',
  );
}
