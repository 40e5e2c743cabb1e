/** The numbers of a belief beside the states, with names that mean the same in every version of the program. */

import { type BeliefLayout, placeInFactor } from '../../core/estimate/index.ts';

export interface BeliefSlot {
  readonly slot: number;
  /** Rows of the factor, or a member and a row, by number in `BeliefLayout.estimated`. */
  readonly of: readonly ['factor', row: number, column: number] | ['member', member: number, row: number];
}

export function beliefSlots({ estimated, factor, members, memberCount }: BeliefLayout): BeliefSlot[] {
  const rows = [...estimated.keys()];
  return [
    ...rows.flatMap((row) =>
      rows
        .filter((column) => column <= row)
        .map(
          (column): BeliefSlot => ({
            slot: factor + placeInFactor(row, column),
            of: ['factor', row, column],
          }),
        ),
    ),
    ...Array.from({ length: memberCount }, (_, member) => member).flatMap((member) =>
      rows.map(
        (row): BeliefSlot => ({ slot: members + member * rows.length + row, of: ['member', member, row] }),
      ),
    ),
  ];
}
