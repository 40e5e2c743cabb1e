/** What is different between two versions of a model, in terms of physics, as tables. */

import { element, proseOf } from './dom.ts';
import { formatSigned, formatUnit } from './format.ts';
import type { EquationDifference, ModelDifference, SignalDifference, ValueDifference } from './model-api.ts';

export function differenceView(difference: ModelDifference): HTMLElement {
  const { before, after, same, signals, equations, settings, migration } = difference;
  const rows = [
    ...equations.map((one) => equationRow(one)),
    ...signals.flatMap((one) => signalRows(one)),
    ...settings.map((one) =>
      row('setting', one.what, { before: [one.before ?? 'none'], after: [one.after ?? 'none'] }),
    ),
  ];
  return element(
    'section',
    { class: 'difference', 'aria-label': `From ${before} to ${after}` },
    element('h3', {}, `From ${before} to ${after}`),
    ...migration.map((why) => element('p', { class: 'note' }, 'A twin cannot go over: ', ...proseOf(why))),
    same || rows.length === 0
      ? element('p', { class: 'quiet' }, 'Both are the same machine: only words or order differ.')
      : element(
          'table',
          {},
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              ...['What', 'Before', 'After', 'That is'].map((title) =>
                element('th', { scope: 'col' }, title),
              ),
            ),
          ),
          element('tbody', {}, ...rows),
        ),
  );
}

function equationRow({ of, kind, was, before, after, meaning, through }: EquationDifference): HTMLElement {
  const said = [
    ...(was === undefined ? [] : [`was \`${was}\``]),
    ...meaning,
    ...(through === undefined ? [] : [`by ${through.map((name) => `\`${name}\``).join(', ')} alone`]),
  ];
  const formula = (text: string | undefined): readonly (Node | string)[] =>
    text === undefined ? ['–'] : [element('code', {}, text)];
  return row(kind, of, { before: formula(before), after: formula(after), said });
}

function signalRows(signal: SignalDifference): HTMLElement[] {
  const { group, name, kind, was, from, changes } = signal;
  const origin = [
    ...(was === undefined ? [] : [`was \`${was}\``]),
    ...(from === undefined ? [] : [`comes from \`${from}\``]),
  ];
  const label = `${group} ${name}`;
  if (changes.length === 0) {
    const before = kind === 'renamed' ? (was ?? '') : kind === 'removed' ? 'there' : '–';
    const after = kind === 'renamed' ? name : kind === 'removed' ? '–' : 'there';
    return [row(kind, label, { before: [before], after: [after], said: origin })];
  }
  return changes.map((change, i) =>
    row(kind, `${label}: ${change.what}`, {
      before: [valueText(change.before, change.unitBefore ?? change.unit)],
      after: [valueText(change.after, change.unit)],
      said: [...(i === 0 ? origin : []), ...changeText(change)],
    }),
  );
}

function changeText({ percent, difference, unit }: ValueDifference): string[] {
  if (percent !== undefined) return [`${formatSigned(percent)} %`];
  return difference === undefined ? [] : [`${formatSigned(difference)} ${formatUnit(unit ?? '1')}`.trim()];
}

function valueText(value: number | string | undefined, unit: string | undefined): string {
  if (value === undefined) return '–';
  return `${typeof value === 'number' ? Number(value.toPrecision(6)) : value} ${formatUnit(unit ?? '1')}`.trim();
}

interface Cells {
  readonly before: readonly (Node | string)[];
  readonly after: readonly (Node | string)[];
  /** What it means, a line each. */
  readonly said?: readonly string[];
}

function row(kind: string, what: string, { before, after, said = [] }: Cells): HTMLElement {
  return element(
    'tr',
    {},
    element('td', {}, element('span', { class: `kind ${kind}` }, kind), ' ', what),
    element('td', {}, ...before),
    element('td', {}, ...after),
    element('td', {}, ...said.flatMap((text, i) => [...(i === 0 ? [] : [element('br')]), ...proseOf(text)])),
  );
}
