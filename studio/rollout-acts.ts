/** What can be done with a rollout in its state: a button each, with a dialog that says what comes of it. */

import { fetchGroups } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';
import { fetchModels } from './model-api.ts';
import { actOnRollout, type RolloutAct, type RolloutPart, type RolloutSummary } from './rollout-api.ts';
import { whichTwins } from './which-twins.ts';

const titles: Readonly<Record<RolloutAct, string>> = {
  promote: 'Promote',
  widen: 'Widen',
  rollback: 'Roll back',
  end: 'End',
};

const actsOf: Readonly<Record<RolloutSummary['state'], readonly RolloutAct[]>> = {
  shadow: ['promote', 'widen', 'end'],
  live: ['widen', 'rollback', 'end'],
  'rolled-back': ['end'],
  done: [],
  ended: [],
};

/** @param done - told once something was done. */
export function actButtons(rollout: RolloutSummary, done: () => void): HTMLElement[] {
  return actsOf[rollout.state].map((act) => {
    const label = `${titles[act]} ${rollout.id}`;
    const button = element('button', { type: 'button', title: label }, `${titles[act]}…`);
    button.addEventListener('click', () => {
      offer(act, rollout).then(
        (isDone) => {
          if (isDone) done();
        },
        (error: unknown) => tellFailure(label, error),
      );
    });
    return button;
  });
}

async function offer(act: RolloutAct, rollout: RolloutSummary): Promise<boolean> {
  const { id } = rollout;
  if (act === 'widen') return widen(rollout);
  const why = element('input', { name: 'why', maxlength: '500', autocomplete: 'off' });
  const answer = await ask({
    title: `${titles[act]} ${id}`,
    text: consequence(act, rollout),
    fields: act === 'rollback' ? [element('label', {}, 'Why', why)] : [],
    answer: titles[act],
    act: () => {
      const said = why.value.trim();
      return actOnRollout(id, act, act === 'rollback' && said !== '' ? { why: said } : {});
    },
  });
  return answer !== undefined;
}

function consequence(act: RolloutAct, { model, from, state }: RolloutSummary): string {
  const before = versionsOf(from);
  if (act === 'promote')
    return `Readers then see ${model}; ${before} runs on beside it, and can be brought back. The comparison begins anew.`;
  if (act === 'rollback') return `Readers then see ${before}, and ${model} goes.`;
  if (state === 'live') return `${model} stays, and ${before} goes.`;
  return state === 'shadow' ? `The trial of ${model} is over.` : 'Its alarms are over.';
}

async function widen({ id, model, of, from, twins }: RolloutSummary): Promise<boolean> {
  const [name = ''] = model.split('@');
  const [models, groups] = await Promise.all([fetchModels(), fetchGroups(name)]);
  const now = Object.values(twins).reduce((sum, count) => sum + count, 0);
  const all = models.reduce((sum, one) => sum + (one.name === name ? one.twins : 0), 0);
  const which = whichTwins({ groups, candidates: all, part: wider(of) });
  const answer = await ask({
    title: `Widen ${id}`,
    text: `${model} is brought to more twins in place of ${versionsOf(from)}, in the stage in which the rollout is. It is on ${now} of ${all} now.`,
    fields: which.fields,
    answer: 'Widen',
    act: () => actOnRollout(id, 'widen', { of: which.read() }),
  });
  return answer !== undefined;
}

/** The next step that is usual. */
function wider(of: RolloutPart): RolloutPart {
  if (!('percent' in of)) return { percent: 100 };
  return { ...of, percent: [10, 25, 50].find((percent) => percent > of.percent) ?? 100 };
}

export function versionsOf(from: RolloutSummary['from']): string {
  return Object.keys(from).join(', ');
}

function tellFailure(title: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  void ask({ title, text, answer: 'Close' });
}
