/**
 * Runs shadows of a twin over the samples since a suspicion, each under another explanation, and asks for the verdict.
 *
 * It costs as many lanes as there are sensors and quantities that wear, over the time since the suspicion: seconds of a
 * twin's time in milliseconds, and only when something is suspected.
 */

import { createEstimator, type Estimator } from '../estimate/index.ts';
import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Bank } from './bank.ts';
import type { Baseline } from './baseline.ts';
import type { BankSample } from './bank.ts';
import type { Finding } from './finding.ts';
import { judgeBank } from './verdict.ts';
import type { Jump } from './verdict.ts';
import { wanderingStates } from './wandering.ts';
import type { WanderingState } from './wandering.ts';

export interface DiagnosisRequest {
  /**
   * The slots of one lane at the beginning of a tick, before anything was suspected; the longer before `since`, the
   * better is known how well the model fits while nothing is wrong.
   */
  readonly belief: Float64Array;
  /** What came since, ascending in time. */
  readonly samples: readonly BankSample[];
  readonly tickSeconds: number;
  /** Seconds since the twin's start, as in the belief. Evidence counts from `since` on. */
  readonly since: number;
  readonly until: number;
  /** By measurement: what innovations are like while nothing is wrong. Default: as the filter says. */
  readonly usual?: readonly (Baseline | undefined)[];
  /** Standard deviations of the belief are taken so many times: it may already have followed a fault. Default 1. */
  readonly doubt?: number;
}

export interface Diagnosis {
  /** Who is at fault; undefined if nothing needs explaining, or if no sensor of the model has noise. */
  diagnose(request: DiagnosisRequest): Finding | undefined;
}

/** @throws GemelError `MODEL_TOO_LARGE` if a filter of the model needs more operations than the backend can take. */
export function createDiagnosis(
  model: Model,
  options: { readonly backend: Backend } | { readonly estimator: Estimator },
): Diagnosis {
  const estimator = 'estimator' in options ? options.estimator : createEstimator(model, options);
  const wanderers = wanderingStates(model);
  const sensors = model.measurements.flatMap(({ name, noise }, index) =>
    noise === undefined ? [] : [{ index, name, noise }],
  );
  return {
    diagnose(request) {
      if (sensors.length === 0) return undefined;
      const bank = new Bank(estimator, {
        belief: request.belief,
        doubt: request.doubt ?? 1,
        spreads: sensors.map(({ index }) => request.usual?.[index]?.spread ?? 1),
        measurements: sensors.map(({ index }) => index),
        jumps: wanderers.map(({ index }) => index),
      });
      const ends = request.until + 1e-9 * request.tickSeconds;
      let before: readonly (readonly [number, number])[] | undefined;
      for (let time = bank.time; time + request.tickSeconds <= ends; time = bank.time) {
        if (time >= request.since && before === undefined) {
          before = wanderers.map(({ index }) => bank.state(index, bank.full));
          for (const [i, it] of wanderers.entries()) bank.loosen(i, reachOf(it));
        }
        bank.tick(request, time);
      }
      return judgeBank({
        sensors: sensors.map(({ index, name, noise }) => ({
          name,
          noise,
          correlation: request.usual?.[index]?.correlation ?? 0,
        })),
        before: bank.before,
        full: bank.channels[bank.full] ?? [],
        without: bank.channels.slice(0, bank.full),
        jumps: wanderers.map(({ name, index }, i): Jump => {
          const [from = NaN, known = NaN] = before?.[i] ?? [];
          const [to, deviation] = bank.state(index, bank.full + 1 + i);
          const channels = bank.channels[bank.full + 1 + i] ?? [];
          return { name, channels, size: to - from, deviation: Math.hypot(deviation, known) };
        }),
        since: request.since,
      });
    },
  };
}

/** Ten minutes of noise are what a belief begins with; a jump may be ten times that. */
const reachSeconds = 60_000;

/** How far a state may jump: standard deviation. */
function reachOf({ noise, uncertainty }: WanderingState): number {
  return Math.max(10 * uncertainty, noise * Math.sqrt(reachSeconds));
}
