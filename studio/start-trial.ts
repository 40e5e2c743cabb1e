/** Asks for a trial of another version: on which twins, and whether in the shadow or live at once. */

import type { Twin } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';
import type { ModelSummary } from './model-api.ts';
import { type NewRollout, startRollout } from './trial-api.ts';

/** @returns whether one was begun. Throws `Refused` with the server's own explanation. */
export async function startTrial(twin: Twin, { id, version }: ModelSummary): Promise<boolean> {
  const name = element('input', {
    name: 'id',
    required: '',
    maxlength: '128',
    value: `${twin.id}-${version}`,
  });
  const which = element(
    'select',
    { name: 'of' },
    element('option', { value: 'twin' }, twin.id),
    ...(twin.group === undefined ? [] : [element('option', { value: 'group' }, `the group ${twin.group}`)]),
    ...[10, 25, 50, 100].map((percent) =>
      element('option', { value: String(percent) }, `${percent} % of the twins of this model`),
    ),
  );
  const stage = element(
    'select',
    { name: 'stage' },
    element('option', { value: 'shadow' }, 'in the shadow: readers see nothing of it'),
    element('option', { value: 'live' }, 'live: readers see it, the old one runs in its shadow'),
  );
  const answer = await ask({
    title: `Try ${id}`,
    text: 'Both versions get the same samples and are compared all the time. Where the new one is worse, it is taken back.',
    fields: [
      element('label', {}, 'On', which),
      element('label', {}, 'How', stage),
      element('label', {}, 'Name of the rollout', name),
    ],
    answer: 'Begin',
  });
  if (answer === undefined) return false;
  await startRollout({
    id: name.value.trim(),
    model: id,
    of: partOf(which.value, twin),
    stage: stage.value as 'shadow' | 'live',
  });
  return true;
}

function partOf(chosen: string, { id, group }: Twin): NewRollout['of'] {
  if (chosen === 'twin') return { twins: [id] };
  return chosen === 'group' && group !== undefined ? { group } : { percent: Number(chosen) };
}
