/** The past of a twin's signals for its charts: a choice of span, and what the engine has recorded of it. */

import { element, setText } from './dom.ts';
import type { Travel } from './travel.ts';

/** What happened in each part of a span that has samples. Times in Unix milliseconds. */
export interface Parts {
  readonly begins: readonly number[];
  readonly least: readonly number[];
  readonly most: readonly number[];
  readonly mean: readonly number[];
}

/** The past of one chart. */
export interface Past {
  /** Where it ends, in seconds since 1970; absent: now, and it goes on. */
  readonly endSeconds?: number;
  readonly spanSeconds: number;
  /** Width of a part. */
  readonly partSeconds: number;
  readonly computed: Parts | undefined;
  readonly measured: Parts | undefined;
  readonly uncertainty: Parts | undefined;
}

/** A chart that wants its past, under these names. */
export interface PastTarget {
  readonly computed: string;
  readonly measured?: string;
  readonly uncertainty?: string;
  begin(past: Past): void;
}

interface Answer {
  readonly from: string;
  readonly to: string;
  readonly signals: readonly (Parts & { readonly signal: string })[];
}

const spans = [
  ['15 min', 900],
  ['1 h', 3600],
  ['6 h', 21_600],
  ['1 d', 86_400],
  ['7 d', 604_800],
  ['30 d', 2_592_000],
  ['1 y', 31_536_000],
] as const;
/** As many as a chart has room for. */
const PARTS = 300;
/** As many as one request may name. */
const SIGNALS_AT_ONCE = 20;

export class PastBar {
  readonly root: HTMLElement;
  readonly #twin: string;
  readonly #travel: Travel;
  readonly #targets: readonly PastTarget[];
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #note = element('span', { class: 'past-note', role: 'status' });
  #loading: AbortController | undefined;

  constructor(twin: string, targets: readonly PastTarget[], travel: Travel) {
    this.#twin = twin;
    this.#travel = travel;
    this.#targets = targets;
    this.#buttons = spans.map(([label, seconds]) => {
      const button = element('button', { type: 'button' }, label);
      button.addEventListener('click', () => {
        travel.setSpan(seconds);
      });
      return button;
    });
    this.root = element(
      'div',
      { class: 'past', role: 'group', 'aria-label': 'Span of the charts' },
      ...this.#buttons,
      this.#note,
    );
  }

  /** Asks for the span that is chosen, in place of what was asked before. */
  load(): void {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    for (const [i, button] of this.#buttons.entries())
      button.setAttribute('aria-pressed', String(spans[i]?.[1] === this.#travel.spanSeconds));
    this.#fill(loading.signal).catch((error: unknown) => {
      if (loading.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#say(`The past is not to be had: ${why}. The charts begin now.`, 'failed');
    });
  }

  destroy(): void {
    this.#loading?.abort();
  }

  async #fill(signal: AbortSignal): Promise<void> {
    const { spanSeconds, atMs, window } = this.#travel;
    this.#say('Loading the past…');
    const known = new Set(await this.#names(signal));
    const names = this.#targets
      .flatMap(({ computed, measured, uncertainty }) => [computed, measured, uncertainty])
      .filter((name) => name !== undefined && known.has(name));
    const found = new Map<string, Parts>();
    let span = atMs === undefined ? `last=${spanSeconds}s` : `from=${window.fromMs}&to=${window.toMs}`;
    for (let at = 0; at < names.length; at += SIGNALS_AT_ONCE) {
      if (at > 0) this.#say(`Loading the past… ${Math.round((100 * at) / names.length)} %`);
      const asked = names.slice(at, at + SIGNALS_AT_ONCE).join(',');
      const answer = await this.#get<Answer>(
        `?signal=${encodeURIComponent(asked)}&parts=${PARTS}&${span}`,
        signal,
      );
      // All from the same moment on, so that what belongs together falls into the same parts.
      span = `from=${encodeURIComponent(answer.from)}&to=${encodeURIComponent(answer.to)}`;
      for (const parts of answer.signals) if (parts.begins.length > 0) found.set(parts.signal, parts);
    }
    for (const target of this.#targets) {
      target.begin({
        ...(atMs !== undefined && { endSeconds: window.toMs / 1000 }),
        spanSeconds,
        partSeconds: spanSeconds / PARTS,
        computed: found.get(target.computed),
        measured: found.get(target.measured ?? ''),
        uncertainty: found.get(target.uncertainty ?? ''),
      });
    }
    const begin = atMs === undefined ? '; the charts begin now.' : '.';
    this.#say(found.size > 0 ? '' : `Nothing is recorded of this span${begin}`);
  }

  async #names(signal: AbortSignal): Promise<readonly string[]> {
    const { signals } = await this.#get<{ signals: readonly { signal: string }[] }>('', signal);
    return signals.map((one) => one.signal);
  }

  /** Throws an Error with the server's own explanation. */
  async #get<T>(query: string, signal: AbortSignal): Promise<T> {
    const path = `/api/v1/twins/${encodeURIComponent(this.#twin)}/history${query}`;
    const response = await fetch(path, { headers: { accept: 'application/json' }, signal });
    const body: unknown = await response.json();
    if (response.ok) return body as T;
    const { code, detail } = body as { readonly code?: string; readonly detail?: string };
    throw new Error(
      code === 'HTTP_NOT_FOUND' ? 'this project records no history' : (detail ?? response.statusText),
    );
  }

  #say(text: string, kind = ''): void {
    setText(this.#note, text);
    this.#note.className = `past-note ${kind}`;
  }
}
