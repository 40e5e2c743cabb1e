/** The moments of events in all lanes that have one in their step, found side by side. */

import { looks } from './events.ts';
import type { Kernels } from './kernels.ts';
import type { UnderWay } from './under-way.ts';

/** From a quarter of the step, so many halvings reach the last bit of θ. */
const bisections = 52;

/** Lanes under search have other marks meanwhile. */
const searching = { free: 101, held: 102 } as const;

/**
 * For each lane with the mark, in whose step something was seen, θ becomes its moment, and the first clause and unknown
 * that it concerns are noted.
 */
export function findMoments(lanes: UnderWay, kernels: Kernels, mark: number): void {
  const { work, marks } = lanes;
  for (let lane = 0; lane < lanes.count; lane++) {
    if (marks[lane] !== mark) continue;
    const look = lanes.read(work.look, lane);
    lanes.put(work.low, lane, (look - 1) / looks);
    lanes.put(work.high, lane, look / looks);
    marks[lane] = lanes.read(work.holds, lane) === 1 ? searching.held : searching.free;
  }
  for (const kind of ['free', 'held'] as const) {
    const found = searching[kind];
    lanes.run(kernels.bisect[kind], found, bisections);
    for (let lane = 0; lane < lanes.count; lane++) {
      if (marks[lane] === found) lanes.put(work.theta, lane, lanes.read(work.high, lane));
    }
    lanes.run(kernels.look[kind], found);
    for (let lane = 0; lane < lanes.count; lane++) if (marks[lane] === found) marks[lane] = mark;
  }
}
