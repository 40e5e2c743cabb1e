/**
 * How two versions compare, drawn: of all samples, of each measurement and of the errors ahead a dot with its interval against zero.
 * Right of the line the new version is better, in likelihood as in errors: so the axis of the errors is turned round.
 */

import { element } from './dom.ts';
import { formatNumber, formatSigned, formatUnit } from './format.ts';
import type { Comparison, Interval } from './rollout-api.ts';

interface Line {
  readonly name: string;
  readonly interval: Interval;
  /** How far ahead. */
  readonly ahead?: string;
  readonly note?: string;
  readonly isWhole?: true;
}

export function comparisonView({ together, aheadPercent, measurements, ahead }: Comparison): HTMLElement {
  if (measurements.length === 0)
    return element(
      'p',
      { class: 'quiet' },
      'No sample has come yet that both versions could be held against.',
    );
  const likelihood: Line[] = [
    {
      name: 'all measurements',
      interval: together.gainNats,
      note: `${together.samples} samples`,
      isWhole: true,
    },
    ...measurements.map(({ measurement, gainNats, samples }) => ({
      name: measurement,
      interval: gainNats,
      note: `${samples} samples`,
    })),
  ];
  const furthest = new Map(ahead.map((one) => [one.measurement, one]));
  const errors: Line[] = [
    { name: 'all, now', interval: together.rmsePercent, isWhole: true },
    ...(ahead.length === 0 ? [] : [{ name: 'all, ahead', interval: aheadPercent, isWhole: true as const }]),
    ...measurements.map(({ measurement, rmsePercent, oldRmse, newRmse, unit }) => ({
      name: measurement,
      interval: rmsePercent,
      note: `${formatNumber(oldRmse)} → ${formatNumber(newRmse)} ${formatUnit(unit)}`,
    })),
    // The last of each measurement is that furthest ahead; the others are in between.
    ...Array.from(
      furthest.values(),
      ({ measurement, horizonSeconds, rmsePercent, oldRmse, newRmse, unit }) => ({
        name: measurement,
        ahead: `${Number(horizonSeconds.toPrecision(3))} s ahead`,
        interval: rmsePercent,
        note: `${formatNumber(oldRmse)} → ${formatNumber(newRmse)} ${formatUnit(unit)}`,
      }),
    ),
  ];
  return element(
    'div',
    { class: 'comparison' },
    element(
      'p',
      { class: 'quiet' },
      'A dot is what was seen, its bar what it may really be: 95 % sure, however often one looks. Likelihood is how probable each version had held ' +
        'what then was measured; 0.01 nats a sample are what errors cost that are 1 % larger.',
    ),
    panel({ title: 'Likelihood gained, nats a sample', unit: '', sign: 1 }, likelihood),
    panel({ title: 'Error, against the old version', unit: ' %', sign: -1 }, errors),
  );
}

interface Axis {
  readonly title: string;
  readonly unit: string;
  /** −1 where less is better. */
  readonly sign: 1 | -1;
}

function panel({ title, unit, sign }: Axis, lines: readonly Line[]): HTMLElement {
  const reach = Math.max(...lines.map(({ interval }) => Math.abs(interval.value ?? 0)), 1e-6) * 1.25;
  const place = (value: number): number =>
    50 + (50 * sign * Math.max(-reach, Math.min(reach, value))) / reach;
  const rows = lines.map(({ name, ahead, interval, note, isWhole }) => {
    const { value, low, high } = interval;
    const track = element('div', { class: 'track', 'aria-hidden': 'true' });
    let side = '';
    if (value !== null) {
      if (low !== null && high !== null) {
        const ends = [place(low), place(high)].toSorted((a, b) => a - b) as [number, number];
        side = low > 0 === high > 0 && low !== 0 ? (sign * low > 0 ? 'better' : 'worse') : '';
        const bar = element('span', { class: `reach ${side}` });
        bar.style.left = `${ends[0]}%`;
        bar.style.width = `${Math.max(0.4, ends[1] - ends[0])}%`;
        track.append(bar);
      }
      const dot = element('span', { class: `point ${side}` });
      dot.style.left = `${place(value)}%`;
      track.append(dot);
    }
    return element(
      'tr',
      isWhole === true ? { class: 'whole' } : {},
      element(
        'th',
        { scope: 'row' },
        name,
        ...(ahead === undefined ? [] : [' ', element('span', { class: 'quiet' }, ahead)]),
      ),
      element('td', { class: 'drawn' }, track),
      element(
        'td',
        { class: 'said' },
        intervalText(interval, unit),
        note === undefined ? '' : element('span', { class: 'quiet' }, note),
      ),
    );
  });
  return element(
    'table',
    { class: 'forest' },
    element('caption', {}, title),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, element('span', { class: 'unseen' }, 'Of')),
        element(
          'th',
          { scope: 'col', class: 'ends' },
          element('span', {}, '← worse'),
          element('span', {}, 'better →'),
        ),
        element('th', { scope: 'col' }, element('span', { class: 'unseen' }, title)),
      ),
    ),
    element('tbody', {}, ...rows),
  );
}

function intervalText({ value, low, high }: Interval, unit: string): string {
  if (value === null) return '–';
  const decimals = unit === '' ? 3 : 2;
  const range =
    low === null || high === null ? '' : ` (${rounded(low, 2, decimals)} to ${rounded(high, 2, decimals)})`;
  return `${rounded(value, 3, decimals)}${unit}${range} `;
}

/** What is far below what makes a difference, 0.01 nats or 1 %, is nothing to a reader. */
function rounded(value: number, digits: number, decimals: number): string {
  const shown = Number(Number(value.toPrecision(digits)).toFixed(decimals));
  return shown === 0 ? '0' : formatSigned(shown);
}
