/** The moments of events in all lanes that have one in their step, found side by side. */

import { looks } from './events.ts';
import type { Kernels } from './kernels.ts';
import type { UnderWay } from './under-way.ts';

/** Bisections at most; 2^-52 is the last bit. */
const bisections = 52;

/** Lanes under search have other marks meanwhile. */
const searching = { free: 101, held: 102 } as const;

/**
 * For each lane with the mark, in whose step something was seen, θ becomes its moment, and the first clause and unknown
 * that it concerns are noted.
 */
export function findMoments(lanes: UnderWay, kernels: Kernels, mark: number): void {
  const { work } = lanes;
  let open = 0;
  for (let lane = 0; lane < lanes.count; lane++) {
    if (lanes.marks[lane] !== mark) continue;
    const look = lanes.read(work.look, lane);
    lanes.put(work.low, lane, (look - 1) / looks);
    lanes.put(work.high, lane, look / looks);
    lanes.marks[lane] = lanes.read(work.holds, lane) === 1 ? searching.held : searching.free;
    open++;
  }
  for (let count = 0; open > 0; count++) {
    for (let lane = 0; lane < lanes.count; lane++) if (isOpen(lanes, lane)) halve(lanes, lane, count);
    lanes.run(kernels.look.free, searching.free);
    lanes.run(kernels.look.held, searching.held);
    for (let lane = 0; lane < lanes.count; lane++) {
      if (!isOpen(lanes, lane)) continue;
      const theta = lanes.read(work.theta, lane);
      if (theta === lanes.read(work.high, lane)) {
        lanes.marks[lane] = mark;
        open--;
      } else {
        const happens = lanes.read(work.clause, lane) >= 0 || lanes.read(work.unknown, lane) >= 0;
        lanes.put(happens ? work.high : work.low, lane, theta);
      }
    }
  }
}

function isOpen(lanes: UnderWay, lane: number): boolean {
  return lanes.marks[lane] === searching.free || lanes.marks[lane] === searching.held;
}

/** Sets θ to the middle; at the end, where the middle is no time of its own, to the upper end. */
function halve(lanes: UnderWay, lane: number, count: number): void {
  const { work } = lanes;
  const [low, high, h] = [lanes.read(work.low, lane), lanes.read(work.high, lane), lanes.read(work.h, lane)];
  const time = lanes.read(lanes.layout.time, lane);
  const middle = (low + high) / 2;
  const isLast = count >= bisections || middle === low || time + middle * h === time + high * h;
  lanes.put(work.theta, lane, isLast ? high : middle);
}
