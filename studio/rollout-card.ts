/** A rollout on the page of models: what goes where, how far it is, what was found, what can be done; opened, all of it. */

import { comparisonView } from './comparison-view.ts';
import { element, proseOf, sentenceOf } from './dom.ts';
import { formatAgo, formatDay } from './format.ts';
import { actButtons } from './rollout-acts.ts';
import { isOpen, needsLook, type Rollout, type RolloutSummary, type RolloutTwin } from './rollout-api.ts';
import { doneText, partText, spanText, stateWords, twinsText, versionsOf } from './rollout-words.ts';
import { shareBar, shareWords } from './share-bar.ts';

/** So many twins are shown of a rollout. */
export const twinsShown = 20;

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
  #rollout: RolloutSummary | undefined;
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
    this.#rollout = rollout;
    this.root.setAttribute('aria-label', `Rollout ${id}`);
    this.root.className = `rollout ${state} ${needsLook(rollout) ? 'look' : ''} ${whole === undefined ? '' : 'whole'}`;
    // Built anew only where it says something else: what somebody selects or has the focus in stays.
    const shown = JSON.stringify([rollout, whole !== undefined, Math.floor(Date.now() / 60_000)]);
    if (shown !== this.#shown) this.#keepFocus(this.#head, this.#headOf(rollout, whole !== undefined));
    this.#shown = shown;
    if (state !== this.#state)
      this.#buttons.replaceChildren(
        ...actButtons(rollout, () => this.#rollout ?? rollout, this.#options.changed),
      );
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
    const { id, model, from, of, state, created, watchUntil, twins, verdict } = rollout;
    const href = isWhole ? '#/models' : `#/models/${encodeURIComponent(id)}`;
    const counts = twinStates.map((kind) => ({ name: kind, count: twins[kind] ?? 0, kind }));
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return [
      element(
        'h3',
        {},
        element('a', { href, 'data-focus': 'open', 'aria-expanded': String(isWhole) }, id),
        element('span', { class: `stage ${state}` }, stateWords[state]),
        ...(state === 'shadow' || state === 'live' || verdict !== 'not enough yet'
          ? [element('span', { class: `verdict ${verdict.replaceAll(' ', '-')}` }, verdict)]
          : []),
      ),
      element('p', { class: 'which' }, `${versionsOf(from) || '–'} → ${model}`),
      element(
        'p',
        { class: 'facts' },
        element('span', {}, `on ${partText(of, total)}`),
        element('span', {}, `begun ${agoText(created)}`),
        ...(watchUntil === undefined ? [] : [element('span', {}, `watched until ${formatDay(watchUntil)}`)]),
      ),
      shareBar(counts),
      element(
        'p',
        { class: 'share-words' },
        ...counts
          .filter(({ count }) => count > 0)
          .map(({ name, count, kind }) => shareWords(kind, `${count} ${name}`)),
      ),
      ...saidOf(rollout).map((text) => element('p', {}, ...sentenceOf(text))),
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
              element('span', {}, ...proseOf(doneText(message))),
            ),
          ),
      ),
      element('h4', {}, 'Twins'),
      this.#filters(twins, only),
      element(
        'ul',
        { class: 'some-twins' },
        ...list.map((twin) =>
          element(
            'li',
            {},
            shareWords(twin.state, ''),
            element(
              'a',
              { href: `#${encodeURIComponent(twin.id)}`, 'data-focus': `twin ${twin.id}` },
              twin.id,
            ),
            element('span', { class: 'quiet' }, ...proseOf(twinText(twin))),
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

/** What is to be known first: once it is no longer tried, what was done last, and when. */
function saidOf({ state, rollback, sentence, last, still }: RolloutSummary): string[] {
  if (state !== 'shadow' && state !== 'live')
    return last === undefined ? [] : [`${doneText(last.message)} (${agoText(last.time)})`];
  if (still === 0) return [sentence];
  const where = state === 'shadow' && rollback.when === 'worse' ? ': promoted, it would be taken back' : '';
  return [`the new version stands still on ${twinsText(still)}${where}`, sentence];
}

function agoText(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  return seconds < 1.5 ? 'just now' : formatAgo(seconds);
}

function twinText({ state, verdict, still, problem, found }: RolloutTwin): string {
  const why = problem?.message ?? found;
  if (why !== undefined) return `${state}: ${why}`;
  return [
    state,
    ...(still === true ? ['stands still'] : []),
    ...(verdict === undefined ? [] : [verdict]),
  ].join(' · ');
}

function ruleText({ when, watchSeconds, sharePercent }: Rollout['rollback']): string {
  if (when === 'never') return 'Only by hand. In every state its verdict is told.';
  return (
    `While it is live, from a twin on which it is worse; and from all if it is worse on all together, was taken back from more than ` +
    `${sharePercent} % of them, or one stands still. Watched for ${spanText(watchSeconds)} after it went live.`
  );
}
