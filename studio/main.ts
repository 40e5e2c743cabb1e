/** The page: a list of twins, and one of them live. */

import { fetchEvents, fetchTwin } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { openStream } from './stream.ts';
import { openTwinList } from './twin-list.ts';
import { TwinView } from './twin-view.ts';

const DRAW_MS = 250;

interface Shown {
  readonly id: string;
  readonly view: TwinView;
}

let shown: Shown | undefined;
let wanted = '';

const stream = openStream({
  onState(state) {
    if (state.twin === shown?.id) shown.view.show(state);
  },
  onEvent(event) {
    if (event.twin === shown?.id) shown.view.addEvents([event]);
  },
  onMissed() {
    // Only the newest state is drawn: what was skipped would not have been seen.
  },
  onConnection(connected) {
    const banner = byId('banner');
    banner.hidden = connected;
    document.body.classList.toggle('lost', !connected);
    setText(
      banner,
      connected ? '' : 'The connection to the engine is lost. What you see is old; trying again…',
    );
    // What happened while the engine was not heard is only to be had by asking.
    if (connected && shown !== undefined) reloadEvents(shown).catch(() => {});
  },
});

openTwinList((id) => {
  wanted = id;
  show(id).catch((error: unknown) => {
    if (wanted !== id) return;
    shown?.view.destroy();
    shown = undefined;
    byId('twin').replaceChildren(
      element('p', { class: 'note' }, error instanceof Error ? error.message : String(error)),
    );
  });
});

setInterval(() => {
  // A hidden page collects, and draws once it is seen again.
  if (!document.hidden) shown?.view.draw();
}, DRAW_MS);

async function show(id: string): Promise<void> {
  const [twin, events] = await Promise.all([fetchTwin(id), fetchEvents(id)]);
  // Another twin was chosen while this one was on its way.
  if (wanted !== id) return;
  const view = new TwinView(twin);
  view.addEvents(events);
  shown?.view.destroy();
  shown = { id, view };
  byId('twin').replaceChildren(view.root);
  document.title = `${id} · Gemel`;
  stream.follow(id);
}

async function reloadEvents({ id, view }: Shown): Promise<void> {
  view.replaceEvents(await fetchEvents(id));
}
