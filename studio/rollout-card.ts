/** A rollout on the page of models: what goes where, how far it is, what was found, what can be done; opened, all of it. */

import { comparisonView } from './comparison-view.ts';
import { element, proseOf } from './dom.ts';
import { formatAgo, formatDay } from './format.ts';
import { actButtons, versionsOf } from './rollout-acts.ts';
import { isOpen, needsLook, type Rollout, type RolloutPart, type RolloutSummary } from './rollout-api.ts';
import { shareBar, shareWords } from './share-bar.ts';

/** So many twins are shown of a rollout. */
export const twinsShown = 20;

const stateWords: Readonly<Record<RolloutSummary['state'], string>> = {
  shadow: 'in the shadow',
  live: 'live',
  'rolled-back': 'rolled back',
  done: 'done: it stays',
  ended: 'ended',
};

/** In the order in which a bar shows them. */
const twinStates = ['live', 'kept', 'shadow', 'waiting', 'returned', 'refused', 'gone'] as const;

export interface CardOptions {
  /** Told once something was done, or another part is to be shown. */
  readonly changed: () => void;
  /** Shows the twins in a state; all with undefined. */
  readonly narrow: (state: string | undefined) => void;
}

export class RolloutCard {
  readonly root = element('section', { class: 'rollout' });
  readonly #options: CardOptions;
  readonly #head = element('div');
  readonly #buttons = element('div', { class: 'buttons' });
  readonly #body = element('div');
  #state: string | undefined;
  #shown = '';
  #told = '';

  constructor(options: CardOptions) {
    this.#options = options;
    this.root.append(this.#head, this.#buttons, this.#body);
  }

  /** @param whole - with its twins and numbers, where it is open on the page. */
  show(
    rollout: RolloutSummary,
    { whole, only }: { readonly whole?: Rollout | undefined; readonly only?: string | undefined },
  ): void {
    const { id, state } = rollout;
    this.root.setAttribute('aria-label', `Rollout ${id}`);
    this.root.className = `rollout ${state} ${needsLook(rollout) ? 'look' : ''} ${whole === undefined ? '' : 'whole'}`;
    // Built anew only where it says something else: what somebody selects or has the focus in stays.
    const shown = JSON.stringify([rollout, whole !== undefined, Math.floor(Date.now() / 60_000)]);
    if (shown !== this.#shown) this.#keepFocus(this.#head, this.#headOf(rollout, whole !== undefined));
    this.#shown = shown;
    if (state !== this.#state) this.#buttons.replaceChildren(...actButtons(rollout, this.#options.changed));
    this.#buttons.hidden = !isOpen(rollout);
    this.#state = state;
    const told = JSON.stringify([whole, only]);
    if (told !== this.#told)
      this.#keepFocus(this.#body, whole === undefined ? [] : this.#bodyOf(whole, only));
    this.#told = told;
  }

  /** Whoever works with the keyboard stays where they were. */
  #keepFocus(place: HTMLElement, children: readonly HTMLElement[]): void {
    const focused = document.activeElement;
    const name = focused !== null && place.contains(focused) ? focused.getAttribute('data-focus') : null;
    place.replaceChildren(...children);
    if (name !== null) place.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`)?.focus();
  }

  #headOf(rollout: RolloutSummary, isWhole: boolean): HTMLElement[] {
    const { id, model, from, of, state, created, changed, watchUntil, twins, verdict, sentence } = rollout;
    const href = isWhole ? '#/models' : `#/models/${encodeURIComponent(id)}`;
    const counts = twinStates.map((kind) => ({ name: kind, count: twins[kind] ?? 0, kind }));
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const now = Date.now();
    const watched =
      watchUntil === undefined ? [] : [element('span', {}, `watched until ${formatDay(watchUntil)}`)];
    return [
      element(
        'h3',
        {},
        element('a', { href, 'data-focus': 'open', 'aria-expanded': String(isWhole) }, id),
        element('span', { class: `stage ${state}` }, stateWords[state]),
        ...(isOpen(rollout) || verdict !== 'not enough yet'
          ? [element('span', { class: `verdict ${verdict.replaceAll(' ', '-')}` }, verdict)]
          : []),
      ),
      element('p', { class: 'which' }, `${versionsOf(from) || '–'} → ${model}`),
      element(
        'p',
        { class: 'facts' },
        element('span', {}, `on ${partText(of, total)}`),
        element('span', {}, `begun ${formatAgo((now - Date.parse(created)) / 1000)}`),
        ...(isOpen(rollout)
          ? watched
          : [element('span', {}, `${stateWords[state]} ${formatAgo((now - Date.parse(changed)) / 1000)}`)]),
      ),
      shareBar(counts),
      element(
        'p',
        { class: 'share-words' },
        ...counts
          .filter(({ count }) => count > 0)
          .map(({ name, count, kind }) => shareWords(kind, `${count} ${name}`)),
      ),
      ...(isOpen(rollout) ? [element('p', { class: 'sentence' }, ...proseOf(sentence))] : []),
    ];
  }

  #bodyOf(rollout: Rollout, only: string | undefined): HTMLElement[] {
    const { rollback, acts, comparison, list, total, twins } = rollout;
    return [
      element('h4', {}, 'How the versions compare'),
      comparisonView(comparison),
      element('h4', {}, 'When it is taken back'),
      element('p', {}, ruleText(rollback)),
      element('h4', {}, 'What was done'),
      element(
        'ol',
        { class: 'done-so-far' },
        ...acts
          .toReversed()
          .map(({ time, message }) =>
            element(
              'li',
              {},
              element('time', { datetime: time }, formatDay(time)),
              element('span', {}, ...proseOf(message)),
            ),
          ),
      ),
      element('h4', {}, 'Twins'),
      this.#filters(twins, only),
      element(
        'ul',
        { class: 'some-twins' },
        ...list.map(({ id, state, verdict, problem, found }) =>
          element(
            'li',
            {},
            shareWords(state, ''),
            element('a', { href: `#${encodeURIComponent(id)}`, 'data-focus': `twin ${id}` }, id),
            element(
              'span',
              { class: 'quiet' },
              problem?.message ?? found ?? (verdict === undefined ? state : `${state} · ${verdict}`),
            ),
          ),
        ),
      ),
      ...(total > list.length ? [element('p', { class: 'quiet' }, `and ${total - list.length} more`)] : []),
    ];
  }

  #filters(twins: Rollout['twins'], only: string | undefined): HTMLElement {
    const there = twinStates.filter((state) => (twins[state] ?? 0) > 0);
    const button = (state: string | undefined, text: string): HTMLElement => {
      const node = element(
        'button',
        { type: 'button', 'data-focus': `only ${text}`, 'aria-pressed': String(only === state) },
        text,
      );
      node.addEventListener('click', () => this.#options.narrow(state));
      return node;
    };
    const group = element('div', { class: 'filters', role: 'group', 'aria-label': 'Which twins' });
    if (there.length > 1 || only !== undefined)
      group.append(button(undefined, 'all'), ...there.map((state) => button(state, state)));
    return group;
  }
}

function partText(of: RolloutPart, total: number): string {
  const many = total === 1 ? '1 twin' : `${total} twins`;
  if ('twins' in of) return many;
  if (!('percent' in of)) return `the group ${of.group}: ${many}`;
  return `${of.percent} %${of.group === undefined ? '' : ` of ${of.group}`}: ${many}`;
}

function ruleText({ when, watchSeconds, sharePercent }: Rollout['rollback']): string {
  if (when === 'never') return 'Only by hand. In every state its verdict is told.';
  return (
    `While it is live, from a twin on which it is worse; and from all if it is worse on all together, was taken back from more than ` +
    `${sharePercent} % of them, or one stands still. Watched for ${spanText(watchSeconds)} after it went live.`
  );
}

function spanText(seconds: number): string {
  if (seconds < 5400) return seconds < 90 ? `${seconds} s` : `${Number((seconds / 60).toPrecision(3))} min`;
  return seconds < 172_800
    ? `${Number((seconds / 3600).toPrecision(3))} h`
    : `${Number((seconds / 86_400).toPrecision(3))} days`;
}
