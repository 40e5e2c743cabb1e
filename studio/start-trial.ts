/** Asks for a rollout of another version: which, on which twins, in the shadow or live at once, and when it is taken back. */

import { fetchGroups, type Twin } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';
import type { ModelSummary } from './model-api.ts';
import { fetchModels } from './model-api.ts';
import { fetchRollouts, type RolloutPart, type RolloutSummary, startRollout } from './rollout-api.ts';
import { twinsText } from './rollout-words.ts';
import { countTwins } from './twin-count.ts';
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
  return startOf(model, { proposed: { twins: [twin.id] }, name: (version) => `${twin.id}-${version}` });
}

/** @returns whether one was begun. */
export async function startOf(
  { id, name: modelName }: ModelSummary,
  {
    proposed,
    name = (version) => `${modelName}-${version}`,
  }: { readonly proposed?: RolloutPart; readonly name?: (version: string) => string } = {},
): Promise<boolean> {
  const [models, groups, rollouts] = await Promise.all([
    fetchModels(),
    fetchGroups(modelName),
    fetchRollouts(),
  ]);
  const versions = models.filter((model) => model.name === modelName).toReversed();
  const which = whichTwins({
    groups,
    count: countTwins(id, { models, rollouts }),
    ...(proposed !== undefined && { part: proposed }),
  });
  const model = element(
    'select',
    { name: 'model' },
    ...versions.map((one) =>
      element('option', { value: one.id }, `${one.id}, on ${twinsText(one.twins)} now`),
    ),
  );
  model.value = id;
  const named = element('input', { name: 'id', required: '', maxlength: '128', autocomplete: 'off' });
  const proposal = (of: string): string => freeName(name(of.split('@')[1] ?? ''), rollouts);
  named.value = proposal(id);
  let before = id;
  model.addEventListener('change', () => {
    which.recount(countTwins(model.value, { models, rollouts }));
    // What somebody wrote stays.
    if (named.value === proposal(before)) named.value = proposal(model.value);
    before = model.value;
  });
  const stage = element(
    'select',
    { name: 'stage' },
    element('option', { value: 'shadow' }, 'in the shadow: only compared'),
    element('option', { value: 'live' }, 'live at once, the old one in its shadow'),
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

/** A rollout is remembered by its name, also once it is over. */
function freeName(name: string, rollouts: readonly RolloutSummary[]): string {
  const taken = new Set(rollouts.map(({ id }) => id));
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}-${i}`;
  return free;
}
