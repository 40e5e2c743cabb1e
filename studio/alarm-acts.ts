/** What somebody does with an alarm, and who that is: asked once, and remembered by this browser. */

import type { Alarm } from './alarms.ts';
import { post, Refused } from './api.ts';
import { ask } from './dialog.ts';
import { element } from './dom.ts';

const NAME_KEY = 'gemel.name';

const spans = [
  ['900', '15 minutes'],
  ['3600', '1 hour'],
  ['28800', '8 hours'],
  ['86400', '24 hours'],
] as const;

export function rememberedName(): string {
  return localStorage.getItem(NAME_KEY) ?? '';
}

/** Throws an Error with the server's own explanation. */
export async function acknowledge(alarm: Alarm): Promise<void> {
  const by = rememberedName();
  if (by !== '') return act(alarm, 'acknowledge', { by });
  await askAbout({
    what: 'Acknowledge',
    alarm,
    done: (answer) => act(alarm, 'acknowledge', { by: answer.get('by') }),
  });
}

/** A few at a time, since there may be a hundred. One that somebody else was quicker with is as good as done. */
export async function acknowledgeAll(alarms: readonly Alarm[]): Promise<void> {
  const [first, ...rest] = alarms;
  if (first === undefined) return;
  // The first may have to ask who one is; whoever closes the dialog means none of them.
  await acknowledge(first);
  if (rememberedName() === '') return;
  const waiting = [...rest];
  const worker = async (): Promise<void> => {
    for (let alarm = waiting.shift(); alarm !== undefined; alarm = waiting.shift()) {
      await acknowledge(alarm).catch((error: unknown) => {
        if (!(error instanceof Refused && error.status === 409)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

export async function shelve(alarm: Alarm): Promise<void> {
  const seconds = element(
    'select',
    { name: 'seconds' },
    ...spans.map(([value, text]) => element('option', { value }, text)),
  );
  const why = element('input', { name: 'why', required: '', maxlength: '500', autocomplete: 'off' });
  await askAbout({
    what: 'Shelve',
    alarm,
    fields: [element('label', {}, 'For', seconds), element('label', {}, 'Why', why)],
    done: (answer) =>
      act(alarm, 'shelve', {
        by: answer.get('by'),
        why: answer.get('why'),
        seconds: Number(answer.get('seconds')),
      }),
  });
}

export async function unshelve(alarm: Alarm): Promise<void> {
  const by = rememberedName();
  if (by !== '') return act(alarm, 'unshelve', { by });
  await askAbout({
    what: 'Unshelve',
    alarm,
    done: (answer) => act(alarm, 'unshelve', { by: answer.get('by') }),
  });
}

/** Asks for another name. */
export async function changeName(): Promise<void> {
  await askAbout({ what: 'Save' });
}

function act({ id }: Alarm, what: string, body: object): Promise<void> {
  return post(`/api/v1/alarms/${encodeURIComponent(id)}/${what}`, body);
}

interface About {
  readonly what: string;
  readonly alarm?: Alarm;
  readonly fields?: readonly HTMLElement[];
  readonly done?: (answer: FormData) => Promise<void>;
}

/** A dialog with the fields given and the name. */
async function askAbout({ what, alarm, fields = [], done }: About): Promise<void> {
  const name = element('input', {
    name: 'by',
    required: '',
    maxlength: '100',
    autocomplete: 'name',
    value: rememberedName(),
  });
  const answer = await ask({
    title: alarm === undefined ? 'Who are you?' : what,
    ...(alarm !== undefined && { text: `${alarm.twin}: ${alarm.message}` }),
    fields: [...fields, element('label', {}, 'Your name', name)],
    answer: what,
    ...(done !== undefined && { act: done }),
  });
  if (answer !== undefined) localStorage.setItem(NAME_KEY, name.value.trim());
}
