/**
 * The memory of a block: the slots that the kernel works on, the notes that the engine keeps of each lane, and
 * the copy of before the tick that a lane returns to if the tick went wrong.
 */

import type { Model } from '../core/model/index.ts';
import type { BlockLayout, StartValues, Stepper } from '../core/solve/index.ts';
import { type FrameLayout, frameLayoutOf, statusCodes } from './frame.ts';
import type { ShardTwin } from './messages.ts';

export class BlockMemory {
  readonly model: Model;
  readonly lanes: number;
  readonly layout: BlockLayout;
  readonly frameLayout: FrameLayout;
  /** Slot s of lane j is `slots[s * lanes + j]`. */
  readonly slots: Float64Array;
  /** Note n of lane j is `notes[n * lanes + j]`; n counts from `frameLayout.notes`. */
  readonly notes: Float64Array;
  readonly #stepper: Stepper;
  readonly #before: Float64Array;

  constructor(model: Model, stepper: Stepper, twins: readonly ShardTwin[], beliefMs: number) {
    this.model = model;
    this.lanes = twins.length;
    this.layout = stepper.layout;
    this.frameLayout = frameLayoutOf(model);
    this.slots = stepper.allocate(this.lanes);
    this.#before = new Float64Array(this.slots.length);
    this.notes = new Float64Array((this.frameLayout.columns - this.frameLayout.notes) * this.lanes).fill(
      Number.NaN,
    );
    this.#stepper = stepper;
    for (const [lane, twin] of twins.entries()) {
      stepper.initialise(this.slots, this.lanes, lane, startOf(model, twin));
      this.setNote(lane, this.frameLayout.status, statusCodes.running);
      this.setNote(lane, this.frameLayout.beliefMs, beliefMs);
      this.setNote(lane, this.frameLayout.ticks, 0);
    }
  }

  slot(lane: number, slot: number): number {
    return this.slots[slot * this.lanes + lane] ?? Number.NaN;
  }

  setSlot(lane: number, slot: number, value: number): void {
    this.slots[slot * this.lanes + lane] = value;
  }

  fillSlot(slot: number, value: number): void {
    this.slots.fill(value, slot * this.lanes, (slot + 1) * this.lanes);
  }

  /** `column` is the note's column in a frame. */
  note(lane: number, column: number): number {
    return this.notes[(column - this.frameLayout.notes) * this.lanes + lane] ?? Number.NaN;
  }

  setNote(lane: number, column: number, value: number): void {
    this.notes[(column - this.frameLayout.notes) * this.lanes + lane] = value;
  }

  /** An input without value is NaN; a sample never is. */
  hasAllInputs(lane: number): boolean {
    for (let i = 0; i < this.model.inputs.length; i++) {
      if (Number.isNaN(this.slot(lane, this.layout.inputs + i))) return false;
    }
    return true;
  }

  /**
   * Gives a lane its first tick's footing once its inputs are all there: only now is it known which conditions
   * hold from the start. A lane that has moved before keeps what it has.
   */
  start(lane: number): void {
    if (this.slot(lane, this.layout.time) > 0) return;
    const take = (first: number, count: number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) => this.slot(lane, first + i));
    this.#stepper.initialise(this.slots, this.lanes, lane, {
      parameters: take(this.layout.parameters, this.model.parameters.length),
      inputs: take(this.layout.inputs, this.model.inputs.length),
      states: take(this.layout.states, this.model.states.length),
    });
  }

  /** Remembers all lanes as they are. */
  remember(): void {
    this.#before.set(this.slots);
  }

  /** Returns a lane to what was remembered, but for its inputs: they are what the machine says, good or bad. */
  recall(lane: number): void {
    const { inputs } = this.layout;
    const inputsEnd = inputs + this.model.inputs.length;
    for (let slot = 0; slot < this.layout.slots; slot++) {
      if (slot >= inputs && slot < inputsEnd) continue;
      this.setSlot(lane, slot, this.#before[slot * this.lanes + lane] ?? Number.NaN);
    }
  }

  copyLane(lane: number): Float64Array {
    return Float64Array.from({ length: this.layout.slots }, (_, slot) => this.slot(lane, slot));
  }

  putLane(lane: number, copy: Float64Array): void {
    for (const [slot, value] of copy.entries()) this.setSlot(lane, slot, value);
  }

  /** A new frame of all lanes. */
  frame(): Float64Array<ArrayBuffer> {
    const values = new Float64Array(this.frameLayout.columns * this.lanes);
    for (const [column, slot, count] of this.#copies()) {
      values.set(this.slots.subarray(slot * this.lanes, (slot + count) * this.lanes), column * this.lanes);
    }
    values.set(this.notes, this.frameLayout.notes * this.lanes);
    return values;
  }

  /** A new frame of one lane. */
  frameOf(lane: number): Float64Array<ArrayBuffer> {
    const values = new Float64Array(this.frameLayout.columns);
    for (const [column, slot, count] of this.#copies()) {
      for (let i = 0; i < count; i++) values[column + i] = this.slot(lane, slot + i);
    }
    for (let column = this.frameLayout.notes; column < values.length; column++)
      values[column] = this.note(lane, column);
    return values;
  }

  /** Column, slot and size of the groups that a frame copies from the slots. */
  #copies(): readonly (readonly [number, number, number])[] {
    const { frameLayout: frame, layout, model } = this;
    return [
      [frame.elapsedSeconds, layout.time, 1],
      [frame.states, layout.states, model.states.length],
      [frame.inputs, layout.inputs, model.inputs.length],
      [frame.outputs, layout.outputs, model.outputs.length],
      [frame.predictions, layout.predictions, model.measurements.length],
      [frame.heldMin, layout.heldMin, model.states.length],
      [frame.heldMax, layout.heldMax, model.states.length],
    ];
  }
}

/** Where a twin begins: the model's values, with the twin's own in their place. */
function startOf(model: Model, twin: ShardTwin): StartValues {
  return {
    parameters: Float64Array.from(model.parameters, ({ name, value }) => own(twin.parameters, name) ?? value),
    inputs: Float64Array.from(
      model.inputs,
      (input) => own(twin.inputs, input.name) ?? input.default ?? Number.NaN,
    ),
    states: Float64Array.from(model.states, ({ name, start }) => own(twin.start, name) ?? start),
  };
}

/** Looks up a configured value; `constructor` and its like are names as good as any. */
function own(values: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
