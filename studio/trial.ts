/** A trial on a twin's page: both versions side by side, what the comparison says, and what can be done. */

import type { State, Twin } from './api.ts';
import { element, sentenceOf, setText } from './dom.ts';
import { formatClock, formatNumber, formatSigned, formatUnit } from './format.ts';
import { type Comparison, fetchTrial, type Interval, type Trial } from './rollout-api.ts';
import { actButtons } from './rollout-acts.ts';
import { countOf, doneText, stateWords } from './rollout-words.ts';

const REFRESH_MS = 2000;
/** Snapshots that are kept, so that both versions can be shown at the same tick. */
const RECENT = 40;
/** Standard deviations on either side that hold 95 % of what may be. */
const REACH = 1.96;

export class TrialPanel {
  readonly root = element('section', { class: 'trial', 'aria-label': 'Trial', hidden: '' });
  readonly #twin: Twin;
  readonly #title = element('p', { class: 'which' });
  readonly #verdict = element('span', { class: 'verdict' });
  readonly #sentence = element('span');
  readonly #said: HTMLElement;
  readonly #problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  readonly #buttons = element('div', { class: 'buttons' });
  readonly #values = element('tbody');
  readonly #errors = element('tbody');
  readonly #when = element('p', { class: 'quiet' });
  readonly #valueTable: HTMLElement;
  readonly #errorTable: HTMLElement;
  readonly #ahead = element('tbody');
  readonly #aheadTable: HTMLElement;
  readonly #aheadDetails: HTMLElement;
  readonly #timer: ReturnType<typeof setInterval>;
  #trial: Trial | undefined;
  /** The newest snapshots of what is live, the newest last. */
  readonly #recent: State[] = [];
  #isLoading = false;

  constructor(twin: Twin) {
    this.#twin = twin;
    this.#said = element('p', { class: 'said', role: 'status' }, this.#verdict, ' ', this.#sentence);
    this.#valueTable = table(['Signal', 'Live', 'Shadow', 'Shadow − live', 'Unit'], this.#values);
    this.#errorTable = table(
      ['Measurement', 'Samples', 'Error, old', 'Error, new', 'That is', 'Within 95 %, old', 'new'],
      this.#errors,
    );
    this.#aheadTable = table(
      ['Measurement', 'Ahead', 'Errors', 'Error, old', 'Error, new', 'That is'],
      this.#ahead,
    );
    this.#aheadDetails = element(
      'details',
      { hidden: '' },
      element('summary', {}, 'Errors several steps ahead'),
      this.#aheadTable,
    );
    this.root.append(
      element('h2', {}, 'Trial'),
      this.#title,
      this.#said,
      this.#problem,
      this.#buttons,
      this.#when,
      this.#valueTable,
      this.#errorTable,
      this.#aheadDetails,
    );
    this.#timer = setInterval(() => {
      // A twin without a trial is asked less often than one with.
      if (!document.hidden && this.#trial !== undefined) this.load();
    }, REFRESH_MS);
  }

  /** Asks how it stands. */
  load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    fetchTrial(this.#twin.id, this.#twin.model)
      .then(
        (trial) => this.#show(trial),
        (error: unknown) => this.#say(error),
      )
      .finally(() => {
        this.#isLoading = false;
      });
  }

  /** Takes the newest snapshot of what is live. */
  show(state: State): void {
    this.#recent.push(state);
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  destroy(): void {
    clearInterval(this.#timer);
  }

  #show(trial: Trial | undefined): void {
    const before = this.#trial;
    this.#trial = trial;
    this.root.hidden = trial === undefined;
    if (trial === undefined) return;
    const { rollout, model, from, shadow, note, twinState } = trial;
    const how = {
      shadow: `${model} in the shadow of ${from}`,
      live: `${model} live, ${from} in its shadow`,
    }[twinState];
    const twins = countOf(rollout);
    const many = twins === 1 ? '' : `, of ${twins} twins`;
    const state = rollout.state === twinState ? '' : `, ${stateWords[rollout.state]}`;
    setText(this.#title, `${how ?? `${model}: ${twinState}`} · rollout ${rollout.id}${many}${state}`);
    const { last } = rollout;
    const why = rollout.state === 'rolled-back' && last !== undefined ? doneText(last.message) : undefined;
    this.#tell(note ?? why ?? '');
    const comparison = shadow?.comparison;
    this.#said.hidden = comparison === undefined;
    setText(this.#verdict, comparison?.verdict ?? '');
    this.#verdict.className = `verdict ${(comparison?.verdict ?? '').replaceAll(' ', '-')}`;
    setText(this.#sentence, comparison?.sentence ?? '');
    this.#fillValues(trial);
    this.#fillErrors(comparison);
    // The same buttons as long as the same can be done, so that the focus stays.
    if (before?.rollout.state !== rollout.state || before.rollout.id !== rollout.id)
      this.#buttons.replaceChildren(
        ...actButtons(
          rollout,
          () => this.#trial?.rollout ?? rollout,
          () => this.load(),
        ),
        element('a', { href: `#/models/${encodeURIComponent(rollout.id)}` }, 'The whole rollout'),
      );
  }

  #fillValues({ shadow }: Trial): void {
    const other = shadow?.state;
    // Of the same tick: otherwise the difference would be what happened between two.
    const live = this.#recent.find(({ time }) => time === other?.time) ?? this.#recent.at(-1);
    this.#valueTable.hidden = live === undefined || other === undefined;
    this.#when.hidden = this.#valueTable.hidden;
    if (live === undefined || other === undefined) return;
    const when =
      live.time === other.time
        ? formatClock(live.time)
        : `${formatClock(live.time)} and ${formatClock(other.time)}`;
    setText(this.#when, `${live.model} live and ${other.model} in its shadow, at ${when}`);
    const names = Object.keys({ ...live.states, ...live.outputs, ...other.states, ...other.outputs });
    const rows = names.map((name) => {
      const [a, b] = [valueOf(live, name), valueOf(other, name)];
      const difference = a === null || b === null ? null : b - a;
      const unit = other.units[name] ?? this.#twin.signals.find((signal) => signal.name === name)?.unit;
      return [
        name,
        withReach(live, name),
        withReach(other, name),
        formatSigned(difference),
        formatUnit(unit ?? '1'),
      ];
    });
    fill(this.#values, rows);
  }

  #fillErrors(comparison: Comparison | undefined): void {
    const { measurements = [], ahead = [] } = comparison ?? {};
    this.#errorTable.hidden = measurements.length === 0;
    this.#aheadDetails.hidden = ahead.length === 0;
    this.#aheadTable.hidden = ahead.length === 0;
    fill(
      this.#errors,
      measurements.map((one) => [
        one.measurement,
        String(one.samples),
        errorText(one.oldRmse, one.unit),
        errorText(one.newRmse, one.unit),
        percentText(one.rmsePercent),
        shareText(one.old.inside),
        shareText(one.new.inside),
      ]),
    );
    fill(
      this.#ahead,
      ahead.map((one) => [
        one.measurement,
        `${Number(one.horizonSeconds.toPrecision(3))} s`,
        String(one.samples),
        errorText(one.oldRmse, one.unit),
        errorText(one.newRmse, one.unit),
        percentText(one.rmsePercent),
      ]),
    );
  }

  #say(error: unknown): void {
    this.#tell(error instanceof Error ? error.message : String(error));
  }

  #tell(text: string): void {
    this.#problem.hidden = text === '';
    this.#problem.replaceChildren(...sentenceOf(text));
  }
}

function table(titles: readonly string[], body: HTMLElement): HTMLElement {
  const heads = titles.map((title) => element('th', { scope: 'col' }, title));
  return element('table', { hidden: '' }, element('thead', {}, element('tr', {}, ...heads)), body);
}

/** Cells are kept where they can be: a table that is built anew each time loses what somebody selects in it. */
function fill(body: HTMLElement, rows: readonly (readonly string[])[]): void {
  while (body.children.length > rows.length) body.lastElementChild?.remove();
  for (const [i, texts] of rows.entries()) {
    const row = body.children[i] ?? body.appendChild(element('tr', {}, ...texts.map(() => element('td'))));
    for (const [j, text] of texts.entries()) {
      const cell = row.children[j];
      if (cell !== undefined) setText(cell, text);
    }
  }
}

function valueOf({ states, outputs }: State, name: string): number | null {
  return states[name] ?? outputs[name] ?? null;
}

function withReach(state: State, name: string): string {
  const deviation = state.uncertainty?.[name];
  const reach =
    deviation === undefined || deviation === null ? '' : ` ± ${Number((REACH * deviation).toPrecision(2))}`;
  return `${formatNumber(valueOf(state, name))}${reach}`;
}

function errorText(value: number | null, unit: string): string {
  return `${formatNumber(value)} ${formatUnit(unit)}`.trim();
}

function percentText({ value, low, high }: Interval): string {
  if (value === null) return '–';
  const known = low !== null && high !== null;
  return `${formatSigned(value)} %${known ? ` (${formatSigned(low)} to ${formatSigned(high)})` : ''}`;
}

function shareText(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}
