/**
 * The next step of a twin towards its goal, by what it runs now.
 *
 * What has to be done is not remembered but read from the fleet each time: after a restart, or if somebody swapped the
 * versions by hand, the same table leads to the goal.
 *
 * | it runs now | goal shadow | live | keep | back |
 * | --- | --- | --- | --- | --- |
 * | old alone | begin | begin | begin | · |
 * | old, new in its shadow | · | swap | swap | end |
 * | new, old in its shadow | swap | · | end | swap |
 * | new alone | · | · | · | begin with the old |
 */

import type { Goal, RolloutTwinState } from './rollout.ts';

export type Running = 'old' | 'trial' | 'swapped' | 'new' | 'other';
export type Step = 'begin' | 'begin-old' | 'swap' | 'end' | 'rest';

const steps: Readonly<Record<Goal, Readonly<Record<Exclude<Running, 'other'>, Step>>>> = {
  shadow: { old: 'begin', trial: 'rest', swapped: 'swap', new: 'rest' },
  live: { old: 'begin', trial: 'swap', swapped: 'rest', new: 'rest' },
  keep: { old: 'begin', trial: 'swap', swapped: 'end', new: 'rest' },
  back: { old: 'rest', trial: 'end', swapped: 'swap', new: 'begin-old' },
};

export interface Versions {
  /** `Model.id`s of what runs. */
  readonly live: string;
  readonly shadow: string | undefined;
}

export function runningOf({ live, shadow }: Versions, from: string, to: string): Running {
  if (live === from) return shadow === undefined ? 'old' : shadow === to ? 'trial' : 'other';
  if (live === to) return shadow === undefined ? 'new' : shadow === from ? 'swapped' : 'other';
  return 'other';
}

export function stepTowards(goal: Goal, running: Exclude<Running, 'other'>): Step {
  return steps[goal][running];
}

/** What a twin that has come to its goal is. */
export const arrived: Readonly<Record<Goal, RolloutTwinState>> = {
  shadow: 'shadow',
  live: 'live',
  keep: 'kept',
  back: 'returned',
};
