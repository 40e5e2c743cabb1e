/** Reads the `filter` section: how samples correct the states. */

import type { Filter } from './model.ts';
import type { Draft } from './structure.ts';

const defaults: Filter = { method: 'unscented', members: 64, gate: 5, patience: 3 };

/** The filter with its defaults; a method that could never do anything is reported, as is an ensemble that is too small. */
export function readFilter({ document, signals, problems }: Draft): Filter {
  const given = document.filter ?? {};
  const noisy = Object.values(document.measurements ?? {}).some(({ noise }) => noise !== undefined);
  if (given.method !== undefined && given.method !== 'none' && !noisy) {
    const [first] = signals.measurements;
    problems.at(
      'DOCUMENT_MISSING_KEY',
      ['filter', 'method'],
      'no measurement has `noise`, so none can correct a state',
      {
        hint:
          first === undefined
            ? 'add `measurements` with `noise`, or leave `filter` out'
            : `give \`${first.name}\` the standard deviation of its sensor: \`noise: …\``,
      },
    );
  }
  const filter = { ...defaults, ...given };
  const uncertain = signals.states.filter(({ noise, uncertainty }) => noise !== undefined || uncertainty > 0);
  if (filter.method === 'ensemble' && filter.members <= uncertain.length) {
    const key = given.members === undefined ? 'method' : 'members';
    problems.at(
      'VALUE_OUT_OF_BOUNDS',
      ['filter', key],
      `${filter.members} members cannot span ${uncertain.length} uncertain states`,
      {
        hint: `let it have \`members: ${2 * uncertain.length}\` or more`,
      },
    );
  }
  return noisy ? filter : { ...filter, method: 'none' };
}
