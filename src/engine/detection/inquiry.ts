/**
 * Asks who is at fault once a twin is suspicious: a sensor, a health, or the machine.
 *
 * When a sum of its detection is a third up to its threshold, or the gate has left a sample out, the belief is copied and what comes is recorded from there. If it
 * comes to an alarm, or to a belief that is widened, and enough has been recorded, shadows of the twin go over the recording (core/detect), and their
 * verdict is told once; if it does not, the recording is thrown away. The belief may already have followed a fault by
 * then: it is doubted, its standard deviations taken three times.
 *
 * | limit | what happens there |
 * | --- | --- |
 * | 16 recordings of a block | further twins are not recorded until one ends |
 * | 3,000 samples of a recording | judged if it has come to an alarm, otherwise begun anew |
 * | one verdict of a block a tick, for it takes milliseconds | the next twin is judged at the next tick |
 *
 * Recordings are not kept over a restart, and not moved with a twin: the question is then asked again.
 */

import {
  type BankSample,
  type Baseline,
  createDiagnosis,
  type Diagnosis,
  type Finding,
} from '../../core/detect/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { Belief, BlockMemory, LaneSide } from '../lanes/index.ts';

const limits = { recordings: 16, samples: 3000 } as const;
/** Parts of a threshold. */
const rising = 1 / 3;
const doubt = 3;
/** Ticks, and samples of each sensor, that a verdict takes. */
const enoughTicks = 60;
const enoughSamples = 40;

interface Recording {
  readonly belief: Float64Array;
  readonly fromMs: number;
  readonly samples: BankSample[];
  /** Whether the twin has given in to samples that it had left out. */
  widened: boolean;
  /** Whether its question was answered; it is kept until all is quiet, so that it is not asked again. */
  answered: boolean;
}

export interface InquiryOptions {
  readonly model: Model;
  readonly belief: Belief;
  readonly memory: BlockMemory;
  readonly periodMs: number;
}

/** How suspicious a twin is after a tick. */
export interface Suspicion {
  /** Parts of its nearest threshold; 0 if nothing is up. */
  readonly alertness: number;
  readonly suspected: boolean;
  /** By measurement. */
  readonly usual: () => readonly (Baseline | undefined)[];
}

export class Inquiry {
  readonly #options: InquiryOptions;
  readonly #recordings = new Map<LaneSide, Recording>();
  #diagnosis: Diagnosis | undefined;
  #judgedMs = Number.NaN;

  constructor(options: InquiryOptions) {
    this.#options = options;
  }

  get isRecording(): boolean {
    return this.#recordings.size > 0;
  }

  /** Whether a twin that is not suspected is to be looked at all the same. */
  asks(side: LaneSide, alertness: number): boolean {
    return alertness >= rising || this.#recordings.has(side);
  }

  /** Records an input, or a sample that was judged, if its twin is suspicious. */
  record(side: LaneSide, timeMs: number, what: Omit<BankSample, 'time'>): void {
    const recording = this.#recordings.get(side);
    if (recording === undefined || recording.answered || timeMs < recording.fromMs) return;
    const { belief } = this.#options;
    const begin = recording.belief[belief.layout.time] ?? Number.NaN;
    recording.samples.push({ ...what, time: begin + (timeMs - recording.fromMs) / 1000 });
  }

  /** A twin gives in to samples that it had left out. */
  widened(side: LaneSide): void {
    const recording = this.#recordings.get(side);
    if (recording !== undefined) recording.widened = true;
  }

  /** Forgets a twin's recording: it stands still, or is gone. */
  drop(side: LaneSide): void {
    this.#recordings.delete(side);
  }

  /** Looks at a twin at the end of a tick. @returns a verdict, if there is one now. */
  look(
    side: LaneSide,
    at: { readonly lane: number; readonly nowMs: number },
    suspicion: Suspicion,
  ): Finding | undefined {
    const recording = this.#recordings.get(side);
    const isOpen = recording?.widened === true && !recording.answered;
    if (suspicion.alertness < rising && !suspicion.suspected && !isOpen) {
      this.#recordings.delete(side);
      return undefined;
    }
    if (recording === undefined) {
      this.#begin(side, at);
      return undefined;
    }
    if (recording.answered) return undefined;
    const full = recording.samples.length >= limits.samples;
    if (!suspicion.suspected && !isOpen) {
      if (full) this.#begin(side, at);
      return undefined;
    }
    if (!full && !this.#isEnough(recording, at.nowMs)) return undefined;
    if (this.#judgedMs === at.nowMs) return undefined;
    this.#judgedMs = at.nowMs;
    return this.#judge(recording, at.nowMs, suspicion.usual());
  }

  #begin(side: LaneSide, { lane, nowMs }: { readonly lane: number; readonly nowMs: number }): void {
    if (this.#recordings.size >= limits.recordings && !this.#recordings.has(side)) return;
    const { slots } = this.#options.memory.copyOut(lane);
    this.#recordings.set(side, {
      belief: slots,
      fromMs: nowMs,
      samples: [],
      widened: false,
      answered: false,
    });
  }

  #isEnough({ fromMs, samples }: Recording, nowMs: number): boolean {
    const { periodMs, model } = this.#options;
    const sensors = model.measurements.filter(({ noise }) => noise !== undefined).length;
    const measured = samples.reduce((sum, { kind }) => sum + (kind === 'measurement' ? 1 : 0), 0);
    return nowMs - fromMs >= enoughTicks * periodMs && measured >= enoughSamples * sensors;
  }

  #judge(recording: Recording, nowMs: number, usual: readonly (Baseline | undefined)[]): Finding | undefined {
    const { model, belief, periodMs } = this.#options;
    const { estimator, layout } = belief;
    recording.answered = true;
    const begin = recording.belief[layout.time] ?? Number.NaN;
    this.#diagnosis ??= createDiagnosis(model, { estimator });
    const finding = this.#diagnosis.diagnose({
      belief: recording.belief,
      samples: recording.samples.toSorted((a, b) => a.time - b.time),
      tickSeconds: periodMs / 1000,
      since: begin,
      until: begin + (nowMs - recording.fromMs) / 1000,
      usual,
      doubt,
    });
    recording.samples.length = 0;
    // Times of a finding are the twin's; those of events are of the clock.
    return finding && { ...finding, since: recording.fromMs / 1000 + finding.since - begin };
  }
}
