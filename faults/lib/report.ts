/** What a fault is and what it did: a table for people, a JSON object a line for programs. */

import type { Scope } from '../../bench/lib/scope.ts';
import { layOut } from '../../bench/lib/table.ts';

export interface Fault {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Whether it is run only if it is named. */
  readonly isLong?: boolean;
  run(context: Context): Promise<Outcome>;
}

export interface Context {
  readonly seed: number;
  /** How often to do it: kills, cuts; the floods and the disk take theirs from it. */
  readonly times: number;
  /** How long a soak takes. */
  readonly minutes: number;
  readonly scope: Scope;
  /** A line for people, beside the outcome. */
  note(text: string): void;
}

export interface Outcome {
  readonly fault: string;
  /** How often it was done; 0 if this computer does not allow it. */
  readonly tried: number;
  /** Samples that their senders were told are kept. */
  readonly acknowledged: number;
  /** Of those, how many are not in the journal. */
  readonly lost: number;
  /** Samples that a twin has twice. */
  readonly duplicated: number;
  /** Twins whose state differs, in any bit, from one without faults. */
  readonly diverged: number;
  /** From the start of a process, or from the end of the fault, to the next acknowledgement; the longest. */
  readonly worstRecoverySeconds: number;
  /** What else must hold for this fault, in words; empty if all does. */
  readonly broken: readonly string[];
}

/** Of a fault that was not tried. */
export const nothing = { acknowledged: 0, lost: 0, duplicated: 0, diverged: 0, worstRecoverySeconds: 0 };

/** Two parts of one fault. */
export function addUp(a: Omit<Outcome, 'fault'>, b: Omit<Outcome, 'fault'>): Omit<Outcome, 'fault'> {
  return {
    tried: a.tried + b.tried,
    acknowledged: a.acknowledged + b.acknowledged,
    lost: a.lost + b.lost,
    duplicated: a.duplicated + b.duplicated,
    diverged: a.diverged + b.diverged,
    worstRecoverySeconds: Math.max(a.worstRecoverySeconds, b.worstRecoverySeconds),
    broken: [...a.broken, ...b.broken],
  };
}

export function isGood({ lost, duplicated, diverged, broken }: Outcome): boolean {
  return lost === 0 && duplicated === 0 && diverged === 0 && broken.length === 0;
}

export function toJsonLine(outcome: Outcome): string {
  const { fault, tried, acknowledged, lost, duplicated, diverged, worstRecoverySeconds, broken } = outcome;
  const seconds = Number(worstRecoverySeconds.toFixed(2));
  return JSON.stringify({
    fault,
    tried,
    acknowledged,
    lost,
    duplicated,
    diverged,
    worst_recovery_s: seconds,
    ...(broken.length > 0 && { broken }),
  });
}

const headings = [
  'fault',
  'tried',
  'acknowledged',
  'lost',
  'duplicated',
  'diverged',
  'worst recovery',
  'good',
];

export function toTable(outcomes: readonly Outcome[]): string {
  return layOut([headings, ...outcomes.map(toCells)]);
}

function toCells(outcome: Outcome): string[] {
  const { fault, tried, acknowledged, lost, duplicated, diverged, worstRecoverySeconds } = outcome;
  const counts = [tried, acknowledged, lost, duplicated, diverged].map((count) => count.toLocaleString('en'));
  const good = tried === 0 ? 'not tried' : isGood(outcome) ? 'yes' : 'NO';
  return [fault, ...counts, `${worstRecoverySeconds.toFixed(2)} s`, good];
}
