/** The events of a fleet: counted, the newest kept, each told to whoever listens. */

import { listen, Ring } from '../basics/index.ts';
import type { Clock } from '../ports/index.ts';
import { severities, type TwinEvent, type TwinEventKind } from '../snapshot/index.ts';

export interface EventLogOptions {
  readonly keep: number;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told of each event after the listeners, so that what it does of itself follows. */
  readonly afterwards: (event: TwinEvent) => void;
}

export class EventLog {
  readonly #kept: Ring<TwinEvent>;
  readonly #clock: EventLogOptions['clock'];
  readonly #afterwards: EventLogOptions['afterwards'];
  readonly #listeners = new Set<(event: TwinEvent) => void>();
  /** How many there were. */
  count = 0;

  constructor({ keep, clock, afterwards }: EventLogOptions) {
    this.#kept = new Ring(keep);
    this.#clock = clock;
    this.#afterwards = afterwards;
  }

  tell(event: TwinEvent): void {
    this.count++;
    this.#kept.push(event);
    for (const listener of this.#listeners) listener(event);
    this.#afterwards(event);
  }

  /** Tells what happens now. */
  tellNow(event: Pick<TwinEvent, 'twin' | 'kind' | 'message' | 'subject'>): void {
    this.tell({ ...event, timeMs: this.#clock.nowMs(), severity: severities[event.kind] });
  }

  /** Tells what concerns several twins, and happens now. */
  tellOfAll(kind: TwinEventKind, message: string): void {
    this.tellOf('*', kind, message);
  }

  tellOf(twin: string, kind: TwinEventKind, message: string): void {
    this.tellNow({ twin, kind, message });
  }

  /** Returns the function that ends it. */
  listen(listener: (event: TwinEvent) => void): () => void {
    return listen(this.#listeners, listener);
  }

  newestFirst(): TwinEvent[] {
    return this.#kept.newestFirst();
  }
}
