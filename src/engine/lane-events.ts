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
  /** Held flags of each lane as last told, to tell edges: one a bound. */
  readonly #held: Uint8Array[] = [];
  readonly #trials = new Set<number>();

  constructor(memory: BlockMemory, twins: readonly ShardTwin[], reporter: Reporter) {
    this.#memory = memory;
    this.#twins = twins;
    this.#reporter = reporter;
    this.#bounded = boundedStates(memory);
    for (let lane = 0; lane < memory.lanes; lane++) this.append();
  }

  /** There is one lane more; `held` is what was told of its bounds. */
  append(held: Uint8Array = new Uint8Array(this.#bounded.length)): void {
    this.#held.push(held);
  }

  /** What was told of a lane's bounds. */
  held(lane: number): Uint8Array {
    return this.#held[lane] ?? new Uint8Array(this.#bounded.length);
  }

  /** A lane is gone, and the last one has its place. */
  remove(lane: number): void {
    fillHole(this.#held, lane);
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
    const told = this.held(lane);
    for (let i = 0; i < this.#bounded.length; i++) {
      const bounded = this.#bounded[i];
      if (bounded === undefined) continue;
      const held = memory.slot(lane, bounded.slot) === 1 ? 1 : 0;
      if (held !== told[i]) this.#boundChanged(lane, bounded, held === 1, atMs);
      told[i] = held;
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

/** The state that left the finite numbers, for a message. To be asked before the lane is put back. */
export function offenderOf(memory: BlockMemory, lane: number): string {
  const name = memory.model.states[memory.slot(lane, memory.layout.offender)]?.name;
  return name === undefined ? 'a state' : `\`${name}\``;
}

/** Takes an item out of a list whose last one then has its place. */
export function fillHole<T>(items: T[], at: number): void {
  const last = items.pop();
  if (last !== undefined && at < items.length) items[at] = last;
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
