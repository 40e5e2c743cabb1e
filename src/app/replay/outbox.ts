/** The ticks that a thread of a replay tells: many together, and only so much ahead of who takes them. */

import type { MessagePort } from 'node:worker_threads';
import { SharedRing } from './ring.ts';
import type { FromReplay, TickNote, ToReplay } from './work.ts';

/** Ticks leave together: so many, or so many bytes; and so much may be on its way. */
const limits = { ticks: 64, bytes: 1_048_576, onTheirWay: 8_388_608 } as const;

const nothing = new Float64Array(0);

export class Outbox {
  readonly #port: MessagePort;
  /** What leaves stands here, and is read where it stands: so nobody allocates a frame a tick. */
  readonly #ring = new SharedRing(limits.onTheirWay + limits.bytes);
  #ticks: TickNote[] = [];
  #bytes = 0;
  /** Of each message that was not answered: its bytes, and those of them in the ring. */
  readonly #onTheirWay: { readonly bytes: number; readonly inRing: number }[] = [];
  #arrived: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (_: ToReplay) => {
      this.#ring.free(this.#onTheirWay.shift()?.inRing ?? 0);
      this.#arrived?.();
    });
  }

  get isFull(): boolean {
    return this.#ticks.length >= limits.ticks || this.#bytes >= limits.bytes;
  }

  /** Takes a tick; its numbers only where they are needed. */
  put(tick: TickNote): void {
    const isNeeded = tick.verdict === 'part' || tick.verdict === 'other';
    const values = isNeeded ? this.#ring.room(tick.values.length) : nothing;
    if (isNeeded) values.set(tick.values);
    this.#ticks.push({ ...tick, values });
    this.#bytes += values.byteLength;
  }

  /** Resolves once there is room for more. */
  async send(atMs: number): Promise<void> {
    const [ticks, bytes] = [this.#ticks, this.#bytes];
    this.#ticks = [];
    this.#bytes = 0;
    this.#onTheirWay.push({ bytes, inRing: this.#ring.taken() });
    this.#port.postMessage({ kind: 'ticks', atMs, ticks } satisfies FromReplay);
    while (this.#onTheirWay.reduce((sum, one) => sum + one.bytes, 0) > limits.onTheirWay) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#arrived = resolve;
      await promise;
    }
  }
}
