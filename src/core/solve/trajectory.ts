/** What a simulation leaves behind: its states and outputs over time, in memory of a known size. */

import { GemelError } from '../diagnose/index.ts';
import type { Model, Signal } from '../model/index.ts';
import type { BlockLayout } from './layout.ts';
import type { Stop } from './stop.ts';

/** The states, then the outputs, in model order. Values are SI. */
export interface Trajectory {
  readonly names: readonly string[];
  readonly units: readonly Signal['unit'][];
  /** Seconds since the start, one a row; the first row is the start itself. */
  readonly time: Float64Array;
  /** One array a name, each as long as `time`. */
  readonly values: readonly Float64Array[];
  /** How often each `when` clause fired, in model order. */
  readonly fired: readonly number[];
  /** Present if the simulation could not go on, for one because a state was not a finite number. Rows end before it. */
  readonly stopped?: Stop;
}

/** More values than this are not recorded. */
const recordLimit = 5_000_000;

/** Rows of a fixed number, filled one after another. */
export class Recorder {
  readonly #signals: readonly Signal[];
  readonly #slots: readonly number[];
  readonly #timeSlot: number;
  readonly #time: Float64Array;
  readonly #values: readonly Float64Array[];
  #rows = 0;

  /** @throws GemelError `SIMULATION_TOO_LARGE` if the rows hold more than five million values. */
  constructor(model: Model, layout: BlockLayout, rows: number) {
    this.#signals = [...model.states, ...model.outputs];
    this.#slots = [
      ...model.states.map((_, index) => layout.states + index),
      ...model.outputs.map((_, index) => layout.outputs + index),
    ];
    this.#timeSlot = layout.time;
    const count = rows * (this.#slots.length + 1);
    if (!(count <= recordLimit)) {
      throw new GemelError(
        'SIMULATION_TOO_LARGE',
        `${rows} rows of ${this.#slots.length + 1} values are ${count}; at most ${recordLimit} are recorded`,
        { hint: `raise \`everySeconds\` by a factor of ${Math.ceil(count / recordLimit)} or more` },
      );
    }
    this.#time = new Float64Array(rows);
    this.#values = this.#slots.map(() => new Float64Array(rows));
  }

  /** Adds a row from a block of one lane. */
  record(memory: Float64Array): void {
    this.#time[this.#rows] = memory[this.#timeSlot] ?? NaN;
    for (const [column, slot] of this.#slots.entries()) {
      const values = this.#values[column];
      if (values !== undefined) values[this.#rows] = memory[slot] ?? NaN;
    }
    this.#rows++;
  }

  /** A copy of the rows so far. */
  rows(): Pick<Trajectory, 'names' | 'units' | 'time' | 'values'> {
    return {
      names: this.#signals.map(({ name }) => name),
      units: this.#signals.map(({ unit }) => unit),
      time: this.#time.slice(0, this.#rows),
      values: this.#values.map((values) => values.slice(0, this.#rows)),
    };
  }
}
