/** The alarms of a fleet at work: the book, what raises alarms by itself, and the moments at which something falls due. */

import { createStopController, type StopController } from '../basics/index.ts';
import type { Clock, Journal } from '../ports/index.ts';
import type { Frame, TwinEvent } from '../snapshot/index.ts';
import type { TwinInfo } from '../twin/index.ts';
import type { Alarm, AlarmChange, AlarmSettings } from './alarm.ts';
import { AlarmBook } from './alarm-book.ts';
import { eventOf } from './alarm-events.ts';
import { AlarmWatch, isFinding } from './alarm-watch.ts';
import { watchJournal } from './journal-watch.ts';

export interface FleetAlarmsOptions {
  readonly clock: Clock;
  readonly settings: Partial<AlarmSettings>;
  /** Told what of the alarms' changes is an event. */
  readonly tell: (event: TwinEvent) => void;
  /** Told every change. */
  readonly changed: (change: AlarmChange) => void;
}

/** A twin, and its part of its newest frame. */
interface Shown {
  readonly info: TwinInfo;
  readonly frame: Frame | undefined;
  readonly lane: number;
}

/** What concerns the process and not a machine. It begins anew with each start. */
const ofProcess = ['worker-failed', 'checkpoint-failed', 'journal-failed'] as const;

export class FleetAlarms {
  readonly book: AlarmBook;
  readonly #clock: Clock;
  readonly #tell: FleetAlarmsOptions['tell'];
  readonly #twins = new Set<string>();
  readonly #watch: AlarmWatch;
  #waiting: StopController | undefined;
  #unwatch: (() => void) | undefined;
  #stopped = false;
  #restored = false;

  constructor({ clock, settings, tell, changed }: FleetAlarmsOptions) {
    this.#clock = clock;
    this.#tell = tell;
    this.book = new AlarmBook({
      ...settings,
      nowMs: () => clock.nowMs(),
      onDue: (atMs) => this.#wakeAt(atMs),
    });
    this.book.onChange((change) => {
      changed(change);
      const event = eventOf(change);
      if (event !== undefined) tell(event);
    });
    this.#watch = new AlarmWatch(this.book);
  }

  add({ config, model }: TwinInfo): void {
    this.#twins.add(config.id);
    this.#watch.add(config.id, model);
    if (config.outOfService !== undefined)
      this.book.suppress(config.id, `out of service: ${config.outOfService}`);
  }

  /** A twin's model is another version now: alarms of conditions that this has, too, stand until its frames say otherwise. */
  change({ config: { id }, model }: TwinInfo, atMs: number): void {
    this.#watch.add(id, model);
    for (const alarm of this.book.list({ twin: id })) {
      if (!alarm.active) continue;
      const { kind, subject } = alarm;
      // What was found by the old version's innovations, this one finds again or not.
      if (this.#watch.restored(alarm) === 'gone' || isFinding(kind))
        this.book.clear({ twin: id, kind, subject, atMs });
    }
  }

  /** A twin has ended, and its alarms with it. */
  remove(id: string): void {
    this.#twins.delete(id);
    this.#watch.remove(id);
    this.book.forget(id);
  }

  /**
   * Takes up what was saved, of the twins that still run here. What twins say counts only from then on.
   *
   * @param resumed - how much of what was before goes on; with none of it sensors may be told to be silent at once.
   */
  restore(saved: readonly Alarm[], resumed: number): void {
    this.#restored = true;
    if (resumed > 0) this.#watch.listensFromMs = this.#clock.nowMs();
    this.book.restore(saved.filter(({ twin }) => twin === '*' || this.#twins.has(twin)));
    const atMs = this.#clock.nowMs();
    for (const alarm of saved) {
      if (!alarm.active) continue;
      const { twin, kind, subject } = alarm;
      const key = { twin, kind, subject, atMs };
      // That another process runs now goes without saying.
      if (ofProcess.some((known) => known === kind)) this.book.clear({ ...key, told: true });
      else if (this.#watch.restored(alarm) === 'gone') this.book.clear(key);
    }
  }

  /** To be told every event of the fleet. */
  hear(event: TwinEvent): void {
    const { kind, severity, message, timeMs } = event;
    if (kind === 'rolled-back' || kind === 'rollout-ended') {
      this.#hearOfRollout(event);
      return;
    }
    const process = ofProcess.find((known) => known === kind);
    if (process === undefined) {
      if (this.#restored) this.#watch.hear(event);
    } else if (severity !== 'info')
      this.book.raise({ twin: '*', kind: process, severity, message, atMs: timeMs, told: true });
  }

  /** Taken back stays so until somebody ends the rollout: then its alarms are over, those of single twins with it. */
  #hearOfRollout({ twin, kind, severity, message, timeMs, subject }: TwinEvent): void {
    const about = { kind: 'rolled-back', subject, atMs: timeMs, told: true };
    if (kind === 'rolled-back') {
      if (severity !== 'info') this.book.raise({ ...about, twin, severity, message });
    } else {
      for (const alarm of this.book.list())
        if (alarm.kind === 'rolled-back' && alarm.subject === subject)
          this.book.clear({ ...about, twin: alarm.twin });
    }
  }

  /** What concerned the process is over. */
  over(kind: (typeof ofProcess)[number]): void {
    this.book.clear({ twin: '*', kind, atMs: this.#clock.nowMs() });
  }

  /** To be shown every twin of every frame, after its events. */
  look(twin: Shown | undefined, timeMs: number): void {
    if (twin?.frame === undefined || !this.#restored) return;
    const { info, frame, lane } = twin;
    this.#watch.look(info.config.id, { frame, lane }, timeMs);
  }

  /** Looks from now on whether the disk takes the journal. */
  watch(journal: Journal | undefined): void {
    if (journal === undefined) return;
    const kind = 'journal-failed';
    this.#unwatch = watchJournal({
      journal,
      clock: this.#clock,
      refused: (message) =>
        this.#tell({ twin: '*', kind, severity: 'critical', message, timeMs: this.#clock.nowMs() }),
      taken: () => this.over(kind),
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch?.();
    this.#waiting?.abort();
  }

  #wakeAt(atMs: number): void {
    this.#waiting?.abort();
    if (this.#stopped) return;
    const waiting = createStopController();
    this.#waiting = waiting;
    this.#clock.sleepUntil(atMs, waiting.signal).then(
      () => this.book.advance(this.#clock.nowMs()),
      () => undefined,
    );
  }
}
