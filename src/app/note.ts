/** What adapters have to say, as lines of the log. */

import type { Log } from './log.ts';

export interface Note {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly code?: string;
}

export function noteTo(log: Log): (note: Note) => void {
  return ({ level, message, code }) => log[levelOf(level)](code === undefined ? {} : { code }, message);
}

export function levelOf(level: Note['level']): 'info' | 'warn' | 'error' {
  return level === 'warning' ? 'warn' : level;
}
