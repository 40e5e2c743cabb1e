/** What a block is at the end of a replay, with the names of its twins. */

import type { Shown } from './replay-site.ts';
import type { ReplayTwins } from './replay-twins.ts';

/** Lane j is of `twins[j]`; of one that readers did not see, a shadow, the name is empty. */
export interface ShownTwin {
  readonly model: string;
  readonly twins: readonly string[];
  readonly values: Float64Array;
}

export function named({ info, values }: Shown, twins: ReplayTwins): ShownTwin {
  const nameOf = (index: number): string => {
    const { id = '', shadowOf } = twins.at(index)?.settings ?? {};
    return shadowOf === undefined ? id : '';
  };
  return { model: info.model, twins: info.twins.map(nameOf), values };
}
