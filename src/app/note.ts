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

export function describeSetBack(byMs: number): string {
  const seconds = Math.round(byMs / 1000);
  return (
    `the computer's clock was set back by ${seconds} s: that of the twins, which never goes back, runs at half speed until both ` +
    `agree, in ${2 * seconds} s; samples with new times that are older than the lateness by then are refused as too late`
  );
}
