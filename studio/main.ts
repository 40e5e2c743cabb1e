/** The page: a list of twins, one of them live, and the alarms of all. */

import { showBanner } from './alarm-banner.ts';
import { AlarmStore } from './alarms.ts';
import { AlarmView } from './alarm-view.ts';
import { fetchEvents, fetchTwin } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { openStream } from './stream.ts';
import { markAlarms, openTwinList } from './twin-list.ts';
import { TwinView } from './twin-view.ts';

const DRAW_MS = 250;

interface Shown {
  readonly id: string;
  readonly view: TwinView;
}

const ALARMS = '/alarms';

const alarms = new AlarmStore();
let alarmView: AlarmView | undefined;
let shown: Shown | undefined;
let wanted = '';
/** A flood of alarms is drawn once, not once a message. */
let drawing = false;

const stream = openStream({
  onState(state) {
    if (state.twin === shown?.id) shown.view.show(state);
  },
  onEvent(event) {
    if (event.twin !== shown?.id) return;
    if (event.kind === 'removed') close(`The twin ${event.twin} has been removed.`);
    else shown.view.addEvents([event]);
  },
  onAlarmsBegin: () => alarms.reset(),
  onAlarms: (changed, counts) => alarms.take(changed, counts),
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
    if (connected && shown !== undefined) {
      reloadEvents(shown).catch(() => {});
      shown.view.loadPast();
    }
  },
});

alarms.onChange(() => {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    if (alarms.counts !== undefined) showBanner(alarms.counts);
    markAlarms(alarms.unseen());
    alarmView?.update();
    shown?.view.showAlarms(alarms.ofTwin(shown.id));
  }, DRAW_MS / 2);
});

openTwinList({ choose, onRows: () => markAlarms(alarms.unseen()) });

function choose(id: string): void {
  wanted = id;
  byId('alarm-link').setAttribute('aria-current', id === ALARMS ? 'page' : 'false');
  alarmView = undefined;
  if (id === ALARMS) {
    showAlarms();
    return;
  }
  show(id).catch((error: unknown) => {
    if (wanted !== id) return;
    close(error instanceof Error ? error.message : String(error));
  });
}

setInterval(() => {
  // A hidden page collects, and draws once it is seen again.
  if (document.hidden) return;
  shown?.view.draw();
  alarmView?.draw();
}, DRAW_MS);

function showAlarms(): void {
  shown?.view.destroy();
  shown = undefined;
  alarmView = new AlarmView(alarms);
  alarmView.update();
  byId('twin').replaceChildren(alarmView.root);
  document.title = 'Alarms · Gemel';
}

async function show(id: string): Promise<void> {
  const [twin, events] = await Promise.all([fetchTwin(id), fetchEvents(id)]);
  // Another twin was chosen while this one was on its way.
  if (wanted !== id) return;
  const view = new TwinView(twin);
  view.addEvents(events);
  view.showAlarms(alarms.ofTwin(id));
  shown?.view.destroy();
  shown = { id, view };
  byId('twin').replaceChildren(view.root);
  document.title = `${id} · Gemel`;
  stream.follow(id);
  view.loadPast();
}

/** Shows no twin any more, and says why. */
function close(why: string): void {
  shown?.view.destroy();
  shown = undefined;
  byId('twin').replaceChildren(element('p', { class: 'note' }, why));
}

async function reloadEvents({ id, view }: Shown): Promise<void> {
  view.replaceEvents(await fetchEvents(id));
}
