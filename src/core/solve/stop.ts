/** Why a lane came to a stop within a tick, and how that is said to people. */

import type { ErrorCode } from '../diagnose/index.ts';
import type { Model } from '../model/index.ts';
import type { BlockLayout } from './layout.ts';
import { solverMemory, troubles } from './layout.ts';

export interface Stop {
  /** Where it stopped: with a fixed step the end of the substep after which the state was not finite. */
  readonly atSeconds: number;
  /** The state that did it. */
  readonly state: string;
  readonly reason: 'not-finite' | 'step-too-small' | 'too-many-steps' | 'chatter';
  /** The `when` clause that went off without end. */
  readonly clause?: string;
  /** The one that went off in turn with it. */
  readonly otherClause?: string;
}

/** Why the lane stopped; undefined if it did not. `read` gives a slot of the lane. */
export function stopOf(model: Model, layout: BlockLayout, read: (slot: number) => number): Stop | undefined {
  if (read(layout.finite) === 1) return undefined;
  const trouble = layout.solverSlots > 0 ? read(layout.solver + solverMemory.trouble) : troubles.notFinite;
  const clauseAt = (place: 'clause' | 'otherClause') =>
    layout.solverSlots > 0 ? model.whens[read(layout.solver + solverMemory[place])] : undefined;
  const [clause, otherClause] = [clauseAt('clause'), clauseAt('otherClause')];
  return {
    atSeconds: read(layout.time),
    state: model.states[read(layout.offender)]?.name ?? '',
    reason: reasons.get(trouble) ?? 'not-finite',
    ...(clause === undefined ? {} : { clause: clause.name }),
    ...(otherClause === undefined ? {} : { otherClause: otherClause.name }),
  };
}

const reasons: ReadonlyMap<number, Stop['reason']> = new Map([
  [troubles.stepTooSmall, 'step-too-small'],
  [troubles.tooManySteps, 'too-many-steps'],
  [troubles.chatter, 'chatter'],
]);

/** The stop as an error: its code, what happened, and what to do. */
export function describeStop(stop: Stop): {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
} {
  const { reason, state, atSeconds } = stop;
  const at = `at ${Number(atSeconds.toPrecision(12))} s`;
  switch (reason) {
    case 'not-finite':
      return {
        code: 'STEP_NOT_FINITE',
        message: `\`${state}\` was no longer a finite number ${at}`,
        hint: 'a smaller step may help; else the equations or values make it grow without bound',
      };
    case 'step-too-small':
      return {
        code: 'STEP_IMPOSSIBLE',
        message: `no step is small enough ${at}: \`${state}\` changes too fast or too roughly`,
        hint: 'look for a pole, a jump that is no `when`, or a growth without bound; or raise the tolerance',
      };
    case 'too-many-steps':
      return {
        code: 'STEP_IMPOSSIBLE',
        message: `100,000 steps were not enough for one tick, which got as far as ${at.slice(3)}: \`${state}\` needs the smallest`,
        hint: 'raise the tolerance, or use `method: auto` or `rodas5p` if the equations are stiff',
      };
    case 'chatter':
      return {
        code: 'EVENT_CHATTER',
        message: `${whatChatters(stop)} ${at}`,
        hint: 'give its condition some hysteresis, let its reset end the motion, or use a fixed step (`method: rk4`)',
      };
  }
}

function whatChatters({ state, clause, otherClause }: Stop): string {
  if (clause === undefined) return `\`${state}\` goes on and off its bound without end`;
  if (otherClause === undefined) return `\`when\` clause \`${clause}\` goes off without end`;
  return `\`when\` clauses \`${clause}\` and \`${otherClause}\` go off in turn without end`;
}
