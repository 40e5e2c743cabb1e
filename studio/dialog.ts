/** A dialog with a form: what is asked for, and whether somebody meant it. */

import { element } from './dom.ts';

export interface Asking {
  readonly title: string;
  readonly text?: string;
  readonly fields?: readonly HTMLElement[];
  /** On the button that answers. */
  readonly answer: string;
}

/** Undefined if it was closed without an answer. */
export function ask({ title, text, fields = [], answer }: Asking): Promise<FormData | undefined> {
  const cancel = element('button', { type: 'button' }, 'Cancel');
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', {}, title),
    ...(text === undefined ? [] : [element('p', {}, text)]),
    ...fields,
    element(
      'p',
      { class: 'buttons' },
      cancel,
      element('button', { type: 'submit', class: 'primary', value: 'yes' }, answer),
    ),
  );
  const dialog = element('dialog', { 'aria-label': title }, form);
  document.body.append(dialog);
  cancel.addEventListener('click', () => dialog.close());
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const found = dialog.returnValue === 'yes' ? new FormData(form) : undefined;
      dialog.remove();
      resolve(found);
    });
    dialog.showModal();
  });
}
