/** The page at a past moment: what was asked for last is loaded and shown, and nothing in between, however fast somebody drags. */

import { AlarmStore } from './alarms.ts';
import { fetchAlarms, fetchEvents, fetchState, fetchTwin, type Twin } from './api.ts';
import { kindOf, TwinView } from './twin-view.ts';
import type { Travel } from './travel.ts';

export interface PastPageOptions {
  readonly travel: Travel;
  /** Shows this view of a twin in place of what was there. */
  readonly present: (view: TwinView) => void;
  /** The alarms of the moment have come. */
  readonly onAlarms: (alarms: AlarmStore) => void;
  /** How far apart what is shown was recorded; undefined where nothing is. */
  readonly onResolution: (ms: number | undefined) => void;
  /** Why the moment cannot be shown. */
  readonly onProblem: (why: string) => void;
}

export class PastPage {
  readonly #options: PastPageOptions;
  #id: string | undefined;
  #view: TwinView | undefined;
  #isLoading = false;
  #isStale = false;

  constructor(options: PastPageOptions) {
    this.#options = options;
  }

  /** Shows a twin, or with undefined only the alarms, at the moment of the travel. */
  show(id: string | undefined): void {
    if (id !== this.#id) this.#view = undefined;
    this.#id = id;
    this.#isStale = true;
    if (!this.#isLoading) this.#loadAll().catch(() => {});
  }

  /** What it had is no longer on the page. */
  leave(): void {
    this.#view = undefined;
  }

  /** The window of the charts is another one. */
  reload(): void {
    this.#view?.loadPast();
  }

  /** Brings the picture up to date. */
  draw(): void {
    this.#view?.point();
    this.#view?.draw();
  }

  async #loadAll(): Promise<void> {
    this.#isLoading = true;
    while (this.#isStale) {
      this.#isStale = false;
      const { atMs } = this.#options.travel;
      if (atMs === undefined) break;
      await this.#load(this.#id, atMs).catch((error: unknown) => {
        if (this.#isNow(this.#id, atMs))
          this.#options.onProblem(error instanceof Error ? error.message : String(error));
      });
    }
    this.#isLoading = false;
  }

  async #load(id: string | undefined, atMs: number): Promise<void> {
    const { onAlarms, onResolution } = this.#options;
    const alarms = new AlarmStore();
    const [told, twin, state, events] = await Promise.all([
      fetchAlarms(atMs),
      id === undefined ? undefined : fetchTwin(id, atMs),
      id === undefined ? undefined : fetchState(id, atMs),
      id === undefined ? undefined : fetchEvents(id, atMs),
    ]);
    if (!this.#isNow(id, atMs)) return;
    alarms.take(told.alarms, told.counts);
    onAlarms(alarms);
    onResolution(state?.past?.resolutionMs);
    if (id === undefined || twin === undefined || state === undefined) return;
    const view = this.#viewOf(twin);
    view.show(state);
    view.showAlarms(alarms.ofTwin(id));
    view.replaceEvents(events ?? []);
    this.draw();
  }

  #viewOf(twin: Twin): TwinView {
    if (this.#view?.kind === kindOf(twin)) return this.#view;
    const view = new TwinView(twin, this.#options.travel);
    this.#view = view;
    this.#options.present(view);
    view.loadPast();
    return view;
  }

  /** Whether nobody has asked for anything else, or is back. */
  #isNow(id: string | undefined, atMs: number): boolean {
    return (
      id === this.#id &&
      this.#options.travel.atMs !== undefined &&
      (atMs === this.#options.travel.atMs || this.#isStale)
    );
  }
}
