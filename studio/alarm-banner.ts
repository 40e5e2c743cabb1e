/** How many alarms there are, at the top of every view; a band in colour while there are some that nobody has seen. */

import { severityMark } from './alarm-mark.ts';
import type { AlarmCounts, Severity } from './alarms.ts';
import { byId, element, setText } from './dom.ts';

const words: Readonly<Record<Severity, readonly [one: string, many: string]>> = {
  critical: ['critical alarm', 'critical alarms'],
  warning: ['warning', 'warnings'],
};

export function showBanner(counts: AlarmCounts): void {
  const banner = byId('alarm-banner');
  const parts = (['critical', 'warning'] as const).flatMap((severity) => {
    const { unacknowledged = 0, returned = 0 } = counts[severity];
    const unseen = unacknowledged + returned;
    const [one, many] = words[severity];
    return unseen === 0 ? [] : [{ severity, text: `${unseen} ${unseen === 1 ? one : many}` }];
  });
  const text = parts.map((part) => part.text).join(' and ');
  setText(byId('alarm-link'), total(counts) === 0 ? 'Alarms' : `Alarms (${total(counts)})`);
  banner.hidden = parts.length === 0;
  // Built anew only where it says something else: it is read out each time.
  if (banner.dataset['text'] === text) return;
  banner.dataset['text'] = text;
  banner.className = parts[0]?.severity ?? '';
  banner.replaceChildren(
    ...parts.map((part) => element('span', {}, severityMark(part.severity, false), part.text)),
    element('span', {}, 'not seen yet'),
    element('a', { href: '#/alarms' }, 'Show them'),
  );
}

function total(counts: AlarmCounts): number {
  return Object.values(counts)
    .flatMap((states) => Object.values(states))
    .reduce((sum, count) => sum + count, 0);
}
