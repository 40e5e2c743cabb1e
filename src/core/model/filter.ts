/** Reads the `filter` section: how samples correct the states. */

import type { Filter } from './model.ts';
import type { Draft } from './structure.ts';

const defaults: Filter = { method: 'unscented', members: 64, gate: 5 };

/** The filter with its defaults; a method that could never do anything is reported. */
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
  return { ...defaults, ...given, ...(noisy ? {} : { method: 'none' }) };
}
