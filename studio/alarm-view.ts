/** All alarms on the page: what asks most first, narrowed down by kind, a hundred at a time. */

import { acknowledgeAll, changeName, rememberedName } from './alarm-acts.ts';
import { AlarmTable } from './alarm-table.ts';
import type { Alarm, AlarmStore } from './alarms.ts';
import { element, setText } from './dom.ts';
import type { Travel } from './travel.ts';

/** More rows at once help nobody, and would make the page slow. */
const PAGE = 100;

const filters: readonly (readonly [name: string, keep: (alarm: Alarm) => boolean])[] = [
  ['All', () => true],
  ['Not seen', ({ state }) => state === 'unacknowledged' || state === 'returned'],
  ['Critical', ({ severity }) => severity === 'critical'],
  ['Shelved', ({ state }) => state === 'shelved'],
  ['Suppressed', ({ state }) => state === 'suppressed'],
];

const nothing: Readonly<Record<string, string>> = {
  All: 'No alarms: nothing asks for you.',
  'Not seen': 'Somebody has seen every alarm.',
  Critical: 'No alarm is critical.',
  Shelved: 'No alarm is shelved.',
  Suppressed: 'No alarm is suppressed.',
};

export class AlarmView {
  readonly root: HTMLElement;
  readonly #store: AlarmStore;
  readonly #travel: Travel;
  readonly #isPast: boolean;
  readonly #table: AlarmTable;
  readonly #filters = new Map<string, HTMLButtonElement>();
  readonly #problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  readonly #none = element('p', { class: 'quiet' });
  readonly #more = element('button', { type: 'button', class: 'more', hidden: '' });
  readonly #seen = element('button', { type: 'button', hidden: '' });
  readonly #name = element('button', { type: 'button', class: 'link' });
  #filter = 'All';
  /** Of those shown, what nobody has seen yet. */
  #unseen: readonly Alarm[] = [];
  #limit = PAGE;

  constructor(store: AlarmStore, travel: Travel) {
    this.#store = store;
    this.#travel = travel;
    this.#isPast = travel.atMs !== undefined;
    this.#table = new AlarmTable({
      twins: 'shown',
      acts: this.#isPast ? 'none' : 'offered',
      onProblem: (text) => this.#tell(text),
    });
    for (const [name] of filters) {
      const button = element('button', { type: 'button' }, name);
      button.addEventListener('click', () => {
        this.#filter = name;
        this.#limit = PAGE;
        this.update();
      });
      this.#filters.set(name, button);
    }
    this.#more.addEventListener('click', () => {
      this.#limit += PAGE;
      this.update();
    });
    this.#seen.addEventListener('click', () => {
      this.#tell('');
      acknowledgeAll(this.#unseen).catch((error: unknown) => this.#tell(wordsOf(error)));
    });
    this.#name.addEventListener('click', () => {
      changeName().then(
        () => this.update(),
        (error: unknown) => this.#tell(wordsOf(error)),
      );
    });
    this.root = element(
      'div',
      {},
      element('h1', {}, 'Alarms'),
      element(
        'div',
        { class: 'filters', role: 'group', 'aria-label': 'Which alarms' },
        ...this.#filters.values(),
        this.#seen,
        this.#name,
      ),
      this.#problem,
      this.#none,
      this.#table.root,
      this.#more,
    );
  }

  update(): void {
    const all = this.#store.all();
    let shown: readonly Alarm[] = all;
    for (const [name, keep] of filters) {
      const kept = name === 'All' ? all : all.filter(keep);
      const button = this.#filters.get(name);
      button?.setAttribute('aria-pressed', String(name === this.#filter));
      if (button !== undefined) setText(button, `${name} ${kept.length}`);
      if (name === this.#filter) shown = kept;
    }
    const heard = this.#store.counts !== undefined;
    this.#none.hidden = shown.length > 0;
    setText(this.#none, heard ? (nothing[this.#filter] ?? '') : 'Waiting for the engine…');
    this.#table.root.hidden = shown.length === 0;
    const rows = shown.slice(0, this.#limit);
    this.#table.show(rows, this.#nowMs());
    this.#unseen = rows.filter(({ state }) => state === 'unacknowledged' || state === 'returned');
    this.#seen.hidden = this.#isPast || this.#unseen.length < 2;
    this.#name.hidden = this.#isPast;
    setText(this.#seen, `Acknowledge the ${this.#unseen.length} shown`);
    this.#more.hidden = shown.length <= this.#limit;
    setText(this.#more, `Show more (${shown.length - this.#limit} are not shown)`);
    const name = rememberedName();
    setText(this.#name, name === '' ? 'Say who you are' : `You are ${name}`);
  }

  draw(): void {
    this.#table.age(this.#nowMs());
  }

  #nowMs(): number {
    return this.#travel.atMs ?? this.#travel.clock.nowMs();
  }

  #tell(text: string): void {
    this.#problem.hidden = text === '';
    setText(this.#problem, text);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
