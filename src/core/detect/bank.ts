/**
 * Shadows of one twin: lanes of one block, begun from one belief, that are told the same samples.
 *
 * Lane i does without sensor i, the lane after those uses all, those after it each let a state jump. What a lane makes of
 * the sensor that it does not use is found by correcting a copy of it in the last lane, which is then forgotten.
 *
 * Source  Gill, Golub, Murray & Saunders, Methods for Modifying Matrix Factorizations, Math. Comp. 28 (1974), C3: how a
 *         variance is added to a triangular factor
 */

import { placeInFactor } from '../estimate/index.ts';
import type { Estimator } from '../estimate/index.ts';
import type { Channel } from './channel.ts';

export interface BankSample {
  /** Seconds since the twin's start. */
  readonly time: number;
  readonly kind: 'input' | 'measurement';
  readonly index: number;
  /** SI. */
  readonly value: number;
}

export interface BankTick {
  /** Ascending in time; those of other ticks are passed over. */
  readonly samples: readonly BankSample[];
  readonly tickSeconds: number;
  /** Innovations are kept from here on. */
  readonly since: number;
}

interface OpenChannel extends Channel {
  readonly times: number[];
  readonly values: number[];
  readonly innovations: number[];
  readonly deviations: number[];
}

interface Lanes {
  readonly belief: Float64Array;
  /** The belief's standard deviations are taken so many times. */
  readonly doubt: number;
  /** By sensor: innovations are usually so many times their standard deviation. */
  readonly spreads: readonly number[];
  readonly measurements: readonly number[];
  readonly jumps: readonly number[];
}

export class Bank {
  /** By sensor: what the lane that uses all made of the samples before `since`. */
  readonly before: readonly OpenChannel[];
  /** By lane and sensor, from `since` on. */
  readonly channels: readonly (readonly OpenChannel[])[];
  /** The lane that uses all. */
  readonly full: number;
  readonly #jumps: readonly number[];
  readonly #spreads: readonly number[];
  readonly #estimator: Estimator;
  readonly #measurements: readonly number[];
  readonly #capacity: number;
  readonly #memory: Float64Array;

  constructor(estimator: Estimator, { belief, doubt, spreads, measurements, jumps }: Lanes) {
    this.#estimator = estimator;
    this.#measurements = measurements;
    this.#jumps = jumps;
    this.#spreads = spreads;
    this.full = measurements.length;
    this.#capacity = this.full + jumps.length + 2;
    this.#memory = estimator.allocate(this.#capacity);
    this.channels = Array.from({ length: this.#capacity - 1 }, () => measurements.map(emptyChannel));
    this.before = measurements.map(emptyChannel);
    const { factor, estimated } = estimator.layout;
    for (let slot = 0; slot < estimator.layout.slots; slot++) {
      const first = slot * this.#capacity;
      const isFactor = slot >= factor && slot < factor + placeInFactor(estimated.length, 0);
      const value = (belief[slot] ?? NaN) * (isFactor ? doubt : 1);
      this.#memory.fill(value, first, first + this.#capacity);
    }
  }

  get time(): number {
    return this.#memory[this.#estimator.layout.time * this.#capacity] ?? NaN;
  }

  /** Mean and standard deviation of a state in a lane. */
  state(index: number, lane: number): readonly [number, number] {
    const { states, deviations } = this.#estimator.layout;
    const at = (slot: number) => this.#memory[slot * this.#capacity + lane] ?? NaN;
    return [at(states + index), at(deviations + index)];
  }

  /** Adds `reach` squared to the variance of the state that the lane of jump i lets jump. */
  loosen(jump: number, reach: number): void {
    const { estimated, factor } = this.#estimator.layout;
    const row = estimated.indexOf(this.#jumps[jump] ?? -1);
    if (row < 0) return;
    const x = new Float64Array(estimated.length);
    x[row] = reach;
    const lane = this.full + 1 + jump;
    const place = (i: number, j: number) => (factor + placeInFactor(i, j)) * this.#capacity + lane;
    addToFactor(this.#memory, place, x);
  }

  tick({ samples, tickSeconds, since }: BankTick, from: number): void {
    const estimator = this.#estimator;
    const { layout } = estimator;
    const substeps = estimator.substeps(tickSeconds);
    const step = tickSeconds / substeps;
    this.#write(layout.tickSeconds, tickSeconds);
    this.#write(layout.stepSeconds, step);
    const shadows = this.#select(0, this.#capacity - 1);
    estimator.beginTick(shadows);
    let done = 0;
    const advance = (to: number): void => {
      if (to > done) estimator.predict(shadows, to - done);
      done = to;
    };
    const last: BankSample[] = [];
    for (const sample of samples) {
      const at = Math.round((sample.time - from) / step);
      if (sample.kind === 'input') {
        if (at < 0 || at >= substeps) continue;
        advance(at);
        this.#write(layout.inputs + sample.index, sample.value);
      } else if (at === substeps) last.push(sample);
      else if (at > 0 && at < substeps) {
        advance(at);
        this.#correct(sample, since);
      }
    }
    advance(substeps);
    estimator.endTick(shadows);
    for (const sample of last) this.#correct(sample, since);
    estimator.observe(shadows);
  }

  #correct({ index, value, time }: BankSample, since: number): void {
    const sensor = this.#measurements.indexOf(index);
    if (sensor < 0) return;
    const estimator = this.#estimator;
    const { measured } = estimator.layout;
    const capacity = this.#capacity;
    const trial = capacity - 1;
    for (let slot = 0; slot < estimator.layout.slots; slot++)
      this.#memory[slot * capacity + trial] = this.#memory[slot * capacity + sensor] ?? NaN;
    this.#write(measured + index, value);
    // The lane that does without this sensor stands aside, the copy takes its place.
    this.#memory[(measured + index) * capacity + sensor] = NaN;
    estimator.correct(this.#select(0, capacity), index);
    if (time < since) return this.#keep(this.before[sensor], { index, value, time }, this.full);
    for (const [lane, channels] of this.channels.entries())
      this.#keep(channels[sensor], { index, value, time }, lane === sensor ? trial : lane);
  }

  #keep(channel: OpenChannel | undefined, sample: Omit<BankSample, 'kind'>, lane: number): void {
    const { innovations, innovationDeviations } = this.#estimator.layout;
    const at = (slot: number) => this.#memory[slot * this.#capacity + lane] ?? NaN;
    // A sample that is not valid has no deviation, and says nothing.
    if (!(at(innovationDeviations + sample.index) > 0)) return;
    channel?.times.push(sample.time);
    channel?.values.push(sample.value);
    channel?.innovations.push(at(innovations + sample.index));
    const spread = this.#spreads[this.#measurements.indexOf(sample.index)] ?? 1;
    channel?.deviations.push(spread * at(innovationDeviations + sample.index));
  }

  #write(slot: number, value: number): void {
    this.#memory.fill(value, slot * this.#capacity, (slot + 1) * this.#capacity);
  }

  #select(from: number, to: number) {
    const lanes = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    return { memory: this.#memory, capacity: this.#capacity, lanes, count: to - from };
  }
}

/**
 * P + x·xᵀ in place of P = S·Sᵀ, by rotating x into S column by column.
 */
function addToFactor(memory: Float64Array, place: (i: number, j: number) => number, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    const s = memory[place(j, j)] ?? 0;
    const r = Math.hypot(s, x[j] ?? 0);
    if (r === 0) continue;
    const cosine = s / r;
    const sine = (x[j] ?? 0) / r;
    for (let i = j; i < x.length; i++) {
      const [below = 0, rest = 0] = [memory[place(i, j)], x[i]];
      memory[place(i, j)] = cosine * below + sine * rest;
      x[i] = cosine * rest - sine * below;
    }
  }
}

function emptyChannel(): OpenChannel {
  return { times: [], values: [], innovations: [], deviations: [] };
}
