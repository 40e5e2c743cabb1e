/** Rollouts in words, the same wherever the page speaks of them. */

import type { RolloutAct, RolloutPart, RolloutSummary } from './rollout-api.ts';

export const stateWords: Readonly<Record<RolloutSummary['state'], string>> = {
  shadow: 'in the shadow',
  live: 'live',
  'rolled-back': 'rolled back',
  done: 'done: it stays',
  ended: 'ended',
};

/** What the button does; to end what is live is to keep it. */
export function actWords(act: RolloutAct, state: RolloutSummary['state']): string {
  if (act === 'end') return state === 'live' ? 'Keep' : 'End';
  return { promote: 'Promote', widen: 'Widen', rollback: 'Roll back' }[act];
}

/** What was done: without the verb that its subject had, and as a sentence begins; names stay as they are. */
export function doneText(message: string): string {
  return message.replace(/^(?:is|has) (.)/, (_, first: string) => first.toUpperCase());
}

export function twinsText(count: number): string {
  return count === 1 ? '1 twin' : `${count} twins`;
}

export function countOf({ twins }: RolloutSummary): number {
  return Object.values(twins).reduce((sum, count) => sum + count, 0);
}

/** On how many it is, and which were asked for: a percentage is of those that are free. */
export function partText(of: RolloutPart, total: number): string {
  const many = twinsText(total);
  if ('twins' in of) return many;
  if (!('percent' in of)) return `${many}: the group ${of.group}`;
  return `${many}: ${of.percent} % of ${of.group ?? 'those that were free'}`;
}

export function versionsOf(from: RolloutSummary['from']): string {
  return Object.keys(from).join(', ');
}

export function spanText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 3600) return `${Number((seconds / 60).toPrecision(3))} min`;
  if (seconds < 172_800) return `${Number((seconds / 3600).toPrecision(3))} h`;
  return `${Number((seconds / 86_400).toPrecision(3))} days`;
}
