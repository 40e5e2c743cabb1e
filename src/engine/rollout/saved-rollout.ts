/** Rollouts as they are kept, checked when they are read: somebody may have edited the file. */

import { isSavedComparison } from '../../core/compare/index.ts';
import { GemelError } from '../../core/diagnose/index.ts';
import { readDocument, type Static, Type } from '../../core/document/index.ts';
import { isRecord } from '../basics/index.ts';
import type { Entry } from './book.ts';
import type { Rollout, RolloutTwin } from './rollout.ts';
import type { SavedWitness, SavedWitnesses } from './witnesses.ts';

export const rolloutsFile = 'rollouts.json';
export const comparisonsFile = 'comparisons.json';

const words = <const Word extends string>(...all: readonly Word[]) =>
  Type.Union(all.map((word) => Type.Literal(word)));

const Part = Type.Object({
  twins: Type.Optional(Type.Array(Type.String())),
  group: Type.Optional(Type.String()),
  percent: Type.Optional(Type.Number()),
});

const Twin = Type.Object({
  id: Type.String(),
  from: Type.String(),
  goal: words('shadow', 'live', 'keep', 'back'),
  state: words('waiting', 'shadow', 'live', 'kept', 'returned', 'refused', 'gone'),
  changedMs: Type.Number(),
  problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  found: Type.Optional(Type.String()),
});

const Saved = Type.Object({
  gemel: Type.Literal(1),
  rollouts: Type.Array(
    Type.Object({
      id: Type.String(),
      model: Type.String(),
      of: Part,
      rollback: Type.Object({
        when: words('worse', 'never'),
        watchMs: Type.Number(),
        sharePercent: Type.Number(),
      }),
      state: words('shadow', 'live', 'rolled-back', 'done', 'ended'),
      createdMs: Type.Number(),
      changedMs: Type.Number(),
      watchUntilMs: Type.Optional(Type.Number()),
      twins: Type.Array(Twin),
      acts: Type.Array(
        Type.Object({
          atMs: Type.Number(),
          act: words('start', 'promote', 'widen', 'rollback', 'done', 'end'),
          message: Type.String(),
        }),
      ),
    }),
  ),
});

export function writeRollouts(rollouts: readonly Rollout[]): string {
  return `${JSON.stringify({ gemel: 1, rollouts }, null, 1)}\n`;
}

/**
 * In the order in which they were begun.
 *
 * @throws GemelError `ROLLOUTS_FILE` if the text is not what was written.
 */
export function readRollouts(text: string): readonly Entry[] {
  const { document, diagnostics } = readDocument({ file: rolloutsFile, text }, Saved);
  if (document === undefined) {
    const why = diagnostics[0]?.message ?? 'it is empty';
    throw new GemelError('ROLLOUTS_FILE', `${rolloutsFile}, beside the checkpoints, cannot be used: ${why}`);
  }
  return document.value.rollouts.map(entryOf);
}

function entryOf({ twins, of, ...head }: Static<typeof Saved>['rollouts'][number]): Entry {
  const { percent, group } = of;
  const part =
    percent !== undefined
      ? { percent, ...(group !== undefined && { group }) }
      : group !== undefined
        ? { group }
        : { twins: of.twins ?? [] };
  return {
    head: { ...head, of: part },
    twins: new Map(twins.map((twin): [string, RolloutTwin] => [twin.id, twin])),
  };
}

/** What was seen; nothing if it is not readable: then it is seen anew. */
export function readWitnesses(text: string | undefined): SavedWitnesses | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (!isRecord(saved)) return undefined;
  return { twins: witnessesIn(saved['twins']), rollouts: witnessesIn(saved['rollouts']) };
}

function witnessesIn(value: unknown): Record<string, SavedWitness> {
  const found: Record<string, SavedWitness> = {};
  if (!isRecord(value)) return found;
  for (const [id, saved] of Object.entries(value)) {
    if (!isRecord(saved)) continue;
    const { newIs, seen } = saved;
    if ((newIs === 'live' || newIs === 'shadow') && isSavedComparison(seen)) found[id] = { newIs, seen };
  }
  return found;
}
