/** The bar below the head: which moment the page shows, a slider over the span of the charts, and a field to type it. */

import { element, setText } from './dom.ts';
import { formatAgo, formatMomentInFull } from './format.ts';
import type { Travel } from './travel.ts';

/** The slider's steps: a key press moves it by one, Page Up and Page Down by ten. */
const STEPS = 900;

export class TimeBar {
  readonly root: HTMLElement;
  readonly #travel: Travel;
  readonly #slider = element('input', { type: 'range', min: '0', max: String(STEPS), step: '1' });
  readonly #field = element('input', { type: 'datetime-local', step: '1' });
  readonly #what = element('b');
  readonly #more = element('span', { class: 'quiet' });
  readonly #from = element('span', { class: 'end' });
  readonly #to = element('span', { class: 'end' });
  readonly #problem = element('span', { class: 'problem', role: 'alert' });
  readonly #now = element('button', { type: 'button', class: 'to-now' }, 'Back to now');
  readonly #steps: readonly HTMLButtonElement[];
  #resolutionMs: number | undefined;

  constructor(travel: Travel) {
    this.#travel = travel;
    this.#slider.setAttribute('aria-label', 'The moment that is shown');
    this.#field.setAttribute('aria-label', 'The moment that is shown, as date and time');
    this.#slider.addEventListener('input', () => {
      const { fromMs, toMs } = travel.window;
      const part = Number(this.#slider.value) / STEPS;
      // At its end the slider of now stands for now; that of a past window for the window's end.
      travel.goTo(part === 1 && travel.atMs === undefined ? toMs : fromMs + part * (toMs - fromMs));
    });
    this.#field.addEventListener('change', () => {
      const atMs = new Date(this.#field.value).getTime();
      if (Number.isFinite(atMs)) travel.goTo(atMs);
    });
    this.#now.addEventListener('click', () => {
      travel.toNow();
      // The button goes; whoever works with the keyboard stays at the bar.
      this.#slider.focus();
    });
    const step = (text: string, label: string, seconds: number): HTMLButtonElement => {
      const button = element('button', { type: 'button', 'aria-label': label, title: label }, text);
      button.addEventListener('click', () =>
        travel.goTo((travel.atMs ?? travel.clock.nowMs()) + seconds * 1000),
      );
      return button;
    };
    this.#steps = [
      step('−1 min', 'A minute earlier', -60),
      step('−5 s', 'Five seconds earlier', -5),
      step('+5 s', 'Five seconds later', 5),
      step('+1 min', 'A minute later', 60),
    ];
    this.root = element(
      'section',
      { class: 'time', 'aria-label': 'Time' },
      element('p', {}, this.#what, this.#more, this.#problem),
      element('div', { class: 'travel' }, this.#from, this.#slider, this.#to),
      element('div', { class: 'pick' }, ...this.#steps, this.#field, this.#now),
    );
    travel.onChange((change) => {
      if (change === 'moment') this.#problem.textContent = '';
      this.draw();
    });
    this.draw();
  }

  /** How far apart what was recorded is. */
  set resolutionMs(value: number | undefined) {
    this.#resolutionMs = value;
    this.draw();
  }

  /** Says why a moment cannot be shown. */
  tell(problem: string): void {
    setText(this.#problem, problem);
  }

  /** Brings the ages and the ends up to date. */
  draw(): void {
    const { atMs, window, clock, spanSeconds } = this.#travel;
    const isPast = atMs !== undefined;
    this.root.classList.toggle('then', isPast);
    this.#now.hidden = !isPast;
    for (const button of this.#steps) button.hidden = !isPast && button.textContent.startsWith('+');
    const shownMs = atMs ?? window.toMs;
    setText(this.#what, isPast ? formatMomentInFull(shownMs) : 'Now');
    const seldom =
      this.#resolutionMs === undefined
        ? ''
        : ` · a tick every ${Number((this.#resolutionMs / 1000).toPrecision(3))} s`;
    setText(
      this.#more,
      isPast
        ? `the past, ${formatAgo((clock.nowMs() - shownMs) / 1000)}${seldom}`
        : 'live; the slider shows what was',
    );
    setText(this.#from, formatEnd(window.fromMs, spanSeconds));
    setText(this.#to, isPast ? formatEnd(window.toMs, spanSeconds) : 'now');
    const part = (shownMs - window.fromMs) / (window.toMs - window.fromMs);
    this.#slider.value = String(Math.round(part * STEPS));
    this.#slider.setAttribute('aria-valuetext', isPast ? formatMomentInFull(shownMs) : 'now');
    // What somebody is typing is theirs.
    if (document.activeElement !== this.#field) this.#field.value = localText(shownMs);
  }
}

function formatEnd(timeMs: number, spanSeconds: number): string {
  const time = new Date(timeMs);
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (spanSeconds < 86_400) return clock;
  const day = { day: 'numeric', month: 'short' } as const;
  // Of a span of weeks the year matters more than the minute.
  if (spanSeconds > 604_800) return time.toLocaleDateString('en-GB', { ...day, year: 'numeric' });
  return `${time.toLocaleDateString('en-GB', day)}, ${clock}`;
}

/** As a field of date and time has it: in this machine's zone, without saying so. */
function localText(timeMs: number): string {
  const time = new Date(timeMs);
  return new Date(timeMs - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
