/** A block of lanes: its ticks, samples that come late, and lanes that are made again aside. */

export { Block } from './block.ts';
export { carryOver } from './carry-over.ts';
export { lookAhead } from './look-ahead.ts';
export {
  advance,
  boundaryAfter,
  boundaryOf,
  copyBefore,
  copyOfNow,
  kOf,
  rehearse,
  samplesFrom,
} from './rehearsal.ts';
