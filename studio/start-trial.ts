/** Asks for a rollout of another version: which, on which twins, in the shadow or live at once, and when it is taken back. */

import { fetchGroups, type Twin } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';
import type { ModelSummary } from './model-api.ts';
import { fetchModels } from './model-api.ts';
import { type RolloutPart, startRollout } from './rollout-api.ts';
import { requireNumber, whichTwins } from './which-twins.ts';

const spans = [
  ['600', '10 minutes'],
  ['3600', '1 hour'],
  ['28800', '8 hours'],
  ['86400', '1 day'],
  ['604800', '7 days'],
] as const;

/** On a twin's page: that twin is proposed. @returns whether one was begun. */
export function startTrial(twin: Twin, model: ModelSummary): Promise<boolean> {
  return startOf(model, { proposed: { twins: [twin.id] }, name: `${twin.id}-${model.version}` });
}

/** @returns whether one was begun. */
export async function startOf(
  { id, name: modelName, version }: ModelSummary,
  { proposed, name }: { readonly proposed?: RolloutPart; readonly name?: string } = {},
): Promise<boolean> {
  const [models, groups] = await Promise.all([fetchModels(), fetchGroups(modelName)]);
  const versions = models.filter((model) => model.name === modelName).toReversed();
  const which = whichTwins({
    groups,
    candidates: versions.reduce((sum, model) => sum + (model.id === id ? 0 : model.twins), 0),
    ...(proposed !== undefined && { part: proposed }),
  });
  const model = element(
    'select',
    { name: 'model' },
    ...versions.map((one) => element('option', { value: one.id }, `${one.id}, on ${one.twins} twins now`)),
  );
  model.value = id;
  const named = element('input', {
    name: 'id',
    required: '',
    maxlength: '128',
    autocomplete: 'off',
    value: name ?? `${modelName}-${version}`,
  });
  const stage = element(
    'select',
    { name: 'stage' },
    element('option', { value: 'shadow' }, 'in the shadow: readers see nothing of it'),
    element('option', { value: 'live' }, 'live: readers see it, the old one runs in its shadow'),
  );
  const rule = element(
    'select',
    { name: 'when' },
    element('option', { value: 'worse' }, 'by itself, where it is worse'),
    element('option', { value: 'never' }, 'only by hand'),
  );
  const watch = element(
    'select',
    { name: 'watch' },
    ...spans.map(([value, text]) => element('option', { value }, text)),
  );
  watch.value = '3600';
  const share = element('input', { name: 'share', inputmode: 'decimal', autocomplete: 'off', value: '20' });
  const begun = await ask({
    title: `Roll out ${modelName}`,
    text: 'Both versions get the same samples and are compared all the time.',
    fields: [
      element('label', {}, 'Version', model),
      ...which.fields,
      element('label', {}, 'How', stage),
      element('label', {}, 'Name of the rollout', named),
      element(
        'details',
        {},
        element('summary', {}, 'When it is taken back'),
        element('label', {}, 'Taken back', rule),
        element('label', {}, 'Watched, once it is live, for', watch),
        element('label', {}, 'From all, if taken back from more than … % of the twins', share),
      ),
    ],
    answer: 'Begin',
    act: () =>
      startRollout({
        id: named.value.trim(),
        model: model.value,
        of: which.read(),
        stage: stage.value as 'shadow' | 'live',
        rollback: {
          when: rule.value as 'worse' | 'never',
          watchSeconds: Number(watch.value),
          sharePercent: requireNumber('Percent of the twins', share.value),
        },
      }),
  });
  return begun !== undefined;
}
