/**
 * What a block tells about its lanes: events on edges, refusals, and the trial of a quarantined lane that a new
 * sample gives another chance.
 */

import type { Signal, When } from '../../core/model/index.ts';
import { describeStop, stopOf } from '../../core/solve/index.ts';
import { fromSi, fromSiDifference } from '../../core/units/index.ts';
import { formatSpan } from '../basics/index.ts';
import type { Reporter, ShardEvent, ShardReason } from '../protocol/index.ts';
import { hasListened, severities } from '../snapshot/index.ts';
import type { BlockMemory } from './memory.ts';
import { isCountedElsewhere, type QueuedSample } from './samples.ts';
import type { LaneSide } from './side.ts';

const bounds = ['min', 'max'] as const;

interface BoundedState {
  readonly state: Signal;
  readonly bound: 'min' | 'max';
  /** SI. */
  readonly limit: number;
  /** The slot of its held flag. */
  readonly slot: number;
  /** Where in `Told.held`. */
  readonly told: number;
}

export class LaneEvents {
  readonly #memory: BlockMemory;
  readonly #sides: readonly LaneSide[];
  readonly #reporter: Reporter;
  readonly #bounded: readonly BoundedState[];
  readonly #trials = new Set<number>();

  /** @param sides - by lane; the block changes them. */
  constructor(memory: BlockMemory, sides: readonly LaneSide[], reporter: Reporter) {
    this.#memory = memory;
    this.#sides = sides;
    this.#reporter = reporter;
    this.#bounded = boundedStates(memory);
  }

  /** Lets a quarantined lane run in this tick. */
  trial(lane: number): void {
    this.#trials.add(lane);
  }

  /** Whether the lane was on trial; it no longer is. */
  endTrial(lane: number): boolean {
    return this.#trials.size > 0 && this.#trials.delete(lane);
  }

  /** Why the lane could not take its tick, for a message. To be asked before the lane is put back. */
  causeOfStop(lane: number): string {
    const { model, layout } = this.#memory;
    const stop = stopOf(model, layout, (slot) => this.#memory.slot(lane, slot));
    if (stop === undefined || stop.reason === 'not-finite')
      return `${offenderOf(this.#memory, lane)} left the finite numbers`;
    return describeStop(stop).message;
  }

  quarantined(lane: number, cause: string, atMs: number): void {
    this.#count(lane, 'quarantines', 1);
    const message = `${cause}; the twin stands at its last good belief`;
    this.tell(lane, { kind: 'quarantined', timeMs: atMs, message });
  }

  recovered(lane: number, stoodMs: number, atMs: number): void {
    this.tell(lane, {
      kind: 'recovered',
      timeMs: atMs,
      message: `the twin runs again, after it stood still for ${formatSpan(stoodMs)}`,
    });
  }

  /** A lane moved: tells bounds that took hold or let go, and `when` clauses that fired. */
  moved(lane: number, atMs: number): void {
    const told = this.#sides[lane]?.told;
    if (told === undefined) return;
    for (const bounded of this.#bounded) {
      const held = this.#memory.slot(lane, bounded.slot) === 1 ? 1 : 0;
      if (held !== told.held[bounded.told]) this.#boundChanged(lane, bounded, held === 1, atMs);
      told.held[bounded.told] = held;
    }
    this.movedAgain(lane, atMs);
  }

  /** A lane made a tick, perhaps once more: tells `when` clauses that fired, if they are news. */
  movedAgain(lane: number, atMs: number): void {
    const memory = this.#memory;
    const firedMs = this.#sides[lane]?.told.firedMs;
    if (firedMs === undefined) return;
    for (let i = 0; i < memory.model.whens.length; i++) {
      const fired = memory.slot(lane, memory.layout.fired + i);
      const when = memory.model.whens[i];
      if (!(fired > 0) || when === undefined || !(atMs > (firedMs[i] ?? 0))) continue;
      firedMs[i] = atMs;
      this.#fired(lane, when, fired, atMs);
    }
  }

  /** Tells sensors that fell silent or came back, and those whose samples the gate leaves out or lets in again. */
  sensed(lane: number, atMs: number): void {
    const told = this.#sides[lane]?.told;
    if (told === undefined) return;
    const { model, frameLayout } = this.#memory;
    for (let i = 0; i < model.measurements.length; i++) {
      const silent = this.#isSilent(lane, i, atMs) ? 1 : 0;
      const rejected = this.#memory.note(lane, frameLayout.rejected + i) === 1 ? 1 : 0;
      if (silent !== told.silent[i]) this.#silenceChanged(lane, i, silent === 1, atMs);
      if (rejected !== told.rejected[i]) this.#rejectionChanged(lane, i, rejected === 1, atMs);
      told.silent[i] = silent;
      told.rejected[i] = rejected;
    }
  }

  widened(lane: number, measurement: number, atMs: number): void {
    const { model } = this.#memory;
    const name = model.measurements[measurement]?.name ?? '?';
    const message = `${model.filter.patience} samples of \`${name}\` in a row were too far off to be true; now they are believed, and the twin follows`;
    this.tell(lane, { kind: 'widened', timeMs: atMs, message, subject: name });
  }

  diverged(lane: number, why: string, atMs: number): void {
    this.#count(lane, 'divergences', 1);
    const message = `${why}; the belief begins anew from the last consistent one, with the uncertainty of the start`;
    this.tell(lane, { kind: 'diverged', timeMs: atMs, message });
  }

  #isSilent(lane: number, measurement: number, atMs: number): boolean {
    const { frameLayout } = this.#memory;
    if (this.#memory.note(lane, frameLayout.silent + measurement) !== 1) return false;
    const usualMs = this.#memory.note(lane, frameLayout.intervals + measurement);
    const isTold = this.#sides[lane]?.told.silent[measurement] === 1;
    return isTold || hasListened(this.#reporter.listensFromMs, { atMs, usualMs });
  }

  #silenceChanged(lane: number, measurement: number, isSilent: boolean, atMs: number): void {
    const { frameLayout, model } = this.#memory;
    const name = model.measurements[measurement]?.name ?? '?';
    const usual = formatSpan(this.#memory.note(lane, frameLayout.intervals + measurement));
    const since = formatSpan(atMs - this.#memory.note(lane, frameLayout.measuredTimes + measurement));
    const [kind, message] = isSilent
      ? ([
          'sensor-silent',
          `\`${name}\` has said nothing for ${since}; usually it does every ${usual}`,
        ] as const)
      : (['sensor-back', `\`${name}\` is heard again`] as const);
    this.tell(lane, { kind, timeMs: atMs, message, subject: name });
  }

  #rejectionChanged(lane: number, measurement: number, isRejected: boolean, atMs: number): void {
    const { frameLayout, model } = this.#memory;
    const signal = model.measurements[measurement];
    if (signal === undefined) return;
    const { name, unit } = signal;
    const innovation = this.#memory.note(lane, frameLayout.innovations + measurement);
    const far = Math.abs(innovation / this.#memory.note(lane, frameLayout.deviations + measurement));
    const off = `${Number(fromSiDifference(innovation, unit).toPrecision(3))} ${unit.symbol}`;
    const [kind, message] = isRejected
      ? ([
          'sensor-rejected',
          `\`${name}\` is ${off} off what is expected, ${far < 10 ? far.toPrecision(2) : Math.round(far)} standard deviations, and is left out`,
        ] as const)
      : (['sensor-accepted', `\`${name}\` fits again what is expected`] as const);
    this.tell(lane, { kind, timeMs: atMs, message, subject: name });
  }

  #boundChanged(lane: number, { state, bound, limit }: BoundedState, held: boolean, atMs: number): void {
    if (held) this.#count(lane, 'heldBounds', 1);
    const where = `its ${bound === 'min' ? 'lower' : 'upper'} bound of ${inUnit(limit, state)}`;
    const [kind, verb] = held
      ? (['bound-held', 'is held at'] as const)
      : (['bound-released', 'left'] as const);
    this.tell(lane, {
      kind,
      timeMs: atMs,
      message: `\`${state.name}\` ${verb} ${where}`,
      subject: state.name,
    });
  }

  #fired(lane: number, { name, message, severity }: When, times: number, atMs: number): void {
    this.#count(lane, 'raised', times);
    if (message === undefined) return;
    const twin = this.#sides[lane]?.twin.index ?? -1;
    this.#reporter.event({ twin, timeMs: atMs, kind: 'raised', severity, message, subject: name });
  }

  overflow(lane: number, evicted: QueuedSample, atMs: number): void {
    this.refuse(lane, 'queue-full', evicted, atMs);
    const limit = this.#sides[lane]?.twin.queueLimit ?? 0;
    const name = this.#signalName(evicted.signal);
    const message = `${limit} samples wait for their tick; the oldest of \`${name}\` made room`;
    this.tell(lane, { kind: 'queue-overflow', timeMs: atMs, message, subject: name });
  }

  refuse(
    lane: number,
    reason: ShardReason,
    { signal, timeMs, value, receivedMs }: QueuedSample,
    atMs: number,
  ): void {
    if (isCountedElsewhere(receivedMs)) return;
    this.#reporter.refuse({ reason, atMs, twin: this.#sides[lane]?.twin.index ?? -1, signal, timeMs, value });
  }

  resumed(lane: number, gapMs: number, atMs: number): void {
    this.tell(lane, {
      kind: 'resumed',
      timeMs: atMs,
      message: `the twin goes on from its checkpoint, after ${formatSpan(gapMs)} away`,
    });
  }

  afresh(lane: number, why: string, atMs: number): void {
    this.tell(lane, { kind: 'afresh', timeMs: atMs, message: `the twin begins anew: ${why}` });
  }

  #count(lane: number, what: 'quarantines' | 'divergences' | 'heldBounds' | 'raised', times: number): void {
    if (this.#sides[lane]?.isShadow !== true) this.#reporter.counters[what] += times;
  }

  #signalName(signal: number): string {
    const { inputs, measurements } = this.#memory.model;
    return (inputs[signal] ?? measurements[signal - inputs.length])?.name ?? '?';
  }

  /** Tells an event of a lane's twin. */
  tell(lane: number, event: Omit<ShardEvent, 'twin' | 'severity'>): void {
    this.#reporter.event({
      twin: this.#sides[lane]?.twin.index ?? -1,
      severity: severities[event.kind],
      ...event,
    });
  }
}

/** The state that left the finite numbers, for a message. To be asked before the lane is put back. */
export function offenderOf(memory: BlockMemory, lane: number): string {
  const name = memory.model.states[memory.slot(lane, memory.layout.offender)]?.name;
  return name === undefined ? 'a state' : `\`${name}\``;
}

function boundedStates({ model, layout }: BlockMemory): BoundedState[] {
  return model.states.flatMap((state, index) =>
    bounds.flatMap((bound) => {
      const limit = state[bound];
      if (limit === undefined) return [];
      const [slot, before] = bound === 'min' ? [layout.heldMin, 0] : [layout.heldMax, model.states.length];
      return [{ state, bound, limit, slot: slot + index, told: before + index }];
    }),
  );
}

function inUnit(value: number, { unit }: Signal): string {
  return `${Number(fromSi(value, unit).toPrecision(6))} ${unit.symbol}`;
}
