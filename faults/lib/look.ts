/** What an engine says of itself, and what it takes of the computer. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Trial } from './trial.ts';

export interface Look {
  /** Ticks of twins that were due, and those of them that came after the next was due or not at all. */
  readonly ticks: number;
  readonly missed: number;
  /** Samples that twins have used. */
  readonly applied: number;
  readonly memoryMib: number;
}

export async function look(trial: Trial): Promise<Look> {
  const metrics = await trial.get('/metrics');
  return {
    ticks: sumOf(metrics, 'gemel_ticks_total'),
    missed: sumOf(metrics, 'gemel_missed_deadlines_total') + sumOf(metrics, 'gemel_skipped_ticks_total'),
    applied: sumOf(metrics, 'gemel_samples_total', 'outcome="applied"'),
    memoryMib: memoryMib(trial.pid),
  };
}

/** The part of the ticks between two looks that was missed. */
export function missedBetween(before: Look, after: Look): number {
  return (after.missed - before.missed) / (after.ticks - before.ticks);
}

/** Over all that have this label, or over all. */
export function sumOf(metrics: string, name: string, label = ''): number {
  const found = metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*${label}[^}]*\\})? (\\S+)$`, 'gm'));
  return [...found].reduce((total, [, value]) => total + Number(value), 0);
}

/** Of a process on Linux; 0 elsewhere, and once it has ended. */
export function memoryMib(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Open files, sockets and pipes of a process on Linux; 0 elsewhere. */
export function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
