/**
 * One twin run alone, from its start to a given time, as fast as it goes.
 *
 * `simulate` does it in one call; `startSimulation` in pieces, for a caller that shows progress or may be interrupted.
 */

import { GemelError } from '../diagnose/index.ts';
import type { Backend } from '../kernel/index.ts';
import { defaultBackend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import type { InputFunction, StartOptions } from './start.ts';
import { checked, startValues } from './start.ts';
import type { Stepper } from './stepper.ts';
import { createStepper } from './stepper.ts';
import type { Stop } from './stop.ts';
import { stopOf } from './stop.ts';
import type { Trajectory } from './trajectory.ts';
import { Recorder } from './trajectory.ts';

export interface SimulationOptions extends StartOptions {
  /** How long to simulate; the last tick is shorter if this is not a whole number of ticks. */
  readonly seconds: number;
  /** Default: half a second, or what divides `everySeconds` evenly and is no longer. */
  readonly tickSeconds?: number;
  /** Time between two recorded rows, a whole multiple of the tick; default: every tick. The end is always recorded. */
  readonly everySeconds?: number;
  readonly backend?: Backend;
}

export interface SimulateOptions extends SimulationOptions {
  /** Called about a hundred times, after the rows so far have been recorded. */
  readonly onProgress?: (progress: { readonly timeSeconds: number; readonly seconds: number }) => void;
}

/**
 * Simulates a model from its start values.
 *
 * @throws GemelError see {@link startSimulation}.
 */
export function simulate(model: Model, options: SimulateOptions): Trajectory {
  const simulation = startSimulation(model, options);
  const { seconds } = options;
  for (let part = 1; !simulation.done; part++) {
    simulation.advance((seconds * part) / 100);
    options.onProgress?.({ timeSeconds: simulation.timeSeconds, seconds });
  }
  return simulation.trajectory();
}

/**
 * Sets up a simulation and records its start.
 *
 * @throws GemelError `SIGNAL_UNKNOWN`, `INPUT_MISSING`, `VALUE_OUT_OF_BOUNDS` for the values given; `DURATION_RANGE`
 * for times that are not positive or do not fit each other; `SIMULATION_TOO_LARGE` for more than five million values.
 */
export function startSimulation(model: Model, options: SimulationOptions): Simulation {
  const schedule = scheduleOf(options);
  const stepper = createStepper(model, { backend: options.backend ?? defaultBackend() });
  const rows =
    Math.floor(schedule.ticks / schedule.ticksPerRow) + (schedule.ticks % schedule.ticksPerRow ? 2 : 1);
  return new Simulation(model, options, {
    ...schedule,
    stepper,
    recorder: new Recorder(model, stepper.layout, rows),
  });
}

interface Schedule {
  readonly ticks: number;
  readonly ticksPerRow: number;
  readonly tickSeconds: number;
  readonly lastTickSeconds: number;
}

interface Parts extends Schedule {
  readonly stepper: Stepper;
  readonly recorder: Recorder;
}

/** A simulation under way. */
export class Simulation {
  readonly #model: Model;
  readonly #inputAt: InputFunction | undefined;
  readonly #parts: Parts;
  readonly #inputs: Float64Array;
  readonly #memory: Float64Array;
  /** The block as it was before the substeps of a tick. */
  readonly #before: Float64Array;
  readonly #lanes: { readonly memory: Float64Array; readonly capacity: 1; readonly from: 0; readonly to: 1 };
  readonly #fired: number[];
  #tick = 0;
  #stopped: Stop | undefined;

  constructor(model: Model, options: StartOptions, parts: Parts) {
    this.#model = model;
    this.#inputAt = options.inputAt;
    this.#parts = parts;
    const { stepper, recorder } = parts;
    const values = startValues(model, options);
    this.#inputs = values.inputs;
    this.#memory = stepper.allocate(1);
    this.#before = new Float64Array(this.#memory.length);
    this.#lanes = { memory: this.#memory, capacity: 1, from: 0, to: 1 };
    this.#fired = model.whens.map(() => 0);
    const inputs = Float64Array.from(model.inputs, (_, index) => this.#inputNow(index, 0));
    stepper.initialise(this.#memory, 1, 0, { ...values, inputs });
    this.#memory[stepper.layout.tickSeconds] = parts.tickSeconds;
    stepper.observe(this.#lanes);
    recorder.record(this.#memory);
  }

  get timeSeconds(): number {
    return this.#read(this.#parts.stepper.layout.time);
  }

  /** Whether the end is reached, or a state was not finite. */
  get done(): boolean {
    return this.#stopped !== undefined || this.#tick >= this.#parts.ticks;
  }

  /**
   * Runs whole ticks until the time is reached or the simulation is done.
   *
   * @throws GemelError `VALUE_OUT_OF_BOUNDS` if `inputAt` gives a value that is not finite or outside its bounds.
   */
  advance(untilSeconds: number): void {
    const { tickSeconds } = this.#parts;
    const until = untilSeconds - 1e-9 * tickSeconds;
    while (!this.done && this.#tick * tickSeconds < until) this.#runTick();
  }

  /** What has been recorded so far, copied. */
  trajectory(): Trajectory {
    const trajectory = { ...this.#parts.recorder.rows(), fired: [...this.#fired] };
    return this.#stopped === undefined ? trajectory : { ...trajectory, stopped: this.#stopped };
  }

  #runTick(): void {
    const { stepper, ticks, ticksPerRow, recorder } = this.#parts;
    const { layout } = stepper;
    const tickSeconds = this.#tick + 1 === ticks ? this.#parts.lastTickSeconds : this.#parts.tickSeconds;
    const substeps = stepper.substeps(tickSeconds);
    const stepSeconds = tickSeconds / substeps;
    this.#memory[layout.tickSeconds] = tickSeconds;
    this.#memory[layout.stepSeconds] = stepSeconds;
    if (this.#inputAt !== undefined) {
      const time = this.timeSeconds;
      for (const index of this.#model.inputs.keys()) {
        this.#memory[layout.inputs + index] = this.#inputNow(index, time);
      }
    }
    stepper.beginTick(this.#lanes);
    // One call for all is the fastest; where it fails, one after another tells when.
    this.#before.set(this.#memory);
    stepper.substep(this.#lanes, substeps);
    if (this.#read(layout.finite) !== 1) {
      this.#memory.set(this.#before);
      for (let step = 0; step < substeps; step++) {
        stepper.substep(this.#lanes);
        if (this.#stopIfNotFinite()) return;
      }
    }
    stepper.endTick(this.#lanes);
    if (this.#stopIfNotFinite()) return;
    stepper.observe(this.#lanes);
    for (const index of this.#fired.keys()) {
      this.#fired[index] = (this.#fired[index] ?? 0) + this.#read(layout.fired + index);
    }
    this.#tick++;
    if (this.#tick % ticksPerRow === 0 || this.#tick === ticks) recorder.record(this.#memory);
  }

  #inputNow(index: number, timeSeconds: number): number {
    const input = this.#model.inputs[index];
    const constant = this.#inputs[index] ?? NaN;
    const value = input && this.#inputAt?.(input.name, timeSeconds);
    return input && value !== undefined ? checked('input', input, value) : constant;
  }

  #stopIfNotFinite(): boolean {
    const { layout } = this.#parts.stepper;
    this.#stopped = stopOf(this.#model, layout, (slot) => this.#read(slot));
    return this.#stopped !== undefined;
  }

  #read(slot: number): number {
    return this.#memory[slot] ?? NaN;
  }
}

function scheduleOf({ seconds, ...options }: SimulationOptions): Schedule {
  const { everySeconds, tickSeconds = defaultTick(seconds, everySeconds) } = options;
  for (const [name, value] of Object.entries({
    seconds,
    tickSeconds,
    everySeconds: everySeconds ?? tickSeconds,
  })) {
    if (value > 0 && value < Infinity) continue;
    throw new GemelError(
      'DURATION_RANGE',
      `\`${name}\` is ${value}, and must be a positive number of seconds`,
    );
  }
  const ratio = (everySeconds ?? tickSeconds) / tickSeconds;
  const ticksPerRow = Math.round(ratio);
  if (!(ticksPerRow >= 1 && Math.abs(ratio - ticksPerRow) <= 1e-9 * ticksPerRow)) {
    throw new GemelError(
      'DURATION_RANGE',
      `\`everySeconds\` is ${everySeconds}, and must be a whole multiple of \`tickSeconds\`, ${tickSeconds}`,
    );
  }
  const whole = Math.round(seconds / tickSeconds);
  const isWhole = whole >= 1 && Math.abs(seconds / tickSeconds - whole) <= 1e-9 * whole;
  const ticks = isWhole ? whole : Math.ceil(seconds / tickSeconds);
  const lastTickSeconds = isWhole ? tickSeconds : seconds - (ticks - 1) * tickSeconds;
  return { ticks, ticksPerRow, tickSeconds, lastTickSeconds };
}

function defaultTick(seconds: number, everySeconds: number | undefined): number {
  if (everySeconds === undefined) return Math.min(0.5, seconds);
  return everySeconds / Math.max(1, Math.ceil((everySeconds / 0.5) * (1 - 1e-9)));
}
