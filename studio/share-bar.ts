/** A bar of how many of each kind there are, and the same in words below it. */

import { element } from './dom.ts';

export interface Share {
  readonly name: string;
  readonly count: number;
  /** Class of its colour. */
  readonly kind: string;
}

/** The bar alone: whoever does not see it reads the words. Shares of nothing are left out. */
export function shareBar(shares: readonly Share[]): HTMLElement {
  const bar = element('div', { class: 'shares', 'aria-hidden': 'true' });
  for (const { name, count, kind } of shares) {
    if (count === 0) continue;
    const part = element('span', { class: kind, title: `${name}: ${count}` });
    part.style.flexGrow = String(count);
    bar.append(part);
  }
  return bar;
}

/** `3 live`, each with the colour that it has in the bar. */
export function shareWords(kind: string, text: string): HTMLElement {
  return element('span', { class: 'share' }, element('i', { class: kind }), text);
}
