/** A table of alarms with what one can do about each. Rows are kept where they can be, so that focus and scrolling stay. */

import { acknowledge, shelve, unshelve } from './alarm-acts.ts';
import { severityCell, stateWords } from './alarm-mark.ts';
import type { Alarm } from './alarms.ts';
import { element, proseOf, setText } from './dom.ts';
import { formatAge, formatDay } from './format.ts';

export interface AlarmTableOptions {
  /** Whether a column names the twin of each. */
  readonly twins: 'shown' | 'known';
  /** Whether one can do something about them: about those of the past one cannot. */
  readonly acts: 'offered' | 'none';
  /** Told what a server refused, in words; an empty text once somebody tries again. */
  readonly onProblem: (text: string) => void;
}

interface Row {
  readonly root: HTMLElement;
  readonly since: HTMLElement;
  alarm: Alarm;
}

export class AlarmTable {
  readonly root: HTMLElement;
  readonly #body = element('tbody');
  readonly #rows = new Map<string, Row>();
  readonly #options: AlarmTableOptions;

  constructor(options: AlarmTableOptions) {
    this.#options = options;
    const titles = ['Severity', ...(options.twins === 'shown' ? ['Twin'] : []), 'Alarm', 'Since', 'State'];
    this.root = element(
      'table',
      { class: 'alarms' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...titles.map((title) => element('th', { scope: 'col' }, title)),
          element('th', { scope: 'col' }, element('span', { class: 'unseen' }, 'Acts')),
        ),
      ),
      this.#body,
    );
  }

  /** @param now - milliseconds since 1970, of the server. */
  show(alarms: readonly Alarm[], now: number): void {
    const wanted = alarms.map((alarm) => this.#rowOf(alarm));
    const gone = new Set(this.#rows.keys());
    for (const { alarm } of wanted) gone.delete(alarm.id);
    for (const id of gone) this.#rows.delete(id);
    const focused = document.activeElement;
    const { children } = this.#body;
    if (wanted.length !== children.length || wanted.some(({ root }, index) => children[index] !== root)) {
      this.#body.replaceChildren(...wanted.map(({ root }) => root));
      // Moving a row takes the focus from the button in it.
      if (focused instanceof HTMLElement && this.#body.contains(focused)) focused.focus();
    }
    this.age(now);
  }

  /** Brings the ages up to date. */
  age(now: number): void {
    for (const { alarm, since } of this.#rows.values()) {
      setText(since, formatAge((now - Date.parse(alarm.raised)) / 1000));
    }
  }

  #rowOf(alarm: Alarm): Row {
    const known = this.#rows.get(alarm.id);
    if (known?.alarm === alarm) return known;
    const row = known ?? { root: element('tr'), since: element('span'), alarm };
    row.alarm = alarm;
    this.#rows.set(alarm.id, row);
    const button = document.activeElement;
    const held = button !== null && row.root.contains(button) ? button.textContent : undefined;
    row.root.replaceChildren(...this.#cells(row));
    row.root.className = `alarm ${alarm.severity} ${alarm.state}`;
    // The same button again, or what took its place: whoever works with the keyboard stays where they were.
    const buttons = [...row.root.querySelectorAll('button')];
    if (held !== undefined) (buttons.find((one) => one.textContent === held) ?? buttons[0])?.focus();
    return row;
  }

  #cells({ alarm, since }: Row): HTMLElement[] {
    const { twin, kind, subject, message, cause, occurrences, raised } = alarm;
    since.title = formatDay(raised);
    const named = twin === '*' ? 'the engine' : element('a', { href: `#${encodeURIComponent(twin)}` }, twin);
    const href = kind === 'rolled-back' ? `#/models/${encodeURIComponent(subject ?? '')}` : undefined;
    const often = occurrences > 1 ? [element('span', { class: 'quiet' }, ` · ${occurrences} times`)] : [];
    return [
      element('td', {}, severityCell(alarm)),
      ...(this.#options.twins === 'shown' ? [element('td', { class: 'twin' }, named)] : []),
      element(
        'td',
        { class: 'what' },
        element('div', {}, ...proseOf(message)),
        ...(cause === undefined ? [] : [element('div', { class: 'quiet' }, ...proseOf(cause))]),
        ...(href === undefined ? [] : [element('div', {}, element('a', { href }, 'Show the rollout'))]),
      ),
      element('td', { class: 'since' }, since, ...often),
      element('td', { class: 'state' }, stateWords(alarm)),
      element('td', { class: 'acts' }, ...this.#buttons(alarm)),
    ];
  }

  #buttons(alarm: Alarm): HTMLElement[] {
    const { state, message, twin } = alarm;
    if (this.#options.acts === 'none') return [];
    const button = (text: string, act: (alarm: Alarm) => Promise<void>): HTMLElement => {
      const label = `${text}: ${twin === '*' ? 'the engine' : twin}, ${message}`;
      const node = element('button', { type: 'button', 'aria-label': label }, text);
      // Not disabled meanwhile: that would take the focus from it.
      let busy = false;
      node.addEventListener('click', () => {
        if (busy) return;
        busy = true;
        this.#options.onProblem('');
        act(alarm)
          .catch((error: unknown) => {
            this.#options.onProblem(error instanceof Error ? error.message : String(error));
          })
          .finally(() => {
            busy = false;
          });
      });
      return node;
    };
    const unseen = state === 'unacknowledged' || state === 'returned';
    return [
      ...(unseen ? [button('Acknowledge', acknowledge)] : []),
      ...(state === 'shelved' ? [button('Unshelve', unshelve)] : [button('Shelve…', shelve)]),
    ];
  }
}
