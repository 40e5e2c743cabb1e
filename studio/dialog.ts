/** A dialog with a form: what is asked for, and what is then done. It stays until that is done, and says what was refused. */

import { element, sentenceOf } from './dom.ts';

export interface Asking {
  readonly title: string;
  readonly text?: string;
  readonly fields?: readonly HTMLElement[];
  /** On the button that answers. */
  readonly answer: string;
  /** Done with the answer; what it throws stands in the dialog, so that it can be put right there. */
  readonly act?: (answer: FormData) => Promise<void>;
}

/** Resolves once it is done, with what was answered; undefined if it was closed without. */
export function ask({ title, text, fields = [], answer, act }: Asking): Promise<FormData | undefined> {
  const cancel = element('button', { type: 'button' }, 'Cancel');
  const submit = element('button', { type: 'submit', class: 'primary' }, answer);
  const problem = element('p', { class: 'note', role: 'alert', hidden: '' });
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', {}, title),
    ...(text === undefined ? [] : [element('p', {}, ...sentenceOf(text))]),
    ...fields,
    problem,
    // Where nothing is done there is nothing to cancel.
    element('p', { class: 'buttons' }, ...(act === undefined ? [] : [cancel]), submit),
  );
  const dialog = element('dialog', { 'aria-label': title }, form);
  document.body.append(dialog);
  cancel.addEventListener('click', () => dialog.close());
  return new Promise((resolve) => {
    let done: FormData | undefined;
    let isBusy = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      problem.hidden = true;
      const given = new FormData(form);
      // What a field lacks may be thrown at once.
      const doing = async (): Promise<void> => act?.(given);
      doing()
        .then(
          () => {
            done = given;
            dialog.close();
          },
          (error: unknown) => {
            problem.hidden = false;
            problem.replaceChildren(...sentenceOf(error instanceof Error ? error.message : String(error)));
          },
        )
        .finally(() => {
          isBusy = false;
        });
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(done);
    });
    dialog.showModal();
  });
}
