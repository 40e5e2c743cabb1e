/** What the page shows of an address that names nothing: what was probably meant, and where to go. */

import { fetchTwins } from './api.ts';
import { element, sentenceOf } from './dom.ts';

/** @param why - a sentence, with the name that was probably meant if there is one. */
export function missingView(why: string): HTMLElement {
  const ways = element('p', { class: 'ways' });
  const meant = /did you mean `([^`]+)`/.exec(why)?.[1];
  if (meant !== undefined) ways.append(link(`Show ${meant}`, meant));
  fetchTwins({ prefix: '', limit: 1 }).then(
    ({ twins: [first], total }) => {
      if (first !== undefined && first.id !== meant)
        ways.append(
          link(total === 1 ? `Show ${first.id}` : `Show ${first.id}, the first of ${total} twins`, first.id),
        );
      ways.append(element('a', { href: '#/alarms' }, 'Alarms'), element('a', { href: '#/models' }, 'Models'));
    },
    () => {},
  );
  return element('div', { class: 'missing' }, element('p', { class: 'note' }, ...sentenceOf(why)), ways);
}

function link(text: string, id: string): HTMLElement {
  return element('a', { href: `#${encodeURIComponent(id)}` }, text);
}
