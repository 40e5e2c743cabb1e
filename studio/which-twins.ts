/** Fields that say which twins: a percentage, a group, or names; and what they say. */

import type { Group } from './api.ts';
import { element } from './dom.ts';
import type { RolloutPart } from './rollout-api.ts';
import { countText, type TwinCount } from './twin-count.ts';

type Kind = 'percent' | 'group' | 'names';

export interface WhichOptions {
  readonly groups: readonly Group[];
  readonly count: TwinCount;
  /** What is proposed first. */
  readonly part?: RolloutPart;
}

export interface WhichFields {
  readonly fields: readonly HTMLElement[];
  /** Throws an Error that says what is missing. */
  read(): RolloutPart;
  /** Another version was chosen. */
  recount(count: TwinCount): void;
}

export function whichTwins({ groups, count, part = { percent: 10 } }: WhichOptions): WhichFields {
  let counts = count;
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
  const counted = element('span', { class: 'quiet', role: 'status' });
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
    percent: element(
      'label',
      {},
      within === undefined ? 'Percent' : `Percent of ${within}`,
      percent,
      counted,
    ),
    group: element('label', {}, 'Group', group),
    names: element('label', {}, 'Names, with commas or spaces between', names),
  };
  const show = (): void => {
    for (const [name, body] of Object.entries(bodies)) body.hidden = name !== kind.value;
    counted.textContent = within === undefined ? countText(numberOf(percent.value), counts) : '';
  };
  kind.addEventListener('change', show);
  percent.addEventListener('input', show);
  show();
  return {
    fields: [element('label', {}, 'Which twins', kind), ...Object.values(bodies)],
    recount(now) {
      counts = now;
      show();
    },
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
