/** A twin's model: which version it runs, which there are, and what is different between them. */

import type { Twin } from './api.ts';
import { differenceView } from './difference.ts';
import { element, setText } from './dom.ts';
import { fetchDifference, fetchVersions, type ModelSummary } from './model-api.ts';

export interface ModelPanelOptions {
  /** What can be done with another version than the one that runs. */
  readonly acts?: (version: ModelSummary) => readonly HTMLElement[];
}

export class ModelPanel {
  readonly root: HTMLElement;
  readonly #twin: Twin;
  readonly #acts: NonNullable<ModelPanelOptions['acts']>;
  readonly #body = element('tbody');
  readonly #table: HTMLElement;
  readonly #note = element('p', { class: 'quiet', role: 'status' });
  readonly #difference = element('div');

  constructor(twin: Twin, { acts = () => [] }: ModelPanelOptions = {}) {
    this.#twin = twin;
    this.#acts = acts;
    const titles = ['Version', 'Title', 'Twins', ''];
    this.#table = element(
      'table',
      { class: 'versions', hidden: '' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...titles.map((title) =>
            element(
              'th',
              { scope: 'col' },
              title === '' ? element('span', { class: 'unseen' }, 'Acts') : title,
            ),
          ),
        ),
      ),
      this.#body,
    );
    this.root = element('div', { class: 'model' }, this.#note, this.#table, this.#difference);
  }

  /** Asks which versions there are now. */
  load(): void {
    const [name = ''] = this.#twin.model.split('@');
    fetchVersions(name).then(
      (versions) => this.#show(versions),
      (error: unknown) => this.tell(error),
    );
  }

  #show(versions: readonly ModelSummary[]): void {
    const others = versions.filter(({ id }) => id !== this.#twin.model);
    setText(
      this.#note,
      others.length === 0 ? `${this.#twin.model} is the only version that is published.` : '',
    );
    this.#table.hidden = others.length === 0;
    this.#body.replaceChildren(...versions.map((version) => this.#row(version)));
  }

  #row(version: ModelSummary): HTMLElement {
    const { id, title, twins } = version;
    const runs = id === this.#twin.model;
    const compare = element('button', { type: 'button', 'aria-label': `Compare with ${id}` }, 'Compare');
    compare.addEventListener('click', () => this.#compare(id));
    return element(
      'tr',
      {},
      element(
        'td',
        {},
        version.version,
        ...(runs ? [' ', element('span', { class: 'kind' }, 'runs here')] : []),
      ),
      element('td', {}, title),
      element('td', {}, String(twins)),
      element('td', { class: 'acts' }, ...(runs ? [] : [compare, ...this.#acts(version)])),
    );
  }

  #compare(id: string): void {
    setText(this.#note, '');
    fetchDifference(this.#twin.model, id).then(
      (difference) => this.#difference.replaceChildren(differenceView(difference)),
      (error: unknown) => this.tell(error),
    );
  }

  /** Says what went wrong. */
  tell(error: unknown): void {
    setText(this.#note, error instanceof Error ? error.message : String(error));
  }
}
