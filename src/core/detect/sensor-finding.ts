/**
 * What the suspicions about one sensor amount to: the one finding that explains the others.
 *
 * A silent sensor explains everything, one that stands still what its innovations do, scatter a mean that is off by less
 * than half of it. A mean that is off alone is said as what it is: sensor and model disagree. Which of them has changed
 * takes the other sensors to tell.
 */

import { cusumSlots, sizeSinceChange } from './cusum.ts';
import { findingWords } from './finding.ts';
import type { Finding, FindingKind } from './finding.ts';
import { sensorSlots, suspicions } from './sensor-record.ts';
import { standingSince } from './stuck.ts';

export interface NameAndTime {
  readonly name: string;
  readonly time: number;
}

interface Sizes {
  readonly size: number;
  readonly since: number;
  readonly confidence: number;
}

/** How many faults there are to a false alarm: the odds of a finding whose sum has just reached its threshold. */
const faultsPerFalseAlarm = 10;
/** Log-likelihood ratio to a unit of each sum. */
const evidence = { above: 1, below: 1, scatter: (1 - 1 / 1.5 ** 2) / 2, spikes: 1 } as const;

/** `bits`: the suspicions that stand. Undefined if there are none. */
export function sensorFinding(
  memory: Float64Array,
  offset: number,
  bits: number,
  { name, time }: NameAndTime,
): Finding | undefined {
  const say = (kind: FindingKind, about: Sizes): Finding => ({
    kind,
    subject: name,
    ...about,
    words: findingWords[kind](name),
  });
  const sum = (which: keyof typeof evidence) =>
    sumSizes(memory, offset + sensorSlots[which], evidence[which]);
  if (bits & suspicions.dead) {
    const since = memory[offset + sensorSlots.time] ?? NaN;
    return say('sensor-dead', { size: time - since, since, confidence: 1 });
  }
  if (bits & suspicions.stuck) {
    const { since, value } = standingSince(memory, offset + sensorSlots.stuck);
    return say('sensor-stuck', { size: value, since, confidence: 1 });
  }
  const shifted = (bits & (suspicions.above | suspicions.below)) !== 0;
  if (bits & suspicions.scatter) {
    const { mean, rms } = sizeSinceChange(memory, offset + sensorSlots.scatter);
    if (Math.abs(mean) < rms / 2) return say('sensor-noisy', { ...sum('scatter'), size: rms });
  }
  if (shifted) return say('innovation-drift', sum(bits & suspicions.above ? 'above' : 'below'));
  if (bits & suspicions.spikes) return say('sensor-spikes', sum('spikes'));
  return undefined;
}

function sumSizes(memory: Float64Array, offset: number, perUnit: number): Sizes {
  const over = (memory[offset + cusumSlots.sum] ?? 0) - (memory[offset + cusumSlots.threshold] ?? 0);
  const odds = faultsPerFalseAlarm * Math.exp(perUnit * over);
  return {
    size: sizeSinceChange(memory, offset).mean,
    since: memory[offset + cusumSlots.since] ?? NaN,
    confidence: odds / (1 + odds),
  };
}
