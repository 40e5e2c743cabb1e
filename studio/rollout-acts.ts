/** What can be done with a rollout in its state: a button each, with a dialog that says what comes of it. */

import { fetchGroups } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';
import { fetchModels } from './model-api.ts';
import {
  actOnRollout,
  fetchRollouts,
  type RolloutAct,
  type RolloutPart,
  type RolloutSummary,
} from './rollout-api.ts';
import { actWords, countOf, spanText, twinsText, versionsOf } from './rollout-words.ts';
import { countTwins } from './twin-count.ts';
import { whichTwins } from './which-twins.ts';

const actsOf: Readonly<Record<RolloutSummary['state'], readonly RolloutAct[]>> = {
  shadow: ['promote', 'widen', 'end'],
  live: ['widen', 'rollback', 'end'],
  'rolled-back': ['end'],
  done: [],
  ended: [],
};

/**
 * The buttons of a state. They stay as long as it does, and so does the focus in them.
 *
 * @param now - the rollout as it is when one is pressed.
 * @param done - told once something was done.
 */
export function actButtons(
  { id, state }: RolloutSummary,
  now: () => RolloutSummary,
  done: () => void,
): HTMLElement[] {
  return actsOf[state].map((act) => {
    const words = actWords(act, state);
    const label = `${words} ${id}`;
    const button = element('button', { type: 'button', title: label }, `${words}…`);
    button.addEventListener('click', () => {
      offer(act, now()).then(
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
  const { id, state } = rollout;
  const words = actWords(act, state);
  if (act === 'widen') return widen(rollout);
  const why = element('input', { name: 'why', maxlength: '500', autocomplete: 'off' });
  const answer = await ask({
    title: `${words} ${id}`,
    text: consequence(act, rollout),
    fields: act === 'rollback' ? [element('label', {}, 'Why', why)] : [],
    answer: words,
    act: () => {
      const said = why.value.trim();
      return actOnRollout(id, act, act === 'rollback' && said !== '' ? { why: said } : {});
    },
  });
  return answer !== undefined;
}

function consequence(act: RolloutAct, rollout: RolloutSummary): string {
  const { model, from, state, rollback } = rollout;
  const before = versionsOf(from);
  const many = twinsText(countOf(rollout));
  if (act === 'promote')
    return (
      `${doubt(rollout)}${model} goes live on ${many}: it is what everybody sees and hears of them. ${before} runs on in its shadow ` +
      `and can be brought back. The comparison begins anew, and is watched for ${spanText(rollback.watchSeconds)}.`
    );
  if (act === 'rollback') return `${before} is live again on ${many}, and ${model} goes.`;
  if (state === 'live')
    return `${doubt(rollout)}${model} stays for good on ${many}: ${before} no longer runs in its shadow, and nothing is compared or taken back any more.`;
  if (state === 'shadow') return `The trial of ${model} on ${many} is over. What is live stays.`;
  return 'Its alarms are over, and it is only remembered.';
}

/** What speaks against the new version, or not yet for it. */
function doubt({ verdict, still }: RolloutSummary): string {
  if (still > 0) return `It stands still on ${twinsText(still)}. `;
  if (verdict === 'worse') return 'It is worse so far. ';
  return verdict === 'not enough yet' ? 'Whether it is better cannot be said yet. ' : '';
}

async function widen(rollout: RolloutSummary): Promise<boolean> {
  const { id, model, of, from, state } = rollout;
  const [name = ''] = model.split('@');
  const [models, groups, rollouts] = await Promise.all([fetchModels(), fetchGroups(name), fetchRollouts()]);
  const count = countTwins(model, { models, rollouts }, id);
  const which = whichTwins({ groups, count, part: wider(of) });
  const stage = state === 'live' ? 'live, in place of' : 'in the shadow of';
  const answer = await ask({
    title: `Widen ${id}`,
    text: `${model} runs on more twins, ${stage} ${versionsOf(from)}. It is on ${twinsText(countOf(rollout))} now.`,
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

function tellFailure(title: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  void ask({ title, text, answer: 'Close' });
}
