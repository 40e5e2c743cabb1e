/** Why a twin's alarms say nothing: it is out of service, or it stands still and so tells nothing of its machine. */

import type { AlarmKey } from './alarm.ts';

/** Why a twin stands still. */
export interface Standstill {
  readonly why: string;
  /** The kind of alarm that says so, and is not suppressed itself. */
  readonly except: string;
}

export class Suppressions {
  readonly #outOfService = new Map<string, string>();
  readonly #standing = new Map<string, Standstill>();

  takeOut(twin: string, why: string): void {
    this.#outOfService.set(twin, why);
  }

  standStill(twin: string, standstill: Standstill): void {
    this.#standing.set(twin, standstill);
  }

  /** @returns whether it stood still. */
  moveOn(twin: string): boolean {
    return this.#standing.delete(twin);
  }

  forget(twin: string): void {
    this.#outOfService.delete(twin);
    this.#standing.delete(twin);
  }

  /** Why this alarm is suppressed, if it is. */
  of({ twin, kind }: AlarmKey): string | undefined {
    const standing = this.#standing.get(twin);
    return this.#outOfService.get(twin) ?? (standing?.except === kind ? undefined : standing?.why);
  }
}
