/** Candidates that compute the same, each at its own rate: first their results are compared, then they run in turns. */

import { wait } from './scope.ts';
import { interleave } from './statistics.ts';

/** What one run gives: millions of steps a second of processor time, and where twin 0 ends. */
export interface Round {
  readonly rate: number;
  readonly states: readonly number[];
}

export type Candidate = (steps: number) => Promise<Round>;

export interface Contest {
  readonly steps: number;
  readonly rounds: number;
}

/** Relative: C with `-ffast-math` is free to round as it likes. */
const tolerance = 1e-7;

/**
 * The median rate of each candidate. Those that are undefined are left out.
 *
 * @throws Error if one does not end where the first does: then it computes something else.
 */
export async function compete(
  { steps, rounds }: Contest,
  candidates: Readonly<Record<string, Candidate | undefined>>,
): Promise<Readonly<Record<string, number>>> {
  const present = Object.entries(candidates).flatMap(([name, run]) => (run ? [[name, run] as const] : []));
  let reference: readonly number[] | undefined;
  for (const [name, run] of present) {
    const { states } = await run(steps);
    reference ??= states;
    for (const [i, value] of reference.entries()) {
      if (Math.abs((states[i] ?? NaN) - value) <= tolerance * Math.abs(value)) continue;
      throw new Error(`${name}: state ${i} of twin 0 is ${states[i]}, not ${value}`);
    }
  }
  await wait(500); // V8 has put its faster code in place
  const measured = present.map(([name, run]) => [name, async () => (await run(steps)).rate] as const);
  return interleave(rounds, Object.fromEntries(measured));
}
