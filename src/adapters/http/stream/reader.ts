/**
 * One reader of the stream, and what becomes of it if it reads more slowly than the twins tick.
 *
 * What is not yet sent is bounded: once `bufferedBytes` wait in the socket, only the ids of the twins with news are
 * noted. When there is room again, the reader is told how many states it missed and gets the newest of each twin.
 */

import type { WebSocket } from 'ws';
import type { StreamLimits } from '../options.ts';
import type { Frame, View } from './view.ts';

/** Events that wait for a slow reader; beyond it the oldest are missed. */
const eventLimit = 100;

export interface ReaderCounters {
  sent: number;
  missed: number;
  stuck: number;
}

export class Reader {
  view: View | undefined;
  readonly socket: WebSocket;
  readonly #limits: StreamLimits;
  readonly #counters: ReaderCounters;
  /** Twins whose newest state it still has to be sent. */
  readonly #pending = new Set<string>();
  #events: Buffer[] = [];
  #missedStates = 0;
  #missedEvents = 0;
  #bufferedBefore = 0;
  #progressMs = 0;
  #tokens: number;
  #tokensMs: number;
  #answered = true;
  readonly #onSent = () => {
    if (this.#isBehind) this.catchUp();
  };

  constructor(socket: WebSocket, limits: StreamLimits, counters: ReaderCounters) {
    this.socket = socket;
    this.#limits = limits;
    this.#counters = counters;
    this.#tokens = limits.messageBurst;
    this.#tokensMs = performance.now();
    socket.on('pong', () => {
      this.#answered = true;
    });
  }

  get #isBehind(): boolean {
    return this.#pending.size > 0 || this.#events.length > 0;
  }

  /** Whether more may be sent now without it piling up. */
  get hasRoom(): boolean {
    return this.socket.bufferedAmount < this.#limits.bufferedBytes;
  }

  /** Begins or changes what is shown; everything in view is sent once. */
  show(view: View | undefined): void {
    this.view = view;
    this.#pending.clear();
    if (view === undefined) return;
    for (const id of view.twins) this.#pending.add(id);
    this.#progressMs = performance.now();
    this.catchUp();
  }

  offerFrame(frame: Frame): void {
    if (!this.#isBehind && this.hasRoom) {
      this.send(frame.bytes);
      return;
    }
    if (!this.#isBehind) this.#fallBehind();
    for (const id of frame.twins) {
      if (this.#pending.has(id)) {
        this.#missedStates++;
        this.#counters.missed++;
      } else this.#pending.add(id);
    }
  }

  offerEvent(bytes: Buffer): void {
    if (!this.#isBehind && this.hasRoom) {
      this.send(bytes);
      return;
    }
    if (!this.#isBehind) this.#fallBehind();
    this.#events.push(bytes);
    if (this.#events.length > eventLimit) {
      this.#events.shift();
      this.#missedEvents++;
    }
  }

  /** Sends what waits, as far as there is room. */
  catchUp(): void {
    if (!this.#isBehind || this.socket.bufferedAmount > this.#limits.bufferedBytes / 2) return;
    if (this.#missedStates > 0 || this.#missedEvents > 0) {
      const events = this.#missedEvents > 0 ? { events: this.#missedEvents } : {};
      this.send(Buffer.from(JSON.stringify({ type: 'missed', count: this.#missedStates, ...events })));
      this.#missedStates = 0;
      this.#missedEvents = 0;
    }
    const events = this.#events;
    this.#events = [];
    for (const event of events) this.send(event);
    if (this.view === undefined) return;
    for (const frame of this.view.frames(this.#pending)) {
      for (const id of frame.twins) this.#pending.delete(id);
      this.send(frame.bytes);
      if (!this.hasRoom) break;
    }
  }

  send(bytes: Buffer | string): void {
    this.#counters.sent++;
    this.socket.send(bytes, { binary: false }, this.#onSent);
  }

  /** Looks after a slow reader; one that reads nothing for too long is closed. */
  sweep(nowMs: number): void {
    if (!this.#isBehind) return;
    this.catchUp();
    const buffered = this.socket.bufferedAmount;
    if (buffered < this.#bufferedBefore) this.#progressMs = nowMs;
    this.#bufferedBefore = buffered;
    if (this.#isBehind && nowMs - this.#progressMs >= this.#limits.stuckMs) {
      this.#counters.stuck++;
      this.socket.terminate();
    }
  }

  /** A reader that is behind answers late, and is looked after by `sweep`. */
  heartbeat(): void {
    if (!this.#answered && !this.#isBehind) {
      this.socket.terminate();
      return;
    }
    this.#answered = false;
    this.socket.ping();
  }

  /** Whether it may send one more message now (a bucket of tokens that fills at the allowed rate). */
  mayTalk(): boolean {
    this.#answered = true;
    const nowMs = performance.now();
    const { messagesPerSecond, messageBurst } = this.#limits;
    this.#tokens = Math.min(
      messageBurst,
      this.#tokens + ((nowMs - this.#tokensMs) / 1000) * messagesPerSecond,
    );
    this.#tokensMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #fallBehind(): void {
    this.#progressMs = performance.now();
    this.#bufferedBefore = this.socket.bufferedAmount;
  }
}
