/** What is told of a rollout, in sentences without their subject: “rollout `x` …”. */

import type { Verdict } from '../../core/compare/index.ts';
import type { Entry } from './book.ts';

export function twinsText(count: number): string {
  return count === 1 ? '1 twin' : `${count} twins`;
}

/** On how many twins it is now. */
export function whereText({ head, twins }: Entry, what: string): string {
  return `${what}: ${head.model} on ${twinsText(twins.size)}`;
}

/** What is told when the watch is over: who rolls back by hand only may have let something pass that was worse. */
export function overText({ head: { rollback }, twins }: Entry, verdict: Verdict | undefined): string {
  const back = [...twins.values()].filter(({ goal }) => goal === 'back').length;
  if (back > 0) return `is over: the new version stays, but on ${twinsText(back)} it was worse and went back`;
  if (verdict === 'worse') return 'is over: the new version stays, although it is worse';
  if (rollback.when === 'never') return 'is over: the new version stays';
  return 'is over: nothing was worse, and the new version stays';
}
