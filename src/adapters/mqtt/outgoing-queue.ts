/**
 * What waits to be sent to a broker, with a limit and a policy for each kind:
 *
 * - states (QoS 0): of each topic only the newest is kept, and at the limit the oldest goes;
 * - events (QoS 1): all are kept in order up to the limit, then the oldest goes.
 *
 * Events are sent first: what happened matters more than where things stand just now.
 */

import type { PublishOptions } from './transport.ts';

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly options: PublishOptions;
}

export interface OutgoingLimits {
  /** Topics of which the newest state is kept. Default 10,000. */
  readonly states: number;
  /** Messages of QoS 1 that are kept. Default 10,000. */
  readonly events: number;
}

export interface OutgoingCounters {
  droppedStates: number;
  droppedEvents: number;
}

export class OutgoingQueue {
  readonly #states = new Map<string, OutgoingMessage>();
  /** A queue with a moving head: `shift` on a long array copies it. */
  #events: OutgoingMessage[] = [];
  #head = 0;
  readonly #limits: OutgoingLimits;
  readonly #counters: OutgoingCounters;

  /** @param counters - counted up in place. */
  constructor(limits: OutgoingLimits, counters: OutgoingCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  get size(): number {
    return this.#states.size + this.#events.length - this.#head;
  }

  add(message: OutgoingMessage): void {
    if (message.options.qos === 0) this.#addState(message);
    else this.#addEvent(message);
  }

  takeEvent(): OutgoingMessage | undefined {
    const message = this.#events[this.#head];
    if (message === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  takeState(): OutgoingMessage | undefined {
    for (const [topic, message] of this.#states) {
      this.#states.delete(topic);
      return message;
    }
    return undefined;
  }

  #addState(message: OutgoingMessage): void {
    if (this.#states.delete(message.topic)) this.#counters.droppedStates += 1;
    else if (this.#states.size >= this.#limits.states && this.takeState() !== undefined) {
      this.#counters.droppedStates += 1;
    }
    this.#states.set(message.topic, message);
  }

  #addEvent(message: OutgoingMessage): void {
    if (this.#events.length - this.#head >= this.#limits.events && this.takeEvent() !== undefined) {
      this.#counters.droppedEvents += 1;
    }
    this.#events.push(message);
  }
}
