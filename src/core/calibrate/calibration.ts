/**
 * Fits a model to a record: from several starts at once, then again from the best with the errors weighed by their size.
 *
 * The open-loop simulation is fitted: the model runs from the start of the record to its end with nothing but the inputs, and
 * the parameters, and where asked the states at the start, are changed until it comes as near to the measurements as
 * it can. What each measurement's error counts for is not known beforehand, since it is mostly the model's and not the
 * sensor's; so it is estimated along with the parameters, as the maximum of the likelihood demands.
 *
 * The work is done in pieces, so that a caller can show how far it is, and stop it with the best so far.
 */

import { GemelError } from '../diagnose/index.ts';
import { type Backend, defaultBackend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import type { Box } from './bounded-step.ts';
import { checkData, type Split, splitRows } from './data.ts';
import { Fit, type Candidate } from './fit.ts';
import { type Unknown, unknownsOf } from './free.ts';
import { likelihood, type Likelihood } from './likelihood.ts';
import { MultipleShooting } from './multiple-shooting.ts';
import { type Objective, outputError } from './objective.ts';
import type { Recording } from './recording.ts';
import { type CalibrationResult, summarise } from './result.ts';
import { startingPoints } from './starts.ts';
import { Sweep } from './sweep.ts';

export interface CalibrationOptions {
  /** The stretch that is fitted, such as `0:60%`. Default: all of the record. */
  readonly train?: string;
  /** The stretch that the result is tested on. Default: none. */
  readonly test?: string;
  /** How many starts, the document's values being the first. Default 8. */
  readonly starts?: number;
  /** Of the other starts. Default 1. */
  readonly seed?: number;
  /**
   * What is made small. `output-error` (the default): the error of an open-loop simulation. `maximum-likelihood`: the
   * surprise of the model's filter, sample by sample, which leaves to process noise what the model does not know.
   */
  readonly method?: 'output-error' | 'maximum-likelihood';
  /**
   * Into how many pieces the record is cut to find where the open loop is to begin (multiple shooting). Default 1: not
   * at all. For machines that swing or run away, about two for each swing.
   */
  readonly pieces?: number;
  /** Fit where these states start, or all. Default: none. */
  readonly startOf?: readonly string[] | 'all';
  /** The period of `next`. Default: from a row to the next. */
  readonly tickSeconds?: number;
  readonly backend?: Backend;
}

export interface CalibrationProgress {
  /** From 0 to 1; it may leap when the fit converges early. */
  readonly fraction: number;
  readonly round: number;
  /** Root mean square errors of the best so far, one a measurement, SI; empty at the beginning. */
  readonly errors: readonly number[];
}

const startsDefault = 8;
const startsLimit = 1000;
const piecesLimit = 200;
const roundsOfFit = 100;
const roundsOfShooting = 40;
const roundsOfPolish = 30;
/** How often errors are weighed anew at most, and the change of a weight that ends it. */
const polishes = 10;
const settled = 1e-4;

/**
 * @throws GemelError `CALIBRATION_NOTHING`, `SIGNAL_UNKNOWN`, `MODEL_TOO_LARGE`, `RECORD_WINDOW`, `RECORD_TOO_SHORT`,
 * `RECORD_CONSTANT`, `INPUT_MISSING`, `OPTION_RANGE`, `FILTER_MISSING`
 */
export function startCalibration(
  model: Model,
  recording: Recording,
  options: CalibrationOptions = {},
): Calibration {
  return new Calibration(model, recording, options);
}

/** Runs a calibration to its end. @throws GemelError see {@link startCalibration}, and `CALIBRATION_FAILED`. */
export function calibrate(
  model: Model,
  recording: Recording,
  options: CalibrationOptions = {},
): CalibrationResult {
  const calibration = startCalibration(model, recording, options);
  while (!calibration.done) calibration.advance();
  return calibration.result();
}

/** A calibration under way. */
export class Calibration {
  readonly unknowns: readonly Unknown[];
  readonly #model: Model;
  readonly #recording: Recording;
  readonly #split: Split;
  readonly #sweep: Sweep;
  readonly #work: Generator<void>;
  readonly #starts: readonly Float64Array[];
  readonly #likelihood: Likelihood | undefined;
  readonly #shooting: MultipleShooting | undefined;
  /** From all starts. */
  #search: Fit | undefined;
  /** From the best of them, weighed anew. */
  #polish: Fit | undefined;
  readonly #firstDeviations: readonly number[];
  #deviations: readonly number[];
  #stage = 0;
  #done = false;
  #hurried = false;

  constructor(model: Model, recording: Recording, options: CalibrationOptions) {
    const { starts = startsDefault, seed = 1, pieces = 1 } = options;
    if (!(Number.isSafeInteger(starts) && starts >= 1 && starts <= startsLimit)) {
      throw new GemelError(
        'OPTION_RANGE',
        `\`starts\` is ${starts}; it is a number from 1 to ${startsLimit}`,
      );
    }
    if (!(Number.isSafeInteger(pieces) && pieces >= 1 && pieces <= piecesLimit)) {
      throw new GemelError(
        'OPTION_RANGE',
        `\`pieces\` is ${pieces}; it is a number from 1 to ${piecesLimit}`,
      );
    }
    this.#model = model;
    this.#recording = recording;
    this.unknowns = unknownsOf(model, options);
    this.#split = splitRows(recording, options);
    this.#deviations = checkData(model, recording, { split: this.#split, unknowns: this.unknowns });
    this.#firstDeviations = this.#deviations;
    this.#starts = startingPoints(this.unknowns, { count: starts, seed });
    const { backend = defaultBackend(), tickSeconds } = options;
    this.#sweep = new Sweep(model, recording, {
      unknowns: this.unknowns,
      backend,
      ...(tickSeconds === undefined ? {} : { tickSeconds }),
    });
    if (options.method === 'maximum-likelihood') {
      this.#likelihood = likelihood({
        model,
        recording,
        unknowns: this.unknowns,
        rows: this.#split.train,
        firstRow: this.#split.first,
        backend,
        ...(tickSeconds === undefined ? {} : { tickSeconds }),
      });
    }
    if (pieces > 1) {
      this.#shooting = new MultipleShooting({
        model,
        recording,
        unknowns: this.unknowns,
        rows: this.#split.train,
        deviations: this.#deviations,
        pieces,
        backend,
        ...(tickSeconds === undefined ? {} : { tickSeconds }),
      });
    }
    this.#work = this.#run();
  }

  get done(): boolean {
    return this.#done;
  }

  /** Whether there is anything yet that `result` could tell of. */
  get hasResult(): boolean {
    return this.#leader() !== undefined;
  }

  get progress(): CalibrationProgress {
    const round = this.#search?.round ?? 0;
    const best = this.#leader();
    const part = Math.min(1, round / roundsOfFit);
    // Most of the work is in the first stage, whose fits mostly converge early.
    const fraction = this.#done
      ? 1
      : this.#stage === 0
        ? 0.8 * part
        : 0.8 + (0.2 * this.#stage) / (polishes + 1);
    return { fraction, round, errors: best?.evaluation.meanSquares.map(Math.sqrt) ?? [] };
  }

  /** Does a piece of the work: some milliseconds. */
  advance(): void {
    if (!this.#done && this.#work.next().done === true) this.#done = true;
  }

  /** Leaves out what only prepares the fit, so that there is something to tell of as soon as there can be. */
  hurry(): void {
    this.#hurried = true;
  }

  /**
   * The best so far, and what can be said of it. Takes two more simulations.
   *
   * @throws GemelError `CALIBRATION_FAILED` if there is none: no start could be simulated.
   */
  result(): CalibrationResult {
    const best = this.#leader();
    if (best === undefined) {
      throw new GemelError(
        'CALIBRATION_FAILED',
        this.#done
          ? `${this.#model.id} leaves the finite numbers from every start`
          : 'it was interrupted before the first simulation was done',
        {
          hint: 'look at a simulation with the inputs of the record, or narrow the bounds of the parameters',
        },
      );
    }
    return summarise(
      { model: this.#model, recording: this.#recording, unknowns: this.unknowns, sweep: this.#sweep },
      {
        z: this.#withoutWhim(best),
        split: this.#split,
        interrupted: !this.#done,
        starts: this.#search?.ranked() ?? [],
        ...(this.#likelihood === undefined
          ? {}
          : {
              filter: {
                triangle: best.evaluation.triangle,
                innovations: this.#likelihood.innovations(best.z),
              },
            }),
      },
    );
  }

  /** What has no influence is as the document has it, and not where its start happened to be. */
  #withoutWhim({ z, evaluation }: Candidate): Float64Array {
    const lengths = evaluation.triangle.columnLengths();
    const own = z.map((value, j) => {
      const { value: given = NaN, scale = NaN } = this.unknowns[j] ?? {};
      return lengths[j] === 0 ? given / scale : value;
    });
    if (own.every((value, j) => value === z[j])) return z;
    const work = this.#objective().evaluate([own]);
    let step = work.next();
    while (step.done !== true) step = work.next();
    const cost = step.value[0]?.cost ?? Infinity;
    return cost <= evaluation.cost + 1e-9 * Math.abs(evaluation.cost) ? own : z;
  }

  *#run(): Generator<void> {
    const starts = this.#shooting === undefined ? this.#starts : yield* this.#shoot(this.#shooting);
    this.#search = new Fit(this.#objective(), { box: boxOf(this.unknowns), rounds: roundsOfFit });
    yield* this.#search.run(starts);
    const isWeighed =
      this.#split.measured.length > 1 || this.unknowns.some((it) => it.uncertainty !== undefined);
    if (!isWeighed) return;
    for (this.#stage = 1; this.#stage <= polishes; this.#stage++) {
      const best = this.#leader();
      if (best === undefined) return;
      const found = this.#deviations.map((sigma, k) => {
        const { meanSquares, effectiveSquares = meanSquares } = best.evaluation;
        const rms = Math.sqrt(effectiveSquares[k] ?? NaN);
        return Number.isFinite(rms) ? Math.max(rms, 1e-9 * (this.#firstDeviations[k] ?? sigma)) : sigma;
      });
      if (found.every((sigma, k) => Math.abs(sigma / (this.#deviations[k] ?? NaN) - 1) < settled)) return;
      this.#deviations = found;
      const polish = new Fit(this.#objective(), { box: boxOf(this.unknowns), rounds: roundsOfPolish });
      const work = polish.run([best.z]);
      while (work.next().done !== true) {
        // Once there is an evaluation with the new weights, it takes the place of the old.
        if (polish.ranked().length > 0) this.#polish = polish;
        yield;
      }
      this.#polish = polish;
    }
  }

  #objective(): Objective {
    const { train, first } = this.#split;
    if (this.#likelihood !== undefined) return this.#likelihood;
    return outputError({
      recording: this.#recording,
      unknowns: this.unknowns,
      sweep: this.#sweep,
      rows: train,
      firstRow: first,
      deviations: this.#deviations,
    });
  }

  /** The document's values, and where the pieces lead from each start. */
  *#shoot(shooting: MultipleShooting): Generator<void, Float64Array[]> {
    const extended: Float64Array[] = [];
    for (const start of this.#starts) extended.push(yield* shooting.extend(start));
    const fit = new Fit(shooting, { box: boxOf(shooting.extended), rounds: roundsOfShooting });
    const work = fit.run(extended);
    while (!this.#hurried && work.next().done !== true) yield;
    const found = fit.ranked().map(({ z }) => z.slice(0, this.unknowns.length));
    return [...this.#starts.slice(0, 1), ...found];
  }

  #leader(): Candidate | undefined {
    return [this.#polish, this.#search]
      .map((fit) => fit?.ranked()[0])
      .find((best) => best !== undefined && best.evaluation.cost < Infinity);
  }
}

function boxOf(unknowns: readonly Unknown[]): Box {
  const edge = (bound: (unknown: Unknown) => number): Float64Array =>
    Float64Array.from(unknowns, (unknown) => bound(unknown) / unknown.scale);
  return { low: edge(({ min }) => min), high: edge(({ max }) => max) };
}
