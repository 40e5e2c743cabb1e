/** Fields that say which twins: a percentage, a group, or names; and what they say. */

import type { Group } from './api.ts';
import { element } from './dom.ts';
import type { RolloutPart } from './rollout-api.ts';

type Kind = 'percent' | 'group' | 'names';

export interface WhichOptions {
  readonly groups: readonly Group[];
  /** Twins that may be concerned. */
  readonly candidates: number;
  /** What is proposed first. */
  readonly part?: RolloutPart;
}

export interface WhichFields {
  readonly fields: readonly HTMLElement[];
  /** Throws an Error that says what is missing. */
  read(): RolloutPart;
}

export function whichTwins({ groups, candidates, part = { percent: 10 } }: WhichOptions): WhichFields {
  const within = 'percent' in part ? part.group : undefined;
  const kind = element(
    'select',
    { name: 'which' },
    element('option', { value: 'percent' }, 'a percentage of them'),
    ...(groups.length === 0 ? [] : [element('option', { value: 'group' }, 'a group')]),
    element('option', { value: 'names' }, 'by name'),
  );
  const percent = element('input', { name: 'percent', inputmode: 'decimal', autocomplete: 'off' });
  percent.value = String('percent' in part ? part.percent : 100);
  const count = element('span', { class: 'quiet', role: 'status' });
  const group = element(
    'select',
    { name: 'group' },
    ...groups.map(({ name, twins }) => element('option', { value: name }, `${name} (${twins})`)),
  );
  const names = element('textarea', { name: 'names', rows: '3', spellcheck: 'false' });
  if ('twins' in part) names.value = part.twins.join(', ');
  if ('group' in part && part.group !== undefined) group.value = part.group;
  kind.value = 'twins' in part ? 'names' : 'percent' in part ? 'percent' : 'group';
  const bodies: Readonly<Record<Kind, HTMLElement>> = {
    percent: element('label', {}, within === undefined ? 'Percent' : `Percent of ${within}`, percent, count),
    group: element('label', {}, 'Group', group),
    names: element('label', {}, 'Names, with commas or spaces between', names),
  };
  const show = (): void => {
    for (const [name, body] of Object.entries(bodies)) body.hidden = name !== kind.value;
    const value = numberOf(percent.value);
    const many = Math.ceil((candidates * value) / 100);
    count.textContent =
      within === undefined && value > 0 && value <= 100
        ? `at most ${many} of ${candidates} ${candidates === 1 ? 'twin' : 'twins'}`
        : '';
  };
  kind.addEventListener('change', show);
  percent.addEventListener('input', show);
  show();
  return {
    fields: [element('label', {}, 'Which twins', kind), ...Object.values(bodies)],
    read() {
      if (kind.value === 'group') return { group: group.value };
      if (kind.value === 'names') return { twins: namesOf(names.value) };
      const asked = { percent: requireNumber('Percent', percent.value) };
      return within === undefined ? asked : { ...asked, group: within };
    },
  };
}

/** Throws an Error that says which field has no number. */
export function requireNumber(what: string, text: string): number {
  const value = numberOf(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`${what}: ${text.trim() === '' ? 'a number is missing' : `“${text.trim()}” is no number`}`);
}

/** Throws an Error if there are none. */
function namesOf(text: string): readonly string[] {
  const names = text.split(/[\s,;]+/).filter((name) => name !== '');
  if (names.length === 0) throw new Error('Names: write at least one');
  return names;
}

function numberOf(text: string): number {
  const trimmed = text.trim().replace(/\s*%$/, '').replace(',', '.');
  return trimmed === '' ? Number.NaN : Number(trimmed);
}
