/** A twin stepped by hand, to look at its block between the parts of a tick. */

import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import type { Model } from '../../../src/core/model/index.ts';
import type { Stepper } from '../../../src/core/solve/index.ts';
import { createStepper } from '../../../src/core/solve/index.ts';

export class Bench {
  readonly model: Model;
  readonly stepper: Stepper;
  memory: Float64Array;

  constructor(model: Model) {
    this.model = model;
    this.stepper = createStepper(model, { backend: javascriptBackend });
    this.memory = new Float64Array(this.stepper.layout.slots);
    this.stepper.initialise(this.memory, 1, 0, {
      parameters: Float64Array.from(model.parameters, ({ value }) => value),
      inputs: Float64Array.from(model.inputs, (input) => input.default ?? 0),
      states: Float64Array.from(model.states, ({ start }) => start),
    });
  }

  get time(): number {
    return this.memory[this.stepper.layout.time] ?? NaN;
  }

  get finite(): boolean {
    return this.memory[this.stepper.layout.finite] === 1;
  }

  /** One whole tick. */
  tick(tickSeconds: number): this {
    const { stepper, memory } = this;
    const substeps = stepper.substeps(tickSeconds);
    memory[stepper.layout.tickSeconds] = tickSeconds;
    memory[stepper.layout.stepSeconds] = tickSeconds / substeps;
    const lanes = { memory, capacity: 1, from: 0, to: 1 };
    stepper.beginTick(lanes);
    for (let i = 0; i < substeps; i++) stepper.substep(lanes);
    stepper.endTick(lanes);
    stepper.observe(lanes);
    return this;
  }

  state(name: string): number {
    return this.#read(this.stepper.layout.states, this.#stateIndex(name));
  }

  set(input: string, value: number): this {
    const index = this.model.inputs.findIndex(({ name }) => name === input);
    this.memory[this.stepper.layout.inputs + index] = value;
    return this;
  }

  held(name: string): { min: number; max: number } {
    const { heldMin, heldMax } = this.stepper.layout;
    const index = this.#stateIndex(name);
    return { min: this.#read(heldMin, index), max: this.#read(heldMax, index) };
  }

  fired(index = 0): number {
    return this.#read(this.stepper.layout.fired, index);
  }

  output(index = 0): number {
    return this.#read(this.stepper.layout.outputs, index);
  }

  #stateIndex(wanted: string): number {
    return this.model.states.findIndex(({ name }) => name === wanted);
  }

  #read(group: number, index: number): number {
    return this.memory[group + index] ?? NaN;
  }
}
