/** How much of its life a part has left: a bar with its 95 % interval, and the same in words. */

import type { HealthLimit, HealthState } from './api.ts';
import { element, setText } from './dom.ts';
import { formatNumber, formatUnit } from './format.ts';

export class HealthBar {
  readonly root: HTMLElement;
  readonly #bar = element('div', { class: 'left' });
  readonly #interval = element('div', { class: 'interval', hidden: '' });
  readonly #meter: HTMLElement;
  readonly #words = element('b');
  readonly #value = element('span', { class: 'quiet' });
  readonly #limit: HealthLimit;

  constructor(limit: HealthLimit) {
    this.#limit = limit;
    const { name, failsWhen, unit } = limit;
    this.#meter = element(
      'div',
      { class: 'meter', role: 'meter', 'aria-label': name, 'aria-valuemin': '0', 'aria-valuemax': '100' },
      this.#bar,
      this.#interval,
    );
    const fails = `fails ${failsWhen} ${formatNumber(limit.limit)} ${formatUnit(unit)}`.trim();
    const whole = `new ${formatNumber(limit.nominal)} ${formatUnit(unit)}`.trim();
    this.root = element(
      'section',
      { class: 'health', 'aria-label': `Health: ${name}` },
      element('h3', {}, element('span', {}, name), this.#words),
      this.#meter,
      element(
        'p',
        { class: 'ends quiet' },
        element('span', {}, fails),
        this.#value,
        element('span', {}, whole),
      ),
    );
  }

  /** @param when - `now` or `then`. */
  show(state: HealthState | undefined, when: string): void {
    const { value = null, percent = null, low, high } = state ?? {};
    const { unit } = this.#limit;
    setText(this.#value, `${when} ${formatNumber(value)} ${formatUnit(unit)}`.trim());
    this.#meter.classList.toggle('unknown', percent === null);
    if (percent === null) {
      setText(this.#words, 'not known');
      this.#meter.removeAttribute('aria-valuenow');
      this.#bar.style.width = '0';
      this.#interval.hidden = true;
      return;
    }
    const known = low !== undefined && low !== null && high !== undefined && high !== null;
    const between = known ? ` (${low.toFixed(0)}–${high.toFixed(0)})` : '';
    const text = percent <= 0 && !known ? 'has failed' : `${percent.toFixed(0)} % left${between}`;
    setText(this.#words, text);
    this.#meter.setAttribute('aria-valuenow', percent.toFixed(0));
    this.#meter.setAttribute('aria-valuetext', text);
    this.#bar.style.width = `${percent}%`;
    const best = known ? high : percent;
    this.root.className = `health ${best <= 0 ? 'failed' : best < 20 ? 'low' : ''}`;
    this.#interval.hidden = !known;
    if (!known) return;
    const width = Math.max(0.5, high - low);
    this.#interval.style.left = `${Math.min(low, 100 - width)}%`;
    this.#interval.style.width = `${width}%`;
  }
}
