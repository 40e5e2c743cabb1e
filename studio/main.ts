/** The page: a list of twins, one of them live or at a past moment, the alarms of all, and their models. */

import { showBanner } from './alarm-banner.ts';
import { AlarmStore } from './alarms.ts';
import { AlarmView } from './alarm-view.ts';
import { fetchEvents, fetchMoment, fetchTwin } from './api.ts';
import { EngineClock } from './clock.ts';
import { byId, setText } from './dom.ts';
import { PastPage } from './past-page.ts';
import { missingView } from './missing.ts';
import { ModelsView } from './models-view.ts';
import { fetchRollouts, needsLook, type RolloutSummary } from './rollout-api.ts';
import type { Route } from './route.ts';
import { openStream } from './stream.ts';
import { TimeBar } from './time-bar.ts';
import { Travel } from './travel.ts';
import { markAlarms, openTwinList } from './twin-list.ts';
import { TwinView } from './twin-view.ts';

const DRAW_MS = 250;
/** So often the head asks how many rollouts need a look; the page of models asks more often. */
const ROLLOUTS_MS = 10_000;

interface Shown {
  readonly id: string;
  readonly view: TwinView;
}

const clock = new EngineClock();
const travel = new Travel(clock);
const timeBar = new TimeBar(travel);
byId('time').replaceWith(timeBar.root);
/** Those of now. */
const alarms = new AlarmStore();
/** Those of the moment that is shown. */
let alarmsThen: AlarmStore | undefined;
let alarmView: AlarmView | undefined;
let modelsView: ModelsView | undefined;
let shown: Shown | undefined;
let wanted: Route = { view: 'first' };
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
    if (event.kind.startsWith('roll')) askForRollouts();
    if (event.twin !== shown?.id || shown.view.isPast) return;
    if (event.kind === 'removed') close(`The twin ${event.twin} has been removed.`);
    else shown.view.addEvents([event]);
  },
  onAlarmsBegin: () => alarms.reset(),
  onAlarms(changed, counts) {
    alarms.take(changed, counts);
    // Something was rolled back by itself.
    if (changed.some(({ kind }) => kind === 'rolled-back')) modelsView?.load();
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
    const id = wantedTwin() ?? '';
    shown = { id, view };
    byId('twin').replaceChildren(view.root);
    document.title = `${id} · past · Gemel`;
  },
  onAlarms(then) {
    alarmsThen = then;
    if (wanted.view === 'alarms') presentAlarms(then);
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
  if (drawing || alarmsShown() !== alarms) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    if (alarmsShown() === alarms) drawAlarms();
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
    past.show(wantedTwin());
    return;
  }
  alarmsThen = undefined;
  past.leave();
  drawAlarms();
  if (wanted.view !== 'first') choose(wanted);
});

openTwinList({ choose, onRows: drawAlarms, travel });

beginInThePast().catch((error: unknown) => {
  timeBar.tell(error instanceof Error ? error.message : String(error));
});

askForRollouts();
setInterval(() => {
  // The page of models tells them itself.
  if (!document.hidden && modelsView === undefined) askForRollouts();
}, ROLLOUTS_MS);

function choose(route: Route): void {
  wanted = route;
  for (const view of ['alarms', 'models'] as const)
    byId(view === 'alarms' ? 'alarm-link' : 'models-link').setAttribute(
      'aria-current',
      route.view === view ? 'page' : 'false',
    );
  document.body.dataset['view'] = route.view;
  alarmView = undefined;
  modelsView?.destroy();
  modelsView = undefined;
  // What runs in a shadow is not recorded: models are shown as they are now, and the bar of time is not.
  drawAlarms();
  if (route.view === 'models') presentModels(route.rollout);
  else if (route.view === 'unknown') close(`there is nothing at \`#${route.text}\``);
  else if (travel.atMs !== undefined) past.show(wantedTwin());
  else if (route.view === 'alarms') presentAlarms(alarms);
  else if (route.view === 'twin')
    show(route.id).catch((error: unknown) => {
      if (wanted !== route) return;
      close(error instanceof Error ? error.message : String(error));
    });
}

function wantedTwin(): string | undefined {
  return wanted.view === 'twin' ? wanted.id : undefined;
}

setInterval(() => {
  // A hidden page collects, and draws once it is seen again.
  if (document.hidden) return;
  timeBar.draw();
  if (shown?.view.isPast === false) shown.view.draw();
  else past.draw();
  alarmView?.draw();
}, DRAW_MS);

function presentModels(rollout: string | undefined): void {
  leaveTwin();
  past.leave();
  modelsView = new ModelsView(rollout, tellRollouts);
  byId('twin').replaceChildren(modelsView.root);
  document.title = rollout === undefined ? 'Models · Gemel' : `${rollout} · Models · Gemel`;
}

function askForRollouts(): void {
  // The stream says on the page when the server is away.
  fetchRollouts().then(tellRollouts, () => {});
}

function tellRollouts(rollouts: readonly RolloutSummary[]): void {
  const count = rollouts.filter(needsLook).length;
  const link = byId('models-link');
  setText(link, count === 0 ? 'Models' : `Models (${count})`);
  link.title = count === 0 ? '' : `${count === 1 ? '1 rollout needs' : `${count} rollouts need`} a look`;
}

function leaveTwin(): void {
  shown?.view.destroy();
  shown = undefined;
}

function presentAlarms(of: AlarmStore): void {
  leaveTwin();
  past.leave();
  alarmView = new AlarmView(of, travel);
  alarmView.update();
  byId('twin').replaceChildren(alarmView.root);
  document.title = 'Alarms · Gemel';
}

/** Those of then only where the bar of time says so; undefined while they are on their way. */
function alarmsShown(): AlarmStore | undefined {
  return travel.atMs === undefined || wanted.view === 'models' ? alarms : alarmsThen;
}

function drawAlarms(): void {
  const those = alarmsShown();
  if (those === undefined) return;
  if (those.counts !== undefined) showBanner(those.counts);
  markAlarms(those.unseen());
  alarmView?.update();
  if (shown?.view.isPast === false) shown.view.showAlarms(alarms.ofTwin(shown.id));
}

async function show(id: string): Promise<void> {
  const [twin, events] = await Promise.all([fetchTwin(id), fetchEvents(id)]);
  // Another twin or moment was chosen while this one was on its way.
  if (wantedTwin() !== id || travel.atMs !== undefined) return;
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

/** Shows no twin any more, says why, and where to go. */
function close(why: string): void {
  leaveTwin();
  byId('twin').replaceChildren(missingView(why));
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
