/**
 * The memory of a block: the slots that the kernel works on, the notes that the engine keeps of each lane, and a
 * copy of both from before the tick, to which a lane returns if the tick went wrong or a sample of it came late.
 *
 * There is room for `capacity` lanes, of which the first `lanes` are in use. When it is full its room doubles, between
 * two ticks; a lane that leaves is filled by the last one. Lanes are copied number by number, so that one goes on
 * with the same bits wherever it is.
 */

import type { Model } from '../../core/model/index.ts';
import type { BlockLayout, StartValues } from '../../core/solve/index.ts';
import type { LaneNumbers, ShardTwin } from '../protocol/index.ts';
import { type FrameLayout, frameLayoutOf, statusCodes } from '../snapshot/index.ts';
import { beliefSlots } from './belief-slots.ts';
import type { Motion } from './motion.ts';

export class BlockMemory {
  readonly model: Model;
  readonly layout: BlockLayout;
  readonly frameLayout: FrameLayout;
  readonly #motion: Motion;
  /** The slots that say how a lane goes on; the others follow from them, or from its configuration. */
  readonly #moving: readonly number[];
  #lanes = 0;
  #capacity: number;
  #slots: Float64Array;
  #notes: Float64Array;
  #slotsBefore: Float64Array;
  #notesBefore: Float64Array;

  constructor(model: Model, motion: Motion, twins: readonly ShardTwin[], beliefMs: number) {
    this.model = model;
    this.layout = motion.layout;
    this.frameLayout = frameLayoutOf(model);
    this.#motion = motion;
    this.#moving = movingSlots(model, motion);
    this.#capacity = Math.max(1, twins.length);
    this.#slots = motion.allocate(this.#capacity);
    this.#notes = new Float64Array(this.#noteCount * this.#capacity);
    this.#slotsBefore = new Float64Array(this.#slots.length);
    this.#notesBefore = new Float64Array(this.#notes.length);
    for (const twin of twins) this.#begin(this.#take(), twin, beliefMs);
  }

  /** How many lanes are in use. */
  get lanes(): number {
    return this.#lanes;
  }

  /** How many lanes there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Slot s of lane j is `slots[s * capacity + j]`. Another array once the room has grown. */
  get slots(): Float64Array {
    return this.#slots;
  }

  slot(lane: number, slot: number): number {
    return this.#slots[slot * this.#capacity + lane] ?? Number.NaN;
  }

  setSlot(lane: number, slot: number, value: number): void {
    this.#slots[slot * this.#capacity + lane] = value;
  }

  /** `column` is the note's column in a frame. */
  note(lane: number, column: number): number {
    return this.#notes[(column - this.frameLayout.notes) * this.#capacity + lane] ?? Number.NaN;
  }

  setNote(lane: number, column: number, value: number): void {
    this.#notes[(column - this.frameLayout.notes) * this.#capacity + lane] = value;
  }

  /** Adds a lane with all that it remembers. */
  append({ slots, notes }: LaneNumbers): void {
    const lane = this.#take();
    this.putLane(lane, slots);
    for (let i = 0; i < notes.length; i++) this.#notes[i * this.#capacity + lane] = notes[i] ?? Number.NaN;
  }

  /** Everything that a lane remembers, as numbers. */
  copyOut(lane: number): LaneNumbers {
    const notes = Float64Array.from(
      { length: this.#noteCount },
      (_, i) => this.#notes[i * this.#capacity + lane] ?? Number.NaN,
    );
    return { slots: this.copyLane(lane), notes };
  }

  /** Takes a lane away; the last one moves to its place. */
  remove(lane: number): void {
    this.#lanes--;
    const last = this.#lanes;
    for (const rows of [this.#slots, this.#notes, this.#slotsBefore, this.#notesBefore]) {
      for (let at = 0; at < rows.length; at += this.#capacity)
        rows[at + lane] = rows[at + last] ?? Number.NaN;
    }
  }

  /** An input without value is NaN; a sample never is. */
  hasAllInputs(lane: number): boolean {
    for (let i = 0; i < this.model.inputs.length; i++) {
      if (Number.isNaN(this.slot(lane, this.layout.inputs + i))) return false;
    }
    return true;
  }

  /** A lane runs if it has all its inputs, and waits otherwise. */
  setStatusAtStart(lane: number): void {
    this.setNote(
      lane,
      this.frameLayout.status,
      this.hasAllInputs(lane) ? statusCodes.running : statusCodes.waiting,
    );
  }

  /**
   * Gives a lane its first tick's footing once its inputs are all there: only now is it known which conditions
   * hold from the start. A lane that has moved before keeps what it has.
   */
  start(lane: number): void {
    if (this.slot(lane, this.layout.time) > 0) return;
    this.#beginWhereItIs(lane);
    this.#copyLane(lane, this.#slots, this.#slotsBefore);
  }

  /** Gives a lane the uncertainty of its start again, where it now is. */
  forgetBelief(lane: number): void {
    const belief = this.#motion.belief;
    if (belief === undefined) return;
    const numbers = this.copyLane(lane);
    this.#beginWhereItIs(lane);
    for (let slot = 0; slot < belief.layout.factor; slot++)
      this.setSlot(lane, slot, numbers[slot] ?? Number.NaN);
  }

  /** Remembers all lanes as they are. */
  remember(): void {
    this.#slotsBefore.set(this.#slots);
    this.#notesBefore.set(this.#notes);
  }

  rememberLane(lane: number): void {
    this.#copyLane(lane, this.#slots, this.#slotsBefore);
    this.#copyLane(lane, this.#notes, this.#notesBefore);
  }

  /** Returns a lane to what was remembered, as if the tick had not been. */
  undo(lane: number): void {
    this.#copyLane(lane, this.#slotsBefore, this.#slots);
    this.#copyLane(lane, this.#notesBefore, this.#notes);
  }

  /** Returns a lane to what was remembered, but for its inputs and notes: they are what the machine says, good or bad. */
  recall(lane: number): void {
    const { inputs } = this.layout;
    const inputsEnd = inputs + this.model.inputs.length;
    for (let slot = 0; slot < this.layout.slots; slot++) {
      if (slot >= inputs && slot < inputsEnd) continue;
      this.setSlot(lane, slot, this.#slotsBefore[slot * this.#capacity + lane] ?? Number.NaN);
    }
  }

  /** Takes back that a lane has moved, but not what it was told. */
  undoMotion(lane: number): void {
    this.recall(lane);
    for (const column of [this.frameLayout.beliefMs, this.frameLayout.ticks]) {
      const at = (column - this.frameLayout.notes) * this.#capacity + lane;
      this.#notes[at] = this.#notesBefore[at] ?? Number.NaN;
    }
  }

  /** How many numbers `save` takes. */
  get savedCount(): number {
    return this.#moving.length + this.#noteCount;
  }

  /** All that says how a lane goes on, into an array from a place on; see `load`. */
  save(lane: number, into: Float64Array, from = 0): void {
    let at = from;
    for (const slot of this.#moving) into[at++] = this.slot(lane, slot);
    for (let i = 0; i < this.#noteCount; i++)
      into[at++] = this.#notes[i * this.#capacity + lane] ?? Number.NaN;
  }

  /** Puts a lane back to where it was saved; what `observe` writes is then out of date. */
  load(lane: number, saved: Float64Array): void {
    let at = 0;
    for (const slot of this.#moving) this.setSlot(lane, slot, saved[at++] ?? Number.NaN);
    for (let i = 0; i < this.#noteCount; i++)
      this.#notes[i * this.#capacity + lane] = saved[at++] ?? Number.NaN;
  }

  copyLane(lane: number): Float64Array {
    return Float64Array.from({ length: this.layout.slots }, (_, slot) => this.slot(lane, slot));
  }

  putLane(lane: number, copy: Float64Array): void {
    for (const [slot, value] of copy.entries()) this.setSlot(lane, slot, value);
  }

  /** A frame of all lanes: in `into`, if that has its length, or a new one. */
  frame(into?: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    const lanes = this.#lanes;
    const capacity = this.#capacity;
    const length = this.frameLayout.columns * lanes;
    const values = into?.length === length ? into : new Float64Array(length);
    const copy = (rows: Float64Array, from: number, to: number, count: number): void => {
      for (let i = 0; i < count; i++) {
        const at = (from + i) * capacity;
        values.set(rows.subarray(at, at + lanes), (to + i) * lanes);
      }
    };
    for (const [column, slot, count] of this.#copies()) copy(this.#slots, slot, column, count);
    const { columns, notes } = this.frameLayout;
    copy(this.#notes, 0, notes, columns - notes);
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

  #beginWhereItIs(lane: number): void {
    const take = (first: number, count: number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) => this.slot(lane, first + i));
    this.#motion.initialise(this.#slots, this.#capacity, lane, {
      parameters: take(this.layout.parameters, this.model.parameters.length),
      inputs: take(this.layout.inputs, this.model.inputs.length),
      states: take(this.layout.states, this.model.states.length),
    });
  }

  get #noteCount(): number {
    return this.frameLayout.notesEnd - this.frameLayout.notes;
  }

  /** The number of a new lane. */
  #take(): number {
    if (this.#lanes === this.#capacity) this.#grow();
    return this.#lanes++;
  }

  #begin(lane: number, twin: ShardTwin, beliefMs: number): void {
    const { status, beliefMs: belief, ticks } = this.frameLayout;
    this.#motion.initialise(this.#slots, this.#capacity, lane, startOf(this.model, twin));
    for (let i = 0; i < this.#noteCount; i++) this.#notes[i * this.#capacity + lane] = Number.NaN;
    this.setNote(lane, status, statusCodes.running);
    this.setNote(lane, belief, beliefMs);
    this.setNote(lane, ticks, 0);
  }

  #copyLane(lane: number, from: Float64Array, to: Float64Array): void {
    for (let at = lane; at < from.length; at += this.#capacity) to[at] = from[at] ?? Number.NaN;
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    const spread = (rows: Float64Array, into: Float64Array): Float64Array => {
      for (let from = 0, to = 0; from < rows.length; from += this.#capacity, to += capacity)
        into.set(rows.subarray(from, from + this.#lanes), to);
      return into;
    };
    this.#slots = spread(this.#slots, this.#motion.allocate(capacity));
    this.#notes = spread(this.#notes, new Float64Array(this.#noteCount * capacity));
    this.#slotsBefore = spread(this.#slotsBefore, new Float64Array(this.#slots.length));
    this.#notesBefore = spread(this.#notesBefore, new Float64Array(this.#notes.length));
    this.#capacity = capacity;
  }

  /** Column, slot and size of the groups that a frame copies from the slots. */
  #copies(): readonly (readonly [number, number, number])[] {
    const { frameLayout: frame, layout, model } = this;
    const belief = this.#motion.belief?.layout;
    const uncertainties = [frame.uncertainties, belief?.deviations ?? 0, frame.uncertaintyCount] as const;
    return [
      uncertainties,
      [frame.healthDeviations, belief?.healthDeviations ?? 0, frame.healthDeviationCount],
      [frame.elapsedSeconds, layout.time, 1],
      [frame.states, layout.states, model.states.length],
      [frame.inputs, layout.inputs, model.inputs.length],
      [frame.outputs, layout.outputs, model.outputs.length],
      [frame.predictions, layout.predictions, model.measurements.length],
      [frame.heldMin, layout.heldMin, model.states.length],
      [frame.heldMax, layout.heldMax, model.states.length],
      [frame.whenTruth, layout.whenTruth, model.whens.length],
    ];
  }
}

function movingSlots(model: Model, { layout, belief }: Motion): number[] {
  const group = (first: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => first + i);
  return [
    layout.time,
    layout.timeError,
    ...group(layout.states, model.states.length),
    ...group(layout.inputs, model.inputs.length),
    ...group(layout.heldMin, model.states.length),
    ...group(layout.heldMax, model.states.length),
    ...group(layout.whenTruth, model.whens.length),
    ...group(layout.everyTimers, layout.periods.length),
    ...group(layout.solver, layout.solverSlots),
    ...(belief === undefined ? [] : beliefSlots(belief.layout).map(({ slot }) => slot)),
  ];
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
