/**
 * Many runs of a model through one record, side by side as the lanes of a block: what each predicts at each row, and
 * how that changes with the unknowns.
 *
 * The derivatives are exact where the method has steps of fixed length. A method that chooses its steps gives none, so
 * there each unknown is moved up and down by a thousandth of its scale, in lanes of their own.
 *
 * A run begins at a row and goes on for some rows; inputs hold from a row to the next.
 */

import type { Backend } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import { createSensitivityStepper, createStepper, type Stepper } from '../solve/index.ts';
import type { Unknown } from './free.ts';
import { inputAt, type Recording } from './recording.ts';

/** One run. */
export interface Leg {
  /** Values of the unknowns, SI. */
  readonly values: Float64Array;
  /** Where the states start that are not among the unknowns. Default: as the document says. */
  readonly states?: Float64Array;
  readonly fromRow: number;
  /** The last row that is predicted. */
  readonly toRow: number;
}

/** What one run predicts for one measurement in one row. `gradient` is by the unknowns, and used again. */
export interface Sight {
  readonly leg: number;
  readonly row: number;
  readonly measurement: number;
  readonly prediction: number;
  readonly gradient: Float64Array;
}

/** Where a state is after the last row of a run, and how that changes with the unknowns. */
export interface End {
  readonly leg: number;
  readonly state: number;
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface SweepOptions {
  readonly unknowns: readonly Unknown[];
  readonly backend: Backend;
  /** The period of `next`. Default: from a row to the next. */
  readonly tickSeconds?: number;
}

/** A part of the work at a time is done, so that the caller may show progress or give up: about so many substeps. */
const pieceSubsteps = 20_000;
const relativeStep = 1e-3;
const tightTolerance = 1e-8;

export class Sweep {
  readonly #model: Model;
  readonly #recording: Recording;
  readonly #unknowns: readonly Unknown[];
  readonly #tickSeconds: number;
  readonly #stepper: Stepper;
  /** First slot of ∂y/∂p; undefined: differences are taken. */
  readonly #derivatives: { readonly states: number; readonly predictions: number } | undefined;
  #memory: Float64Array = new Float64Array();
  #capacity = 0;

  /** @throws GemelError `MODEL_TOO_LARGE` */
  constructor(
    model: Model,
    recording: Recording,
    { unknowns, backend, tickSeconds = Infinity }: SweepOptions,
  ) {
    this.#model = model;
    this.#recording = recording;
    this.#unknowns = unknowns;
    this.#tickSeconds = tickSeconds;
    if (isAdaptive(model.method)) {
      const tolerance = Math.min(model.tolerance, tightTolerance);
      this.#stepper = createStepper(unknowns.length === 0 ? model : { ...model, tolerance }, { backend });
    } else {
      const stepper = createSensitivityStepper(model, { backend, directions: unknowns });
      this.#stepper = stepper;
      const { sensitivities, predictionSensitivities } = stepper.layout;
      this.#derivatives = { states: sensitivities, predictions: predictionSensitivities };
    }
  }

  /**
   * Runs the legs; `see` is told row by row in the order of time, leg by leg within a row, and `atEnd` of every state once
   * a leg has reached its last row.
   */
  *run(legs: readonly Leg[], see: (sight: Sight) => void, atEnd?: (end: End) => void): Generator<void> {
    const width = this.#lanesPerLeg;
    const lanes = this.#prepare(legs);
    const beats = Math.max(...legs.map(({ fromRow, toRow }) => toRow - fromRow));
    const gradient = new Float64Array(this.#unknowns.length);
    let substeps = 0;
    for (let beat = 0; ; beat++) {
      for (const [leg, { fromRow, toRow }] of legs.entries()) {
        if (fromRow + beat > toRow) continue;
        for (const measurement of this.#model.measurements.keys()) {
          const group = 'predictions';
          const prediction = this.#derive(legs, { leg, group, index: measurement, gradient });
          see({ leg, row: fromRow + beat, measurement, prediction, gradient });
        }
        if (atEnd === undefined || fromRow + beat < toRow) continue;
        for (const state of this.#model.states.keys()) {
          const value = this.#derive(legs, { leg, group: 'states', index: state, gradient });
          atEnd({ leg, state, value, gradient });
        }
      }
      if (beat >= beats) return;
      substeps += this.#advance(legs, beat, lanes) * legs.length * width;
      if (substeps < pieceSubsteps) continue;
      substeps = 0;
      yield;
    }
  }

  get #lanesPerLeg(): number {
    return this.#derivatives === undefined ? 1 + 2 * this.#unknowns.length : 1;
  }

  #prepare(legs: readonly Leg[]): Lanes {
    const width = this.#lanesPerLeg;
    const count = legs.length * width;
    if (count > this.#capacity) {
      this.#capacity = count;
      this.#memory = this.#stepper.allocate(count);
    }
    const parameters = Float64Array.from(this.#model.parameters, ({ value }) => value);
    for (const [leg, it] of legs.entries()) {
      const states = it.states ?? Float64Array.from(this.#model.states, ({ start }) => start);
      const inputs = Float64Array.from(this.#model.inputs, (_, index) => this.#inputAt(index, it.fromRow));
      for (let variant = 0; variant < width; variant++) {
        const groups = { parameter: parameters.slice(), start: states.slice() };
        for (const [j, { of, index }] of this.#unknowns.entries()) {
          groups[of][index] = variedValue(this.#unknowns, it.values, { j, variant });
        }
        this.#stepper.initialise(this.#memory, this.#capacity, leg * width + variant, {
          parameters: groups.parameter,
          states: groups.start,
          inputs,
        });
      }
    }
    const lanes = { memory: this.#memory, capacity: this.#capacity, from: 0, to: count };
    this.#stepper.observe(lanes);
    return lanes;
  }

  /** From one row to the next. @returns how many substeps it took. */
  #advance(legs: readonly Leg[], beat: number, lanes: Lanes): number {
    const { layout } = this.#stepper;
    const { times } = this.#recording;
    const secondsOf = ({ fromRow }: Leg): number => {
      const row = Math.min(fromRow + beat, times.length - 2);
      return (times[row + 1] ?? NaN) - (times[row] ?? NaN);
    };
    // Legs over the same rows are filled at once.
    const together = legs.every(({ fromRow }) => fromRow === legs[0]?.fromRow);
    const apart = together ? legs.slice(0, 1) : legs;
    const longest = Math.max(...apart.map(secondsOf));
    const ticks = Math.max(1, Math.round(longest / this.#tickSeconds));
    const substeps = this.#stepper.substeps(longest / ticks);
    const put = (slot: number, leg: number, value: number): void => {
      const width = together ? lanes.to : this.#lanesPerLeg;
      const from = slot * this.#capacity + leg * width;
      this.#memory.fill(value, from, from + width);
    };
    for (const [leg, it] of apart.entries()) {
      const tickSeconds = secondsOf(it) / ticks;
      put(layout.tickSeconds, leg, tickSeconds);
      put(layout.stepSeconds, leg, tickSeconds / substeps);
    }
    for (let tick = 0; tick < ticks; tick++) {
      this.#stepper.beginTick(lanes);
      this.#stepper.substep(lanes, substeps);
      this.#stepper.endTick(lanes);
    }
    for (const [leg, { fromRow }] of apart.entries()) {
      for (const index of this.#model.inputs.keys()) {
        put(layout.inputs + index, leg, this.#inputAt(index, fromRow + beat + 1));
      }
    }
    this.#stepper.observe(lanes);
    return ticks * substeps;
  }

  #inputAt(index: number, row: number): number {
    return inputAt({ model: this.#model, recording: this.#recording }, index, row);
  }

  /** @returns a prediction or state, its derivatives being written into `gradient`. */
  #derive(
    legs: readonly Leg[],
    it: {
      readonly leg: number;
      readonly group: 'predictions' | 'states';
      readonly index: number;
      readonly gradient: Float64Array;
    },
  ): number {
    const { leg, group, index, gradient } = it;
    const memory = this.#memory;
    const capacity = this.#capacity;
    const slot = (this.#stepper.layout[group] + index) * capacity;
    const derivatives = this.#derivatives?.[group];
    if (derivatives !== undefined) {
      const count = this.#model[group === 'states' ? 'states' : 'measurements'].length;
      for (let j = 0; j < gradient.length; j++) {
        gradient[j] = memory[(derivatives + j * count + index) * capacity + leg] ?? NaN;
      }
      return memory[slot + leg] ?? NaN;
    }
    const lane = slot + leg * this.#lanesPerLeg;
    const values = legs[leg]?.values ?? gradient;
    for (let j = 0; j < gradient.length; j++) {
      const up = variedValue(this.#unknowns, values, { j, variant: 1 + 2 * j });
      const down = variedValue(this.#unknowns, values, { j, variant: 2 + 2 * j });
      gradient[j] = ((memory[lane + 1 + 2 * j] ?? NaN) - (memory[lane + 2 + 2 * j] ?? NaN)) / (up - down);
    }
    return memory[lane] ?? NaN;
  }
}

interface Lanes {
  readonly memory: Float64Array;
  readonly capacity: number;
  readonly from: number;
  readonly to: number;
}

/** Variant 0 is the leg itself; 1 + 2j has unknown j moved up, 2 + 2j down; no further than its bounds. */
export function variedValue(
  unknowns: readonly Unknown[],
  values: Float64Array,
  { j, variant }: { readonly j: number; readonly variant: number },
): number {
  const value = values[j] ?? NaN;
  const unknown = unknowns[j];
  if (unknown === undefined || variant === 0 || (variant - 1) >> 1 !== j) return value;
  const step = relativeStep * unknown.scale;
  return variant % 2 === 1 ? Math.min(unknown.max, value + step) : Math.max(unknown.min, value - step);
}
