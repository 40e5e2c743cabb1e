/** Which version a changed model should have: what breaks its readers is major, what only words differ in is a patch. */

import { type Model, nextVersion } from '../model/index.ts';
import type { ModelDifference } from './describe.ts';

export interface SuggestedVersion {
  readonly version: string;
  readonly change: 'major' | 'minor' | 'patch';
}

/** @param versions - all that there are; the one suggested comes after the newest. */
export function suggestVersion(
  difference: ModelDifference,
  after: Model,
  versions: Iterable<string>,
): SuggestedVersion {
  const change = difference.same ? 'patch' : breaks(difference, after) ? 'major' : 'minor';
  return { version: nextVersion(versions, change), change };
}

/** Whether somebody who reads or writes the twin's quantities would notice before he looks at numbers. */
function breaks({ signals, settings }: ModelDifference, { inputs }: Model): boolean {
  const isNeeded = (name: string): boolean =>
    inputs.some((input) => input.name === name && input.default === undefined);
  return (
    settings.some(({ what }) => what === 'units') ||
    signals.some(
      ({ kind, group, name, changes }) =>
        kind === 'removed' ||
        kind === 'renamed' ||
        (kind === 'added' && group === 'input' && isNeeded(name)) ||
        changes.some(({ what }) => what === 'unit'),
    )
  );
}
