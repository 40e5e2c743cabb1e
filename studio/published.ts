/** The models that are published: of each its versions, how many twins run which, and what is different between two of them. */

import { Unreachable } from './api.ts';
import { differenceView } from './difference.ts';
import { element, sentenceOf, setText } from './dom.ts';
import { fetchDifference, type ModelSummary } from './model-api.ts';
import { shareBar } from './share-bar.ts';
import { startOf } from './start-trial.ts';

/** Versions that are shown of a model; older ones at a press of a button, unless twins run them. */
const VERSIONS = 6;
const MODELS = 20;

export class Published {
  readonly root = element('div');
  readonly #begun: () => void;
  readonly #panels = new Map<string, ModelCard>();
  readonly #more = element('button', { type: 'button', class: 'more', hidden: '' });
  #limit = MODELS;
  #models: readonly ModelSummary[] = [];

  /** @param begun - told once a rollout was begun from here. */
  constructor(begun: () => void) {
    this.#begun = begun;
    this.#more.addEventListener('click', () => {
      this.#limit += MODELS;
      this.show(this.#models);
    });
  }

  show(models: readonly ModelSummary[]): void {
    this.#models = models;
    const byName = [...Map.groupBy(models, ({ name }) => name)];
    const cards = byName.slice(0, this.#limit).map(([name, versions]) => {
      const card = this.#panels.get(name) ?? new ModelCard(this.#begun);
      this.#panels.set(name, card);
      card.show(versions.toReversed());
      return card.root;
    });
    this.#more.hidden = byName.length <= this.#limit;
    setText(this.#more, `Show more (${byName.length - this.#limit} models are not shown)`);
    const wanted = [...cards, this.#more];
    if (
      wanted.length !== this.root.children.length ||
      wanted.some((card, i) => this.root.children[i] !== card)
    )
      this.root.replaceChildren(...wanted);
  }
}

class ModelCard {
  readonly root = element('section', { class: 'published' });
  readonly #begun: () => void;
  readonly #head = element('div');
  readonly #body = element('tbody');
  readonly #older = element('button', { type: 'button', class: 'more', hidden: '' });
  readonly #problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  readonly #difference = element('div');
  /** Ids of those that are compared, the one chosen first at the front. */
  #chosen: readonly string[] = [];
  #versions: readonly ModelSummary[] = [];
  #all = false;
  /** Nobody answered when something was asked for. */
  #isAway = false;
  #shown = '';

  constructor(begun: () => void) {
    this.#begun = begun;
    const titles = ['Compare', 'Version', 'Twins', 'Acts'];
    const heads = titles.map((title) =>
      element('th', { scope: 'col' }, title === 'Acts' ? element('span', { class: 'unseen' }, title) : title),
    );
    const table = element(
      'table',
      { class: 'versions' },
      element('thead', {}, element('tr', {}, ...heads)),
      this.#body,
    );
    this.#older.addEventListener('click', () => {
      this.#all = true;
      this.#draw();
    });
    this.root.append(this.#head, table, this.#older, this.#problem, this.#difference);
  }

  /** @param versions - the newest first. */
  show(versions: readonly ModelSummary[]): void {
    this.#versions = versions;
    if (this.#isAway) this.#problem.hidden = true;
    this.#isAway = false;
    const shown = JSON.stringify(versions);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#draw();
  }

  #draw(): void {
    const [newest] = this.#versions;
    if (newest === undefined) return;
    const total = this.#versions.reduce((sum, { twins }) => sum + twins, 0);
    this.root.setAttribute('aria-label', `Model ${newest.name}`);
    const shares = this.#versions.map((one) => ({
      name: one.version,
      count: one.twins,
      kind: this.#colourOf(one),
    }));
    const words = element('span', { class: 'quiet' }, total === 1 ? '1 twin' : `${total} twins`);
    this.#head.replaceChildren(
      element('h3', {}, newest.name, ' ', element('span', { class: 'name' }, newest.title), words),
      ...(total > 0 ? [shareBar(shares)] : []),
    );
    const rows = this.#versions.filter(({ twins }, i) => this.#all || i < VERSIONS || twins > 0);
    this.#older.hidden = rows.length === this.#versions.length;
    setText(this.#older, `${this.#versions.length - rows.length} older versions`);
    const held = document.activeElement;
    const label = held !== null && this.#body.contains(held) ? held.getAttribute('aria-label') : null;
    this.#body.replaceChildren(...rows.map((version) => this.#row(version, total)));
    if (label !== null) this.#body.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  }

  #row(version: ModelSummary, total: number): HTMLElement {
    const { id, twins } = version;
    const kind = this.#colourOf(version);
    const isOnly = this.#versions.length === 1;
    const box = element('input', { type: 'checkbox', 'aria-label': `Compare ${id}` });
    box.checked = this.#chosen.includes(id);
    box.disabled = isOnly;
    box.addEventListener('change', () => this.#choose(id, box.checked));
    const roll = element('button', { type: 'button', 'aria-label': `Roll out ${id}` }, 'Roll out…');
    roll.addEventListener('click', () => {
      this.#problem.hidden = true;
      startOf(version).then(
        (isBegun) => {
          if (isBegun) this.#begun();
        },
        (error: unknown) => this.#tell(error),
      );
    });
    // Where all twins run it there is nobody to bring it to.
    roll.hidden = twins === total;
    const percent = twins === 0 ? '' : ` · ${Number(((100 * twins) / total).toPrecision(2))} %`;
    return element(
      'tr',
      {},
      element('td', {}, box),
      element('td', {}, element('i', { class: `key ${kind}` }), version.version),
      element('td', {}, `${twins}${percent}`),
      element('td', { class: 'acts' }, roll),
    );
  }

  /** Those that run have one, the oldest the first: it keeps it when another is published or rolled out. */
  #colourOf(version: ModelSummary): string {
    const run = this.#versions.filter(({ twins }) => twins > 0).toReversed();
    return run.includes(version) ? `v${run.indexOf(version) % 4}` : '';
  }

  #choose(id: string, isChosen: boolean): void {
    const others = this.#chosen.filter((one) => one !== id);
    // Two at a time: a third takes the place of the one that was chosen first.
    this.#chosen = isChosen ? [...others, id].slice(-2) : others;
    for (const box of this.#body.querySelectorAll('input'))
      box.checked = this.#chosen.some((one) => box.getAttribute('aria-label') === `Compare ${one}`);
    this.#problem.hidden = true;
    // The versions are the newest first.
    const [after, before] = this.#versions.filter((one) => this.#chosen.includes(one.id));
    if (after === undefined || before === undefined) {
      this.#difference.replaceChildren(
        ...(this.#chosen.length === 1
          ? [element('p', { class: 'quiet' }, 'Choose another version to compare with.')]
          : []),
      );
      return;
    }
    const asked = this.#chosen;
    fetchDifference(before.id, after.id).then(
      (difference) => {
        if (this.#chosen === asked) this.#difference.replaceChildren(differenceView(difference));
      },
      (error: unknown) => {
        this.#difference.replaceChildren();
        this.#tell(error);
      },
    );
  }

  #tell(error: unknown): void {
    this.#problem.hidden = false;
    this.#isAway = error instanceof Unreachable;
    this.#problem.replaceChildren(...sentenceOf(error instanceof Error ? error.message : String(error)));
  }
}
