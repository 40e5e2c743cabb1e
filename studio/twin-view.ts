/** One twin on the page: what it is, how it is, its alarms and health, its signals as cards, its inputs, and what happened. */

import { AlarmTable } from './alarm-table.ts';
import type { Alarm } from './alarms.ts';
import { fetchEvents, type Signal, type State, type Status, type Twin, type TwinEvent } from './api.ts';
import { Card } from './card.ts';
import { element, proseOf, setText } from './dom.ts';
import { formatAge, formatClock, formatNumber, formatUnit } from './format.ts';
import { HealthBar } from './health.ts';
import type { ModelSummary } from './model-api.ts';
import { ModelPanel } from './models.ts';
import { momentsOf } from './moments.ts';
import { PastBar } from './past.ts';
import { startTrial } from './start-trial.ts';
import type { Travel } from './travel.ts';
import { TrialPanel } from './trial.ts';

const EVENTS_SHOWN = 20;
/** With those that are only marks on the charts. */
const EVENTS_KEPT = 200;

const statusText: Readonly<Record<Status, string>> = {
  running: 'running',
  waiting: 'waiting for its first samples',
  quarantined: 'quarantined: it left the finite numbers and rests at its last good state',
};

export class TwinView {
  readonly root: HTMLElement;
  readonly #measurements = new Map<string, Card>();
  readonly #computed = new Map<string, Card>();
  readonly #inputs = new Map<string, { readonly value: HTMLElement; readonly age: HTMLElement }>();
  readonly #dot = element('span', { class: 'dot' });
  readonly #status = element('span');
  readonly #time = element('span');
  readonly #note = element('p', { class: 'note', hidden: '' });
  readonly #health = new Map<string, HealthBar>();
  readonly #alarms: AlarmTable;
  readonly #alarmNote = element('p', { class: 'quiet' }, 'No alarms.');
  readonly #problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  readonly #past: PastBar;
  readonly #events = element('tbody');
  readonly #eventTable: HTMLElement;
  readonly #travel: Travel;
  readonly #models: ModelPanel;
  readonly #trial: TrialPanel;
  /** Whether it shows the past, and stays as it is unless it is told. */
  readonly isPast: boolean;
  /** Which model, and how often it ticks: if that changes, another view is needed. */
  readonly kind: string;
  readonly model: string;
  readonly #id: string;
  #state: State | undefined;
  #alarmsShown: readonly Alarm[] = [];
  #eventsKept: readonly TwinEvent[] = [];
  /** What happened within the span of the charts, also before the start of the engine. */
  #eventsRecorded: readonly TwinEvent[] = [];

  constructor(twin: Twin, travel: Travel) {
    this.#travel = travel;
    this.isPast = travel.atMs !== undefined;
    this.kind = kindOf(twin);
    this.model = twin.model;
    this.#trial = new TrialPanel(twin);
    this.#models = new ModelPanel(twin, {
      acts: (version) => [this.#tryButton(twin, version)],
    });
    this.#id = twin.id;
    const { signals } = twin;
    const measured = signals.filter((it) => it.role === 'measurement');
    const names = new Set(measured.map((it) => it.name));
    // A state that a sensor of the same name measures is already on that sensor's card.
    const computed = signals.filter(
      (it) => (it.role === 'state' || it.role === 'output') && !names.has(it.name),
    );
    const legend = element(
      'span',
      { class: 'legend' },
      element('span', {}, 'computed'),
      element('span', { class: 'measured' }, 'measured'),
    );
    this.#eventTable = element(
      'table',
      { hidden: '' },
      element('thead', {}, element('tr', {}, element('th', {}, 'Time'), element('th', {}, 'Event'))),
      this.#events,
    );
    this.#alarms = new AlarmTable({
      twins: 'known',
      acts: this.isPast ? 'none' : 'offered',
      onProblem: (text) => {
        this.#problem.hidden = text === '';
        setText(this.#problem, text);
      },
    });
    const cards = [this.#fill(this.#measurements, measured), this.#fill(this.#computed, computed)] as const;
    this.#past = new PastBar(
      twin.id,
      Array.from(this.#cards(), ([, card]) => card),
      travel,
    );
    this.root = element(
      'div',
      {},
      element('h1', {}, twin.id),
      element(
        'p',
        { class: 'facts' },
        element('span', {}, this.#dot, this.#status),
        element('span', {}, `${twin.title} · ${twin.model}`),
        element(
          'span',
          {},
          `every ${twin.periodMs >= 1000 ? `${twin.periodMs / 1000} s` : `${twin.periodMs} ms`}`,
        ),
        this.#time,
      ),
      this.#note,
      element('h2', {}, 'Alarms'),
      this.#problem,
      this.#alarmNote,
      this.#alarms.root,
      ...this.#healthBars(twin),
      this.#past.root,
      ...section(element('h2', { class: 'with-legend' }, 'Measured', legend), cards[0]),
      ...section(
        element('h2', {}, measured.length > 0 ? 'Computed, without a sensor' : 'Computed'),
        cards[1],
      ),
      ...this.#inputTable(signals.filter((it) => it.role === 'input')),
      element('h2', {}, 'Events'),
      element(
        'p',
        { class: 'quiet' },
        this.isPast ? 'Nothing had happened.' : 'Nothing has happened since the engine started.',
      ),
      this.#eventTable,
      // Of the past only which version it was is known, and stands at the top.
      ...(this.isPast ? [] : [this.#trial.root, element('h2', {}, 'Model'), this.#models.root]),
    );
    if (this.isPast) return;
    this.#models.load();
    this.#trial.load();
  }

  /** Takes a snapshot; pictures follow at `draw`. */
  show(state: State): void {
    this.#state = state;
    this.#trial.show(state);
    const time = Date.parse(state.time) / 1000;
    for (const [name, card] of this.#measurements) {
      const reading = state.measurements[name];
      if (!reading) continue;
      const { expected: computed, deviation } = reading;
      const silent = state.silent?.includes(name) ?? false;
      const value = { computed, deviation, reading, silent, held: state.held?.[name] };
      if (this.isPast) card.tell(value);
      else card.show(time, value);
    }
    for (const [name, card] of this.#computed) {
      const value = {
        computed: state.states[name] ?? state.outputs[name] ?? null,
        deviation: state.uncertainty?.[name],
        held: state.held?.[name],
      };
      if (this.isPast) card.tell(value);
      else card.show(time, value);
    }
  }

  /** Shows these alarms of the twin, and marks on the charts when they came up. */
  showAlarms(alarms: readonly Alarm[]): void {
    const none = alarms.length === 0;
    this.#alarmNote.hidden = !none;
    this.#alarms.root.hidden = none;
    this.#alarms.show(alarms, this.#now() * 1000);
    this.#alarmsShown = alarms;
    this.#mark();
  }

  /** Marks the past moment on the charts. */
  point(): void {
    const { atMs } = this.#travel;
    for (const [, card] of this.#cards()) card.point(atMs === undefined ? undefined : atMs / 1000);
  }

  draw(): void {
    const state = this.#state;
    if (state === undefined) return;
    const now = this.#now();
    this.#alarms.age(now * 1000);
    for (const [name, bar] of this.#health) bar.show(state.health?.[name], this.isPast ? 'then' : 'now');
    this.#dot.className = `dot ${state.status}`;
    setText(this.#status, statusText[state.status]);
    setText(this.#time, `tick ${state.tick} · ${formatClock(state.time)}`);
    const waiting = state.waitingFor ?? [];
    this.#note.hidden = waiting.length === 0;
    setText(this.#note, `Waiting for the first sample of ${waiting.join(', ')}.`);
    for (const [name, row] of this.#inputs) {
      setText(row.value, formatNumber(state.inputs[name]));
      const sampled = state.times?.[name];
      const never = this.isPast ? '' : 'no sample yet';
      setText(row.age, sampled === undefined ? never : formatAge(now - Date.parse(sampled) / 1000));
    }
    for (const [, card] of this.#cards()) card.draw(now);
  }

  /** Fills the charts with what was recorded, also while the page heard nothing. */
  loadPast(): void {
    this.#past.load();
    // Without a history there is nothing to be marked but what is told.
    this.#loadEvents().catch(() => {});
  }

  /** Shows these events, newest first, in place of what was there. */
  replaceEvents(events: readonly TwinEvent[]): void {
    this.#events.replaceChildren();
    this.#eventsKept = [];
    this.addEvents(events);
  }

  /** Puts events above those already there, newest first. */
  addEvents(events: readonly TwinEvent[]): void {
    this.#eventsKept = [...events, ...this.#eventsKept].slice(0, EVENTS_KEPT);
    this.#mark();
    for (const event of events.slice(0, EVENTS_SHOWN).toReversed()) {
      this.#events.prepend(
        element(
          'tr',
          {},
          element('td', {}, formatClock(event.time)),
          element('td', { class: `severity-${event.severity}` }, ...proseOf(event.message)),
        ),
      );
    }
    while (this.#events.childElementCount > EVENTS_SHOWN) this.#events.lastElementChild?.remove();
    const none = this.#events.childElementCount === 0;
    this.#eventTable.hidden = none;
    this.#eventTable.previousElementSibling?.toggleAttribute('hidden', !none);
  }

  destroy(): void {
    this.#past.destroy();
    this.#trial.destroy();
    for (const [, card] of this.#cards()) card.destroy();
    this.root.remove();
  }

  /** The moment that is shown, in seconds since 1970. */
  #now(): number {
    return (this.#travel.atMs ?? this.#travel.clock.nowMs()) / 1000;
  }

  async #loadEvents(): Promise<void> {
    const { atMs, window } = this.#travel;
    this.#eventsRecorded = await fetchEvents(this.#id, atMs === undefined ? '-1ms' : window.toMs);
    this.#mark();
  }

  /** Marks on the charts what happened, and which alarms came up. */
  #mark(): void {
    const alarms = this.#alarmsShown.filter(({ state }) => state !== 'suppressed');
    const names = [...this.#cards()].map(([name]) => name);
    const moments = momentsOf({ alarms, events: [...this.#eventsRecorded, ...this.#eventsKept] }, names);
    for (const [name, card] of this.#cards()) card.mark(moments.get(name) ?? []);
  }

  #tryButton(twin: Twin, version: ModelSummary): HTMLElement {
    const button = element('button', { type: 'button', 'aria-label': `Try ${version.id}` }, 'Try…');
    button.addEventListener('click', () => {
      startTrial(twin, version).then(
        (begun) => {
          if (begun) this.#trial.load();
        },
        (error: unknown) => this.#models.tell(error),
      );
    });
    return button;
  }

  *#cards(): Generator<[string, Card]> {
    yield* this.#measurements;
    yield* this.#computed;
  }

  #healthBars({ health }: Twin): HTMLElement[] {
    for (const limit of health) this.#health.set(limit.name, new HealthBar(limit));
    const bars = [...this.#health.values()].map(({ root }) => root);
    return section(element('h2', {}, 'Health'), element('div', { class: 'cards' }, ...bars));
  }

  #fill(cards: Map<string, Card>, signals: readonly Signal[]): HTMLElement {
    const onPick = (time: number): void => this.#travel.goTo(time * 1000);
    for (const signal of signals) cards.set(signal.name, new Card(signal, onPick));
    return element('div', { class: 'cards' }, ...[...cards.values()].map((card) => card.root));
  }

  #inputTable(signals: readonly Signal[]): HTMLElement[] {
    const rows = signals.map((signal) => {
      const row = { value: element('td', { class: 'number' }), age: element('td', { class: 'quiet' }) };
      this.#inputs.set(signal.name, row);
      return element(
        'tr',
        {},
        element('td', {}, signal.title ?? signal.name),
        row.value,
        element('td', {}, formatUnit(signal.unit)),
        row.age,
      );
    });
    return section(element('h2', {}, 'Inputs'), element('table', {}, element('tbody', {}, ...rows)));
  }
}

/** Twins of the same kind look the same on the page. */
export function kindOf({ id, model, periodMs }: Twin): string {
  return `${id} ${model} ${periodMs}`;
}

/** A heading and what is under it; neither where there is nothing. */
function section(heading: HTMLElement, body: HTMLElement): HTMLElement[] {
  const hasContent = body.querySelector('tr') !== null || body.querySelector('section') !== null;
  return hasContent ? [heading, body] : [];
}
