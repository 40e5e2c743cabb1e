/**
 * A twin inside somebody's own program: no broker, no server, no clock. It moves when it is told to, at once.
 *
 * Values are numbers in the units of the model's document. With a model from `defineModel` the names of signals are
 * known to the compiler, so that a misspelt one does not compile.
 */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import { defaultBackend } from '../../core/kernel/index.ts';
import type { Signal, TypedModel, When } from '../../core/model/index.ts';
import { describeStop, stopOf } from '../../core/solve/index.ts';
import { fromSi, fromSiDifference, toSi } from '../../core/units/index.ts';
import { BlockMemory, createMotion, LaneList, type Motion } from '../lanes/index.ts';
import { createSnapshot, createSnapshotView, type Snapshot, type SnapshotView } from '../snapshot/index.ts';

export interface LocalTwinOptions<Inputs extends string, Parameters extends string, States extends string> {
  /** Stands in snapshots. Default: the model's name. */
  readonly id?: string;
  readonly parameters?: { readonly [Name in Parameters]?: number };
  readonly inputs?: { readonly [Name in Inputs]?: number };
  readonly start?: { readonly [Name in States]?: number };
  /** Unix time of the twin's beginning, for snapshots. Default: 0. */
  readonly startMs?: number;
}

/** What a sample had to say. Differences in the unit of the measurement. */
export interface Correction {
  /** Sample minus prediction. */
  readonly innovation: number;
  /** Standard deviation of the innovation; NaN if the sample was only compared. */
  readonly deviation: number;
  /** Whether it was too far off to be true, and was left out. */
  readonly rejected: boolean;
}

/** Every method throws GemelError `SIGNAL_UNKNOWN` for a name that the model does not have. */
export interface LocalTwin<
  Inputs extends string = string,
  States extends string = string,
  Outputs extends string = string,
  Measurements extends string = string,
> {
  /** Model time since the twin began. */
  readonly elapsedSeconds: number;
  /** The `when` clauses that fired in the last step. */
  readonly fired: readonly When[];
  /** Holds from now on. @throws GemelError `VALUE_OUT_OF_BOUNDS` */
  set(input: Inputs, value: number): void;
  /**
   * Advances by one tick of this length.
   *
   * @throws GemelError `TWIN_WAITING` if an input has no value, `DURATION_RANGE` if the time is not positive or too long,
   * `STEP_NOT_FINITE` if a state would leave the finite numbers; with an adaptive method `STEP_IMPOSSIBLE` and
   * `EVENT_CHATTER`. The twin is then as it was before.
   */
  step(seconds: number): void;
  state(name: States): number;
  output(name: Outputs): number;
  /** What a sensor should read now. */
  expected(name: Measurements): number;
  /** Compares a sensor's value with what it should read now: sample minus prediction. The twin stays as it is. */
  compare(name: Measurements, value: number): number;
  /**
   * Corrects the twin by what sensors read now, one after another in the order of the model; of a measurement without
   * `noise`, or in a model without a filter, it only compares. How sure the twin then is of a state says `deviation`.
   *
   * @throws GemelError `VALUE_OUT_OF_BOUNDS`, `TWIN_WAITING` if an input has no value, or `STEP_NOT_FINITE` if the belief would
   * leave the finite numbers. The twin is then as it was before.
   */
  update(values: { readonly [Name in Measurements]?: number }): Readonly<Record<string, Correction>>;
  /** Standard deviation of a state as the twin knows it, a difference in the state's unit; 0 where nothing is estimated. */
  deviation(name: States): number;
  snapshot(): Snapshot;
}

/** @throws GemelError `SIGNAL_UNKNOWN` or `VALUE_OUT_OF_BOUNDS` for an option that does not fit the model. */
export function createTwin<
  Inputs extends string,
  Parameters extends string,
  States extends string,
  Outputs extends string,
  Measurements extends string,
>(
  model: TypedModel<Inputs, Parameters, States, Outputs, Measurements>,
  options: LocalTwinOptions<Inputs, Parameters, States> = {},
): LocalTwin<Inputs, States, Outputs, Measurements> {
  return new SteppedTwin(model, options);
}

class SteppedTwin implements LocalTwin {
  readonly #motion: Motion;
  readonly #lane = new LaneList();
  readonly #memory: BlockMemory;
  readonly #view: SnapshotView;
  readonly #id: string;
  readonly #startMs: number;
  #snapshot: Snapshot | undefined;

  constructor(model: TypedModel, options: LocalTwinOptions<string, string, string>) {
    this.#id = options.id ?? model.name;
    this.#startMs = options.startMs ?? 0;
    this.#view = createSnapshotView(model);
    this.#motion = createMotion(model, defaultBackend());
    const start = {
      parameters: this.#toSi('parameter', model.parameters, options.parameters),
      inputs: this.#toSi('input', model.inputs, options.inputs),
      start: this.#toSi('state', model.states, options.start),
    };
    const twin = {
      index: 0,
      id: this.#id,
      model: model.id,
      periodMs: 0,
      queueLimit: 0,
      latenessMs: 0,
      ...start,
    };
    this.#memory = new BlockMemory(model, this.#motion, [twin], this.#startMs);
  }

  get elapsedSeconds(): number {
    return this.#memory.slot(0, this.#memory.layout.time);
  }

  get fired(): readonly When[] {
    const { layout, model } = this.#memory;
    return model.whens.filter((_, i) => this.#memory.slot(0, layout.fired + i) > 0);
  }

  set(input: string, value: number): void {
    const { inputs } = this.#view.model;
    const at = this.#find('input', inputs, input);
    this.#memory.setSlot(0, this.#memory.layout.inputs + at, checkedSi('input', present(inputs[at]), value));
    this.#motion.observe(this.#lanes);
    this.#snapshot = undefined;
  }

  step(seconds: number): void {
    const memory = this.#memory;
    const { layout, frameLayout } = memory;
    const substeps = this.#motion.substeps(seconds);
    this.#needInputs();
    memory.setSlot(0, layout.tickSeconds, seconds);
    memory.setSlot(0, layout.stepSeconds, seconds / substeps);
    memory.remember();
    this.#motion.beginTick(this.#lanes);
    this.#motion.advance(this.#lanes, substeps);
    this.#motion.endTick(this.#lanes);
    if (memory.slot(0, layout.finite) !== 1) {
      const stop = present(stopOf(memory.model, layout, (slot) => memory.slot(0, slot)));
      memory.recall(0);
      if (stop.reason === 'not-finite') {
        const message = `\`${stop.state}\` would leave the finite numbers within ${seconds} s`;
        throw new GemelError('STEP_NOT_FINITE', message);
      }
      const { code, message, hint } = describeStop(stop);
      throw new GemelError(code, message, { hint });
    }
    this.#motion.observe(this.#lanes);
    memory.setNote(0, frameLayout.beliefMs, this.#startMs + this.elapsedSeconds * 1000);
    memory.setNote(0, frameLayout.ticks, memory.note(0, frameLayout.ticks) + 1);
    this.#snapshot = undefined;
  }

  state(name: string): number {
    const { states } = this.#view.model;
    const at = this.#find('state', states, name);
    return fromSi(this.#memory.slot(0, this.#memory.layout.states + at), present(states[at]).unit);
  }

  output(name: string): number {
    const { outputs } = this.#view.model;
    const at = this.#find('output', outputs, name);
    return fromSi(this.#memory.slot(0, this.#memory.layout.outputs + at), present(outputs[at]).unit);
  }

  expected(name: string): number {
    const { measurements } = this.#view.model;
    const at = this.#find('measurement', measurements, name);
    return fromSi(this.#memory.slot(0, this.#memory.layout.predictions + at), present(measurements[at]).unit);
  }

  compare(name: string, value: number): number {
    const { measurements } = this.#view.model;
    const at = this.#find('measurement', measurements, name);
    const signal = present(measurements[at]);
    const si = checkedSi('measurement', signal, value);
    const memory = this.#memory;
    const { frameLayout } = memory;
    const innovation = si - memory.slot(0, memory.layout.predictions + at);
    memory.setNote(0, frameLayout.measured + at, si);
    memory.setNote(0, frameLayout.measuredTimes + at, memory.note(0, frameLayout.beliefMs));
    memory.setNote(0, frameLayout.innovations + at, innovation);
    this.#snapshot = undefined;
    return fromSiDifference(innovation, signal.unit);
  }

  update(values: Readonly<Partial<Record<string, number>>>): Record<string, Correction> {
    this.#needInputs();
    const memory = this.#memory;
    const { measurements } = this.#view.model;
    for (const name of Object.keys(values)) this.#find('measurement', measurements, name);
    const given = measurements.flatMap((signal, at) => {
      const value = values[signal.name];
      return value === undefined ? [] : [{ at, signal, si: checkedSi('measurement', signal, value) }];
    });
    memory.remember();
    const corrections = given.map(
      ({ at, signal, si }) => [signal.name, this.#correct(at, signal, si)] as const,
    );
    this.#motion.observe(this.#lanes);
    this.#snapshot = undefined;
    if (!this.#isFinite()) {
      memory.undo(0);
      this.#motion.observe(this.#lanes);
      throw new GemelError('STEP_NOT_FINITE', 'the belief would leave the finite numbers');
    }
    return Object.fromEntries(corrections);
  }

  deviation(name: string): number {
    const { states } = this.#view.model;
    const at = this.#find('state', states, name);
    const { belief } = this.#motion;
    if (belief === undefined) return 0;
    return fromSiDifference(this.#memory.slot(0, belief.layout.deviations + at), present(states[at]).unit);
  }

  snapshot(): Snapshot {
    this.#snapshot ??= createSnapshot(this.#id, this.#view, { values: this.#memory.frameOf(0), lanes: 1 }, 0);
    return this.#snapshot;
  }

  get #lanes(): LaneList {
    return this.#lane.only(this.#memory, 0);
  }

  #needInputs(): void {
    const memory = this.#memory;
    if (!memory.hasAllInputs(0)) {
      const { inputs } = memory.layout;
      const missing = memory.model.inputs.filter((_, i) => Number.isNaN(memory.slot(0, inputs + i)));
      const names = missing.map(({ name }) => `\`${name}\``).join(', ');
      throw new GemelError('TWIN_WAITING', `the twin has no value yet for ${names}`, {
        hint: 'call `set` first',
      });
    }
    memory.start(0);
  }

  /** Works in one sample, SI, and notes it. */
  #correct(at: number, { unit }: Signal, si: number): Correction {
    const memory = this.#memory;
    const { frameLayout, layout } = memory;
    const { belief } = this.#motion;
    let innovation = si - memory.slot(0, layout.predictions + at);
    let deviation = Number.NaN;
    let rejected = false;
    if (belief !== undefined) {
      memory.setSlot(0, belief.layout.measured + at, si);
      belief.correct(this.#lanes, at);
      innovation = memory.slot(0, belief.layout.innovations + at);
      deviation = memory.slot(0, belief.layout.innovationDeviations + at);
      rejected = memory.slot(0, belief.layout.rejected + at) === 1;
    }
    memory.setNote(0, frameLayout.measured + at, si);
    memory.setNote(0, frameLayout.measuredTimes + at, memory.note(0, frameLayout.beliefMs));
    memory.setNote(0, frameLayout.innovations + at, innovation);
    memory.setNote(0, frameLayout.deviations + at, deviation);
    memory.setNote(0, frameLayout.rejected + at, rejected ? 1 : 0);
    return {
      innovation: fromSiDifference(innovation, unit),
      deviation: fromSiDifference(deviation, unit),
      rejected,
    };
  }

  #isFinite(): boolean {
    const memory = this.#memory;
    const { layout, model } = memory;
    const deviations = this.#motion.belief?.layout.deviations;
    return model.states.every(
      (_, i) =>
        Number.isFinite(memory.slot(0, layout.states + i)) &&
        (deviations === undefined || Number.isFinite(memory.slot(0, deviations + i))),
    );
  }

  #toSi(
    kind: string,
    signals: readonly Signal[],
    values: Readonly<Partial<Record<string, number>>> = {},
  ): Record<string, number> {
    const given = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined);
    return Object.fromEntries(
      given.map(([name, value]) => [
        name,
        checkedSi(kind, present(signals[this.#find(kind, signals, name)]), value),
      ]),
    );
  }

  #find(kind: string, signals: readonly Signal[], name: string): number {
    const at = signals.findIndex((signal) => signal.name === name);
    if (at >= 0) return at;
    const names = signals.map((signal) => signal.name);
    const hint = didYouMean(name, names) ?? `${kind}s: ${names.join(', ') || 'none'}`;
    throw new GemelError('SIGNAL_UNKNOWN', `${this.#view.model.id} has no ${kind} \`${name}\``, { hint });
  }
}

function checkedSi(kind: string, { name, unit, min, max }: Signal, value: number): number {
  const si = toSi(value, unit);
  if (Number.isFinite(si) && !(si < (min ?? si)) && !(si > (max ?? si))) return si;
  const bounds = `${min === undefined ? 'any' : fromSi(min, unit)} to ${max === undefined ? 'any' : fromSi(max, unit)}`;
  throw new GemelError(
    'VALUE_OUT_OF_BOUNDS',
    `${kind} \`${name}\` must be ${bounds} ${unit.symbol}, got ${value}`,
  );
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a signal that was found is not there');
  return value;
}
