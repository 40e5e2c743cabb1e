/** The page: a list of twins, one of them live or at a past moment, and the alarms of all. */

import { showBanner } from './alarm-banner.ts';
import { AlarmStore } from './alarms.ts';
import { AlarmView } from './alarm-view.ts';
import { fetchEvents, fetchMoment, fetchTwin } from './api.ts';
import { EngineClock } from './clock.ts';
import { byId, element, setText } from './dom.ts';
import { PastPage } from './past-page.ts';
import { openStream } from './stream.ts';
import { TimeBar } from './time-bar.ts';
import { Travel } from './travel.ts';
import { markAlarms, openTwinList } from './twin-list.ts';
import { TwinView } from './twin-view.ts';

const DRAW_MS = 250;

interface Shown {
  readonly id: string;
  readonly view: TwinView;
}

const ALARMS = '/alarms';

const clock = new EngineClock();
const travel = new Travel(clock);
const timeBar = new TimeBar(travel);
byId('time').replaceWith(timeBar.root);
/** Those of now. */
const alarms = new AlarmStore();
/** Those of the moment that is shown. */
let alarmsThen: AlarmStore | undefined;
let alarmView: AlarmView | undefined;
let shown: Shown | undefined;
let wanted = '';
/** A flood of alarms is drawn once, not once a message. */
let drawing = false;
/** While the twin is asked what it is since its model has changed. */
let changing = false;

const stream = openStream({
  onState(state) {
    clock.hear(Date.parse(state.time));
    if (state.twin !== shown?.id || shown.view.isPast) return;
    if (state.model === shown.view.model) shown.view.show(state);
    // Another version is live now: other signals, perhaps.
    else if (!changing) changeModel(shown.id);
  },
  onEvent(event) {
    if (event.twin !== shown?.id || shown.view.isPast) return;
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
    if (connected) clock.reset();
    // What happened while the engine was not heard is only to be had by asking.
    if (connected && shown !== undefined && !shown.view.isPast) {
      reloadEvents(shown).catch(() => {});
      shown.view.loadPast();
    }
  },
});

const past = new PastPage({
  travel,
  present(view) {
    shown?.view.destroy();
    shown = { id: wanted, view };
    byId('twin').replaceChildren(view.root);
    document.title = `${wanted} · past · Gemel`;
  },
  onAlarms(then) {
    alarmsThen = then;
    if (wanted === ALARMS) presentAlarms(then);
    drawAlarms();
  },
  onResolution(ms) {
    timeBar.resolutionMs = ms;
  },
  onProblem(why) {
    timeBar.tell(why);
    past.leave();
    close('There is nothing to be shown of this moment.');
  },
});

alarms.onChange(() => {
  if (drawing || travel.atMs !== undefined) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    if (travel.atMs === undefined) drawAlarms();
  }, DRAW_MS / 2);
});

travel.onChange((change) => {
  const { atMs } = travel;
  document.body.classList.toggle('then', atMs !== undefined);
  if (change === 'window') {
    if (atMs === undefined || shown?.view.isPast === false) shown?.view.loadPast();
    else past.reload();
    return;
  }
  remember();
  if (atMs !== undefined) {
    past.draw();
    past.show(wanted === ALARMS || wanted === '' ? undefined : wanted);
    return;
  }
  alarmsThen = undefined;
  past.leave();
  drawAlarms();
  if (wanted !== '') choose(wanted);
});

openTwinList({ choose, onRows: () => markAlarms((alarmsThen ?? alarms).unseen()), travel });

beginInThePast().catch((error: unknown) => {
  timeBar.tell(error instanceof Error ? error.message : String(error));
});

function choose(id: string): void {
  wanted = id;
  byId('alarm-link').setAttribute('aria-current', id === ALARMS ? 'page' : 'false');
  alarmView = undefined;
  if (travel.atMs !== undefined) {
    past.show(id === ALARMS ? undefined : id);
    return;
  }
  if (id === ALARMS) {
    presentAlarms(alarms);
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
  timeBar.draw();
  if (shown?.view.isPast === false) shown.view.draw();
  else past.draw();
  alarmView?.draw();
}, DRAW_MS);

function presentAlarms(of: AlarmStore): void {
  shown?.view.destroy();
  shown = undefined;
  past.leave();
  alarmView = new AlarmView(of, travel);
  alarmView.update();
  byId('twin').replaceChildren(alarmView.root);
  document.title = 'Alarms · Gemel';
}

function drawAlarms(): void {
  const those = alarmsThen ?? alarms;
  if (those.counts !== undefined) showBanner(those.counts);
  markAlarms(those.unseen());
  alarmView?.update();
  if (shown?.view.isPast === false) shown.view.showAlarms(alarms.ofTwin(shown.id));
}

async function show(id: string): Promise<void> {
  const [twin, events] = await Promise.all([fetchTwin(id), fetchEvents(id)]);
  // Another twin or moment was chosen while this one was on its way.
  if (wanted !== id || travel.atMs !== undefined) return;
  const view = new TwinView(twin, travel);
  view.addEvents(events);
  view.showAlarms(alarms.ofTwin(id));
  shown?.view.destroy();
  shown = { id, view };
  byId('twin').replaceChildren(view.root);
  document.title = `${id} · Gemel`;
  stream.follow(id);
  view.loadPast();
}

function changeModel(id: string): void {
  changing = true;
  show(id)
    .catch(() => {})
    .finally(() => {
      changing = false;
    });
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

/** The address has the moment, so that it can be passed on. */
function remember(): void {
  const { atMs } = travel;
  const search = atMs === undefined ? '' : `?at=${new Date(atMs).toISOString()}`;
  history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
}

/** Whoever is sent an address with a moment sees that moment. */
async function beginInThePast(): Promise<void> {
  const written = new URLSearchParams(location.search).get('at');
  if (written !== null) travel.goTo(await fetchMoment(written));
}
