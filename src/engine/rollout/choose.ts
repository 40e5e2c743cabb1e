/**
 * Which twins a rollout is for.
 *
 * A percentage takes the twins in an order that looks like chance and is always the same: by a hash of the rollout's
 * and the twin's names. So 10 % are among the 50 %, and another rollout begins with others.
 */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { encodeUtf8, hashBytes } from '../basics/index.ts';
import type { TwinInfo } from '../twin/index.ts';
import type { RolloutPart } from './rollout.ts';

export interface Choice {
  readonly rollout: string;
  /** The new version. */
  readonly model: Model;
  readonly of: RolloutPart;
  /** All that there are. */
  readonly twins: readonly TwinInfo[];
  /** The rollout that a twin is in already, if it is another one. */
  readonly takenBy: (twin: string) => string | undefined;
  /** Twins that are in this one. */
  readonly own: ReadonlySet<string>;
}

/**
 * The twins of a part, in the order in which they have their turns; those of the rollout itself among them.
 *
 * @throws GemelError `ROLLOUT_INVALID` for a percentage out of range; `TWIN_UNKNOWN`; `ROLLOUT_TWINS` if there are none, or one
 * that was named cannot take part.
 */
export function chooseTwins(choice: Choice): readonly TwinInfo[] {
  const { of, twins, rollout } = choice;
  if ('twins' in of) return named(choice, of.twins);
  if (of.group !== undefined) checkGroup(of.group, twins);
  const candidates = twins.filter(
    (info) =>
      (of.group === undefined || info.config.group === of.group) && hindrance(choice, info) === undefined,
  );
  if (candidates.length === 0) throw nobody(choice);
  const ordered = candidates.toSorted((a, b) => rank(rollout, a) - rank(rollout, b) || byName(a, b));
  if (!('percent' in of)) return ordered;
  if (!(of.percent > 0 && of.percent <= 100))
    throw new GemelError(
      'ROLLOUT_INVALID',
      `a percentage must be above 0 and at most 100, got ${of.percent}`,
    );
  return ordered.slice(0, Math.ceil((ordered.length * of.percent) / 100));
}

function named(choice: Choice, ids: readonly string[]): readonly TwinInfo[] {
  const byId = new Map(choice.twins.map((info) => [info.config.id, info]));
  const chosen = [...new Set(ids)].map((id) => {
    const info = byId.get(id);
    if (info === undefined) {
      const hint = didYouMean(id, byId.keys());
      throw new GemelError('TWIN_UNKNOWN', `there is no twin \`${id}\``, { hint });
    }
    const why = hindrance(choice, info);
    if (why !== undefined) throw new GemelError('ROLLOUT_TWINS', `twin \`${id}\` cannot take part: ${why}`);
    return info;
  });
  if (chosen.length === 0) throw nobody(choice);
  return chosen;
}

/** Why a twin cannot take part. */
function hindrance({ model, own, takenBy }: Choice, { config, model: runs }: TwinInfo): string | undefined {
  if (own.has(config.id)) return undefined;
  if (runs.name !== model.name) return `it runs ${runs.id}, which is no version of ${model.name}`;
  if (runs.id === model.id) return `it runs ${model.id} already`;
  const other = takenBy(config.id);
  return other === undefined ? undefined : `it is in rollout \`${other}\``;
}

function checkGroup(group: string, twins: readonly TwinInfo[]): void {
  const groups = new Set(twins.flatMap(({ config }) => (config.group === undefined ? [] : [config.group])));
  if (groups.has(group)) return;
  const hint = didYouMean(group, groups) ?? `groups: ${[...groups].join(', ') || 'none'}`;
  throw new GemelError('ROLLOUT_TWINS', `no twin is of a group \`${group}\``, { hint });
}

function nobody({ model }: Choice): GemelError {
  const message = `no twin can take part: none of those asked for runs another version of ${model.name} and is in no other rollout`;
  return new GemelError('ROLLOUT_TWINS', message);
}

function byName(a: TwinInfo, b: TwinInfo): number {
  return a.config.id < b.config.id ? -1 : 1;
}

function rank(rollout: string, { config }: TwinInfo): number {
  return hashBytes(encodeUtf8(`${rollout} ${config.id}`));
}
