/** The ticks that a thread of a replay tells: many together, and only so much ahead of who takes them. */

import type { MessagePort } from 'node:worker_threads';
import type { FromReplay, TickNote, ToReplay } from './work.ts';

/** Ticks leave together: so many, or so many bytes; and so much may be on its way. */
const limits = { ticks: 64, bytes: 4_194_304, onTheirWay: 67_108_864 } as const;

export class Outbox {
  readonly #port: MessagePort;
  #ticks: TickNote[] = [];
  #bytes = 0;
  #onTheirWay = 0;
  #arrived: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', ({ bytes }: ToReplay) => {
      this.#onTheirWay -= bytes;
      this.#arrived?.();
    });
  }

  get isFull(): boolean {
    return this.#ticks.length >= limits.ticks || this.#bytes >= limits.bytes;
  }

  /** Takes a tick; its numbers only where they are needed. */
  put(tick: TickNote): void {
    const isNeeded = tick.verdict === 'part' || tick.verdict === 'other';
    const values = isNeeded ? tick.values : new Float64Array(0);
    this.#ticks.push({ ...tick, values });
    this.#bytes += values.byteLength;
  }

  /** Resolves once there is room for more. */
  async send(atMs: number): Promise<void> {
    const [ticks, bytes] = [this.#ticks, this.#bytes];
    this.#ticks = [];
    this.#bytes = 0;
    this.#onTheirWay += bytes;
    this.#port.postMessage(
      { kind: 'ticks', atMs, bytes, ticks } satisfies FromReplay,
      ticks.map(({ values }) => values.buffer),
    );
    while (this.#onTheirWay > limits.onTheirWay) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#arrived = resolve;
      await promise;
    }
  }
}
