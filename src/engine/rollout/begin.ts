/** What is asked for when a rollout is begun → the rollout as it begins, or why not. */

import { GemelError } from '../../core/diagnose/index.ts';
import { isName, needModel, type TwinInfo } from '../twin/index.ts';
import type { Entry, RolloutBook } from './book.ts';
import { chooseTwins } from './choose.ts';
import type { TrialFleet } from './port.ts';
import { rollbackDefaults, type RolloutPart, type RolloutRequest, type RolloutTwin } from './rollout.ts';
import { twinsText } from './sentences.ts';

const longestWatchMs = 30 * 86_400_000;

interface Place {
  readonly fleet: TrialFleet;
  readonly book: RolloutBook;
}

/** @throws GemelError `ROLLOUT_INVALID`, `ROLLOUT_EXISTS`, or one of `chosenOf`. */
export function entryOf(
  { id, model, of, stage, rollback }: RolloutRequest,
  atMs: number,
  place: Place,
): Entry {
  if (!isName(id))
    throw new GemelError('ROLLOUT_INVALID', `\`${id.slice(0, 128)}\` cannot be the name of a rollout`, {
      hint: 'letters, digits, dot, dash, colon and underscore, at most 128',
    });
  if (place.book.has(id)) throw new GemelError('ROLLOUT_EXISTS', `there is a rollout \`${id}\` already`);
  const rule = { ...rollbackDefaults, ...rollback };
  if (!(rule.watchMs >= 1000 && rule.watchMs <= longestWatchMs))
    throw new GemelError('ROLLOUT_INVALID', `the watch must be 1 s to 30 d, got ${rule.watchMs / 1000} s`);
  if (!(rule.sharePercent >= 0 && rule.sharePercent <= 100))
    throw new GemelError('ROLLOUT_INVALID', `the share must be 0 to 100 %, got ${rule.sharePercent}`);
  const chosen = chosenOf({ id, model, of, own: new Set() }, place);
  const twins = chosen.map(({ config, model: from }) => waitingTwin(config.id, from.id, stage, atMs));
  const message = `${model} ${stage === 'live' ? 'goes live on' : 'runs in the shadow of'} ${twinsText(twins.length)}`;
  const watched = stage === 'live' ? { watchUntilMs: atMs + rule.watchMs } : {};
  const acts = [{ atMs, act: 'start' as const, message }];
  return {
    head: { id, model, of, rollback: rule, state: stage, createdMs: atMs, changedMs: atMs, ...watched, acts },
    twins: new Map(twins.map((twin) => [twin.id, twin])),
  };
}

interface Part {
  readonly id: string;
  readonly model: string;
  readonly of: RolloutPart;
  /** Twins that are in it already. */
  readonly own: ReadonlySet<string>;
}

/** @throws GemelError `MODEL_UNKNOWN`, `ROLLOUT_INVALID`, `ROLLOUT_TWINS` or `TWIN_UNKNOWN`. */
export function chosenOf({ id, model: version, of, own }: Part, { fleet, book }: Place): readonly TwinInfo[] {
  const model = needModel(version, fleet.models);
  const takenBy = (twin: string): string | undefined => book.takenBy(twin, id);
  return chooseTwins({ rollout: id, model, of, twins: fleet.twins(), takenBy, own });
}

export function waitingTwin(
  id: string,
  from: string,
  goal: RolloutTwin['goal'],
  changedMs: number,
): RolloutTwin {
  return { id, from, goal, state: 'waiting', changedMs };
}
