/** The page of models: the rollouts, open ones first, one of them opened; and the models that are published. */

import { Refused, Unreachable } from './api.ts';
import { element, sentenceOf, setText } from './dom.ts';
import { fetchModels, type ModelSummary } from './model-api.ts';
import { Published } from './published.ts';
import { RolloutCard, twinsShown } from './rollout-card.ts';
import {
  fetchRollout,
  fetchRollouts,
  isOnItsWay,
  isOpen,
  type Rollout,
  type RolloutSummary,
} from './rollout-api.ts';

const REFRESH_MS = 2000;
/** While twins are on their way, which takes moments. */
const SOON_MS = 300;
/** Rollouts that are over and shown at once. */
const OVER = 10;

export class ModelsView {
  readonly root: HTMLElement;
  /** The rollout that is opened. */
  readonly opened: string | undefined;
  readonly #cards = new Map<string, RolloutCard>();
  readonly #problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  readonly #help: HTMLElement;
  readonly #open = element('div');
  readonly #over = element('div');
  readonly #overTitle = element('h2', {}, 'Over');
  readonly #more = element('button', { type: 'button', class: 'more', hidden: '' });
  readonly #published: Published;
  readonly #none = element('p', { class: 'quiet', hidden: '' }, 'No model is published yet.');
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onRollouts: (rollouts: readonly RolloutSummary[]) => void;
  #only: string | undefined;
  #told = '';
  #limit = OVER;
  #isLoading = false;
  #isStale = false;
  #isMoving = false;
  #isFound = false;
  #isGone = false;

  /** @param onRollouts - told those that there are, each time they were asked for. */
  constructor(opened: string | undefined, onRollouts: (rollouts: readonly RolloutSummary[]) => void) {
    this.opened = opened;
    this.#onRollouts = onRollouts;
    this.#published = new Published(() => this.load());
    this.#more.addEventListener('click', () => {
      this.#limit = Number.POSITIVE_INFINITY;
      this.load();
    });
    this.#help = helpView();
    this.root = element(
      'div',
      { class: 'models-page' },
      element('h1', {}, 'Models'),
      this.#problem,
      element('h2', {}, 'Rollouts'),
      this.#help,
      this.#open,
      this.#overTitle,
      this.#over,
      this.#more,
      element('h2', {}, 'Published'),
      this.#none,
      this.#published.root,
    );
    this.#overTitle.hidden = true;
    this.load();
  }

  /** Asks how everything stands. */
  load(): void {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    clearTimeout(this.#timer);
    this.#loadAll()
      .catch((error: unknown) => {
        // That nobody answers stands at the head of the page.
        if (!(error instanceof Unreachable))
          this.#tell(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        this.#isLoading = false;
        if (!this.#isGone) this.#again();
      });
  }

  destroy(): void {
    this.#isGone = true;
    clearTimeout(this.#timer);
  }

  #again(): void {
    const waitMs = this.#isMoving ? SOON_MS : REFRESH_MS;
    this.#isMoving = false;
    this.#timer = setTimeout(() => {
      if (document.hidden) this.#again();
      else this.load();
    }, waitMs);
  }

  async #loadAll(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const [models, rollouts, whole] = await Promise.all([
        fetchModels(),
        fetchRollouts(),
        this.#loadOpened(),
      ]);
      if (this.#isGone) return;
      this.#onRollouts(rollouts);
      this.#show(models, rollouts, whole);
      this.#isMoving = rollouts.some(isOnItsWay);
    }
  }

  async #loadOpened(): Promise<Rollout | string | undefined> {
    if (this.opened === undefined) return undefined;
    try {
      return await fetchRollout(this.opened, { limit: twinsShown, state: this.#only });
    } catch (error) {
      // All that there are stand below.
      const nobody = `there is no rollout \`${this.opened}\``;
      if (error instanceof Refused && error.status === 404)
        return error.message.includes('did you mean') ? error.message : nobody;
      throw error;
    }
  }

  #show(
    models: readonly ModelSummary[],
    rollouts: readonly RolloutSummary[],
    whole: Rollout | string | undefined,
  ): void {
    this.#tell(typeof whole === 'string' ? whole : '');
    this.#help.hidden = rollouts.length > 0;
    const cards = (those: readonly RolloutSummary[]): HTMLElement[] =>
      those.map((rollout) => {
        const card = this.#cards.get(rollout.id) ?? this.#newCard();
        this.#cards.set(rollout.id, card);
        const isOpened = rollout.id === this.opened && typeof whole === 'object';
        card.show(rollout, { whole: isOpened ? whole : undefined, only: this.#only });
        return card.root;
      });
    const over = rollouts.filter((one) => !isOpen(one));
    const shown = over.filter(({ id }, i) => i < this.#limit || id === this.opened);
    place(this.#open, cards(rollouts.filter(isOpen)));
    place(this.#over, cards(shown));
    this.#overTitle.hidden = over.length === 0;
    this.#more.hidden = shown.length === over.length;
    setText(this.#more, `Show more (${over.length - shown.length} are not shown)`);
    this.#none.hidden = models.length > 0;
    this.#published.show(models);
    // Whoever came by its address sees it, also where it is not the first.
    if (typeof whole === 'object' && !this.#isFound) {
      this.#cards.get(whole.id)?.root.scrollIntoView({ block: 'nearest' });
      this.#isFound = true;
    }
  }

  #newCard(): RolloutCard {
    return new RolloutCard({
      changed: () => this.load(),
      narrow: (state) => {
        this.#only = state;
        this.load();
      },
    });
  }

  #tell(text: string): void {
    if (text === this.#told) return;
    this.#told = text;
    this.#problem.hidden = text === '';
    const meant = /did you mean `([^`]+)`/.exec(text)?.[1];
    const way = element('a', { href: `#/models/${encodeURIComponent(meant ?? '')}` }, `Show ${meant ?? ''}`);
    this.#problem.replaceChildren(...sentenceOf(text), ...(meant === undefined ? [] : [' ', way]));
  }
}

/** Cards that are there already stay where they are, with the focus in them. */
function place(holder: HTMLElement, cards: readonly HTMLElement[]): void {
  if (cards.length !== holder.children.length || cards.some((card, i) => holder.children[i] !== card))
    holder.replaceChildren(...cards);
}

function helpView(): HTMLElement {
  return element(
    'div',
    { class: 'help', hidden: '' },
    element(
      'p',
      {},
      'Here a new version of a model is brought to machines while they run: to a part of them first, in the shadow of the version that ' +
        'runs, where both are compared on the same samples; then live, watched, and taken back by itself where it is worse.',
    ),
    element(
      'p',
      {},
      'Publish a version with ',
      element('code', {}, 'gemel models publish FILE'),
      ' or ',
      element('code', {}, 'POST /api/v1/models'),
      '. It stands below then, with a button that rolls it out.',
    ),
  );
}
