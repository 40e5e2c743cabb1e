/** What may be done with a rollout in each state, and what comes of it. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Goal, RolloutAct, RolloutActKind, RolloutHead, RolloutState, RolloutTwin } from './rollout.ts';

type Act = Exclude<RolloutActKind, 'start'>;

export interface Move {
  readonly to: RolloutState;
  /** What becomes of the twins that it concerns; absent: nothing. */
  readonly goal?: Goal;
}

/** A move that is not here is refused. */
const moves: Readonly<Record<RolloutState, Partial<Record<Act, Move>>>> = {
  shadow: {
    promote: { to: 'live', goal: 'live' },
    widen: { to: 'shadow', goal: 'shadow' },
    end: { to: 'ended', goal: 'back' },
  },
  live: {
    widen: { to: 'live', goal: 'live' },
    rollback: { to: 'rolled-back', goal: 'back' },
    done: { to: 'done', goal: 'keep' },
    end: { to: 'done', goal: 'keep' },
  },
  'rolled-back': { end: { to: 'ended' } },
  done: { end: { to: 'ended' } },
  ended: {},
};

const hints: Readonly<Record<RolloutState, string>> = {
  shadow: 'the new version runs in the shadow: promote, widen or end the rollout',
  live: 'the new version is live: widen it, roll it back, or end the rollout to keep it',
  'rolled-back': 'it was rolled back: end it, and begin another',
  done: 'the new version stays; for another way begin another rollout',
  ended: 'it is over: begin another',
};

/** @throws GemelError `ROLLOUT_STATE` */
export function moveOf({ id, state }: RolloutHead, act: Act): Move {
  const move = moves[state][act];
  if (move !== undefined) return move;
  throw new GemelError('ROLLOUT_STATE', `rollout \`${id}\` cannot ${words[act]}: it is ${shown(state)}`, {
    hint: hints[state],
  });
}

const words: Readonly<Record<Act, string>> = {
  promote: 'be promoted',
  widen: 'be widened',
  rollback: 'be rolled back',
  done: 'be over',
  end: 'be ended',
};

function shown(state: RolloutState): string {
  return state === 'shadow' ? 'in the shadow' : state.replace('-', ' ');
}

/** Acts that are kept of one rollout. */
const mostActs = 50;

/** A rollout without its twins, after a move. */
export function moved(head: RolloutHead, { to }: Move, made: RolloutAct): RolloutHead {
  const { watchUntilMs: _before, ...rest } = head;
  const { atMs } = made;
  const watched = to === 'live' ? { watchUntilMs: atMs + head.rollback.watchMs } : {};
  return { ...rest, ...watched, state: to, changedMs: atMs, acts: [...rest.acts, made].slice(-mostActs) };
}

/** Twins that were refused, or from which the new version was taken back, stay as they are. */
export function withGoal(twin: RolloutTwin, goal: Goal): RolloutTwin {
  const isOut = twin.state === 'refused' || twin.goal === 'back';
  return isOut || twin.goal === goal ? twin : { ...twin, goal };
}
