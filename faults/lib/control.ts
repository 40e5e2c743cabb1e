/** Inside a breakable engine: takes the orders of the harness, and does what they say when the engine passes by. */

import { setTimeout as later } from 'node:timers/promises';
import type { Order, Step } from './points.ts';

type Kill = Extract<Order, { kind: 'kill' }>;
type Hindrance = Extract<Order, { kind: 'hinder' }>;

export class Control {
  #kill: (Kill & { left: number }) | undefined;
  readonly #hindrances = new Map<Step, Hindrance>();

  take(order: Order): void {
    if (order.kind === 'kill') this.#kill = { ...order, left: order.passes };
    else if (order.kind === 'hinder') this.#hindrances.set(order.step, order);
    else if (order.kind === 'mend') this.#hindrances.clear();
  }

  /** @param prepare - what is to be done before the end; given the fraction of the order. */
  pass(point: string, prepare?: (fraction: number) => void): void {
    const kill = this.#kill;
    if (kill?.point !== point || kill.left-- > 0) return;
    prepare?.(kill.fraction);
    process.kill(process.pid, 'SIGKILL');
  }

  /** Takes its time, or fails, if it was told so. */
  async hinder(step: Step): Promise<void> {
    const hindrance = this.#hindrances.get(step);
    if (hindrance === undefined) return;
    const { code, delayMs } = hindrance;
    if (delayMs !== undefined) await later(delayMs);
    if (code !== undefined) throw Object.assign(new Error(`${code}: an injected fault`), { code });
  }
}
