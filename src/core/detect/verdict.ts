/**
 * Who is at fault when a filter and its machine disagree: a sensor, a quantity that wears, or the machine as such.
 *
 * The same samples are run through filters that each suppose one explanation: a filter that does without one sensor, for
 * each; a filter that lets one hidden quantity jump, for each. The one whose explanation is right agrees with all the
 * samples that remain. If several do, the likelihood of all samples decides, where a sensor that is left out may read
 * anything; if none does, the machine has changed in a way that the model has no word for. With a single sensor,
 * its fault cannot be told from a change of the machine, and the finding says so.
 *
 * Source  Frank, Fault Diagnosis in Dynamic Systems Using Analytical Redundancy, Automatica 26 (1990): banks of
 *         observers; Menke & Maybeck, Sensor/Actuator Failure Detection in the Vista F-16 by Multiple Model Adaptive
 *         Estimation, IEEE TAES 31 (1995); Willsky & Jones, A Generalized Likelihood Ratio Approach, IEEE TAC 21 (1976)
 */

import { arbitraryLikelihood, bestFault, misfit, nominalLikelihood } from './channel.ts';
import type { Channel } from './channel.ts';
import { findingWords } from './finding.ts';
import type { Finding } from './finding.ts';

export interface BankEvidence {
  readonly sensors: readonly BankSensor[];
  /** One channel a sensor, from the filter that uses all and supposes nothing: before `since`, and from then on. */
  readonly before: readonly Channel[];
  readonly full: readonly Channel[];
  /** The same from each filter that does without a sensor. */
  readonly without: readonly (readonly Channel[])[];
  /** The same from each filter that lets a state jump. */
  readonly jumps: readonly Jump[];
  /** When jumps were supposed and evidence began. */
  readonly since: number;
}

interface BankSensor {
  readonly name: string;
  /** Standard deviation of its noise. */
  readonly noise: number;
  /** Correlation of successive innovations while nothing was wrong: evidence counts (1 − φ)/(1 + φ) as much. */
  readonly correlation?: number;
}

export interface Jump {
  readonly name: string;
  readonly channels: readonly Channel[];
  /** How far the state has gone since, and the standard deviation of that. */
  readonly size: number;
  readonly deviation: number;
}

/** Evidence below this, in nats, is none. */
const enough = 3;
/** An explanation must leave no more than this share of the disagreement. */
const share = 0.02;
/** As much disagreement as usual, and this many times it, needs no explanation. */
const ordinary = 2;
/** A state that has gone so many standard deviations has changed. */
const far = 3;

interface Explanation {
  readonly kind: Finding['kind'];
  readonly subject: string;
  readonly size: number;
  readonly since: number;
  readonly likelihood: number;
  /** What it leaves unexplained. */
  readonly rest: number;
}

/** What explains the samples; undefined if nothing needs explaining. */
export function judgeBank(evidence: BankEvidence): Finding | undefined {
  const disagreement = disagreementOf(evidence.sensors);
  const whole = disagreement(evidence.full);
  // What the model always leaves unexplained.
  const usual = (disagreement(evidence.before) * count(evidence.full)) / Math.max(1, count(evidence.before));
  if (whole < enough + ordinary * usual) return undefined;
  const limit = enough + share * whole + usual;
  const explanations = [...sensorFaults(evidence), ...changes(evidence)];
  const good = explanations.filter(({ rest }) => rest < limit);
  const [best] = good.toSorted((a, b) => b.likelihood - a.likelihood);
  if (best === undefined) {
    const least = Math.min(...explanations.map(({ rest }) => rest));
    const confidence = 1 / (1 + Math.exp(limit - least));
    return told({ kind: 'machine-changed', subject: '', size: 0, since: evidence.since }, confidence);
  }
  const rivals = good.reduce((sum, { likelihood }) => sum + Math.exp(likelihood - best.likelihood), 0);
  return told(best, 1 / (rivals + Math.exp(best.rest - limit)));
}

/** In nats, over all sensors but one. */
function disagreementOf(sensors: readonly BankSensor[]) {
  const believed = sensors.map(({ correlation = 0 }) => (1 - correlation) / (1 + correlation));
  return (channels: readonly Channel[], but = -1): number =>
    channels.reduce(
      (sum, channel, j) => (j === but ? sum : sum + Math.max(0, misfit(channel) * (believed[j] ?? 1))),
      0,
    );
}

function count(channels: readonly Channel[]): number {
  return channels.reduce((sum, { times }) => sum + times.length, 0);
}

function sensorFaults({ sensors, without }: BankEvidence): readonly Explanation[] {
  const disagreement = disagreementOf(sensors);
  return without.flatMap((channels, i) => {
    const [sensor, own] = [sensors[i], channels[i]];
    if (sensor === undefined || own === undefined) return [];
    const { kind, evidence, size, since } = bestFault(own, sensor.noise);
    if (evidence < enough) return [];
    const likelihood = channels.reduce(
      (sum, channel) => sum + (channel === own ? arbitraryLikelihood(own) : nominalLikelihood(channel)),
      0,
    );
    const ambiguous = sensors.length === 1 && kind === 'sensor-offset';
    const rest = disagreement(channels, i);
    return [
      { kind: ambiguous ? 'innovation-drift' : kind, subject: sensor.name, size, since, likelihood, rest },
    ];
  });
}

function changes({ sensors, jumps, since }: BankEvidence): readonly Explanation[] {
  const disagreement = disagreementOf(sensors);
  return jumps.flatMap(({ name, channels, size, deviation }) => {
    if (!(Math.abs(size) > far * deviation)) return [];
    const likelihood = channels.reduce((sum, channel) => sum + nominalLikelihood(channel), 0);
    return [{ kind: 'health-changed', subject: name, size, since, likelihood, rest: disagreement(channels) }];
  });
}

function told(
  { kind, subject, size, since }: Omit<Explanation, 'likelihood' | 'rest'>,
  confidence: number,
): Finding {
  return { kind, subject, size, since, confidence, words: findingWords[kind](subject) };
}
