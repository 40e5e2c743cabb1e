/**
 * What a block tells about its lanes: events on edges, refusals, and the trial of a quarantined lane that a new
 * sample gives another chance.
 */

import type { Signal, When } from '../core/model/index.ts';
import { describeStop, stopOf } from '../core/solve/index.ts';
import { fromSi } from '../core/units/index.ts';
import type { BlockMemory } from './block-memory.ts';
import { severities } from './event.ts';
import type { ShardEvent, ShardReason, ShardTwin } from './messages.ts';
import type { Reporter } from './reporter.ts';
import type { QueuedSample } from './sample-queue.ts';
import { formatSpan } from './span.ts';

const bounds = ['min', 'max'] as const;

interface BoundedState {
  readonly state: Signal;
  readonly bound: 'min' | 'max';
  /** SI. */
  readonly limit: number;
  /** The slot of its held flag. */
  readonly slot: number;
}

export class LaneEvents {
  readonly #memory: BlockMemory;
  readonly #twins: readonly ShardTwin[];
  readonly #reporter: Reporter;
  readonly #bounded: readonly BoundedState[];
  /** Held flags of the last time, to tell edges: bound b of lane j is at b * lanes + j. */
  readonly #held: Uint8Array;
  readonly #trials = new Set<number>();

  constructor(memory: BlockMemory, twins: readonly ShardTwin[], reporter: Reporter) {
    this.#memory = memory;
    this.#twins = twins;
    this.#reporter = reporter;
    this.#bounded = boundedStates(memory);
    this.#held = new Uint8Array(this.#bounded.length * memory.lanes);
  }

  /** Lets a quarantined lane run in this tick. */
  trial(lane: number): void {
    this.#trials.add(lane);
  }

  /** Whether the lane was on trial; it no longer is. */
  endTrial(lane: number): boolean {
    return this.#trials.size > 0 && this.#trials.delete(lane);
  }

  /** The state that left the finite numbers, for a message. To be asked before the lane is put back. */
  offender(lane: number): string {
    const { model, layout } = this.#memory;
    const name = model.states[this.#memory.slot(lane, layout.offender)]?.name;
    return name === undefined ? 'a state' : `\`${name}\``;
  }

  /** Why the lane could not take its tick, for a message. To be asked before the lane is put back. */
  causeOfStop(lane: number): string {
    const { model, layout } = this.#memory;
    const stop = stopOf(model, layout, (slot) => this.#memory.slot(lane, slot));
    if (stop === undefined || stop.reason === 'not-finite')
      return `${this.offender(lane)} left the finite numbers`;
    return describeStop(stop).message;
  }

  quarantined(lane: number, cause: string, atMs: number): void {
    this.#reporter.counters.quarantines++;
    const message = `${cause}; the twin stands at its last good belief`;
    this.#tell(lane, { kind: 'quarantined', timeMs: atMs, message });
  }

  recovered(lane: number, stoodMs: number, atMs: number): void {
    this.#tell(lane, {
      kind: 'recovered',
      timeMs: atMs,
      message: `the twin runs again, after it stood still for ${formatSpan(stoodMs)}`,
    });
  }

  /** A lane moved: tells bounds that took hold or let go, and `when` clauses that fired. */
  moved(lane: number, atMs: number): void {
    const memory = this.#memory;
    let at = lane;
    for (const bounded of this.#bounded) {
      const held = memory.slot(lane, bounded.slot) === 1 ? 1 : 0;
      if (held !== this.#held[at]) this.#boundChanged(lane, bounded, held === 1, atMs);
      this.#held[at] = held;
      at += memory.lanes;
    }
    let slot = memory.layout.fired;
    for (const when of memory.model.whens) {
      const fired = memory.slot(lane, slot++);
      if (fired > 0) this.#fired(lane, when, fired, atMs);
    }
  }

  #boundChanged(lane: number, { state, bound, limit }: BoundedState, held: boolean, atMs: number): void {
    if (held) this.#reporter.counters.heldBounds++;
    const where = `its ${bound === 'min' ? 'lower' : 'upper'} bound of ${inUnit(limit, state)}`;
    const [kind, verb] = held
      ? (['bound-held', 'is held at'] as const)
      : (['bound-released', 'left'] as const);
    this.#tell(lane, {
      kind,
      timeMs: atMs,
      message: `\`${state.name}\` ${verb} ${where}`,
      subject: state.name,
    });
  }

  #fired(lane: number, { name, message, severity }: When, times: number, atMs: number): void {
    this.#reporter.counters.raised += times;
    if (message === undefined) return;
    const twin = this.#twins[lane]?.index ?? -1;
    this.#reporter.event({ twin, timeMs: atMs, kind: 'raised', severity, message, subject: name });
  }

  overflow(lane: number, evicted: QueuedSample, atMs: number): void {
    this.refuse(lane, 'queue-full', evicted, atMs);
    const limit = this.#twins[lane]?.queueLimit ?? 0;
    const name = this.#signalName(evicted.signal);
    const message = `${limit} samples wait for their tick; the oldest of \`${name}\` made room`;
    this.#tell(lane, { kind: 'queue-overflow', timeMs: atMs, message, subject: name });
  }

  refuse(lane: number, reason: ShardReason, { signal, timeMs, value }: QueuedSample, atMs: number): void {
    this.#reporter.refuse({ reason, atMs, twin: this.#twins[lane]?.index ?? -1, signal, timeMs, value });
  }

  resumed(lane: number, gapMs: number, atMs: number): void {
    this.#tell(lane, {
      kind: 'resumed',
      timeMs: atMs,
      message: `the twin goes on from its checkpoint, after ${formatSpan(gapMs)} away`,
    });
  }

  afresh(lane: number, why: string, atMs: number): void {
    this.#tell(lane, { kind: 'afresh', timeMs: atMs, message: `the twin begins anew: ${why}` });
  }

  #signalName(signal: number): string {
    const { inputs, measurements } = this.#memory.model;
    return (inputs[signal] ?? measurements[signal - inputs.length])?.name ?? '?';
  }

  #tell(lane: number, event: Omit<ShardEvent, 'twin' | 'severity'>): void {
    this.#reporter.event({
      twin: this.#twins[lane]?.index ?? -1,
      severity: severities[event.kind],
      ...event,
    });
  }
}

function boundedStates({ model, layout }: BlockMemory): BoundedState[] {
  return model.states.flatMap((state, index) =>
    bounds.flatMap((bound) => {
      const limit = state[bound];
      if (limit === undefined) return [];
      return [{ state, bound, limit, slot: (bound === 'min' ? layout.heldMin : layout.heldMax) + index }];
    }),
  );
}

function inUnit(value: number, { unit }: Signal): string {
  return `${Number(fromSi(value, unit).toPrecision(6))} ${unit.symbol}`;
}
