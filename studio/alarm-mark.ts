/** How severe an alarm is and how it stands, as marks and words: by shape, by colour and by word, never by one alone. */

import type { Alarm, Severity } from './alarms.ts';
import { element } from './dom.ts';
import { formatClock, formatDay } from './format.ts';

const SVG = 'http://www.w3.org/2000/svg';

const shapes: Readonly<Record<Severity, string>> = {
  critical: 'M8 1 15.5 15H.5z',
  warning: 'M8 .5 15.5 8 8 15.5 .5 8z',
};

/** A triangle for critical, a diamond for a warning; hollow once nobody has to look any more. */
export function severityMark(severity: Severity, seen: boolean): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `mark ${severity}${seen ? ' seen' : ''}`);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', shapes[severity]);
  svg.append(path);
  return svg;
}

export function severityCell({ severity, state }: Alarm): HTMLElement {
  const seen = state !== 'unacknowledged' && state !== 'returned';
  return element('span', { class: `severity ${severity}` }, severityMark(severity, seen), severity);
}

/** How an alarm stands, in words. */
export function stateWords(alarm: Alarm): string {
  const { state, acknowledged, shelved, suppressed, chattering } = alarm;
  const also = chattering === true ? ', comes and goes' : '';
  switch (state) {
    case 'unacknowledged':
      return `not seen yet${also}`;
    case 'acknowledged':
      return acknowledged === undefined
        ? `seen${also}`
        : `seen by ${acknowledged.by} at ${formatClock(acknowledged.time)}${noteOf(acknowledged.note)}${also}`;
    case 'returned':
      return 'over, not seen yet';
    case 'shelved':
      return shelved === undefined
        ? 'shelved'
        : `shelved by ${shelved.by} until ${formatDay(shelved.until)}: ${shelved.why}`;
    case 'suppressed':
      return `suppressed: ${suppressed ?? ''}`;
    case 'normal':
    case 'dropped':
      return 'over';
  }
}

function noteOf(note: string | undefined): string {
  return note === undefined ? '' : `: ${note}`;
}
