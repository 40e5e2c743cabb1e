/** The twins at the side: found by the start of their id, a page at a time, each with its status. */

import { severityMark } from './alarm-mark.ts';
import type { Severity } from './alarms.ts';
import { fetchTwins, type TwinSummary } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { type Route, routeOf } from './route.ts';
import type { Travel } from './travel.ts';

const PAGE = 100;
const REFRESH_MS = 3000;
const LINGER_MS = 200;

export interface TwinListOptions {
  /** Called with what to show; the first twin if the address names nothing. */
  readonly choose: (route: Route) => void;
  /** Called when rows came or went. */
  readonly onRows: () => void;
  /** The twins are those of the moment that is shown. */
  readonly travel: Travel;
}

/** Keeps the list fresh. */
export function openTwinList({ choose, onRows, travel }: TwinListOptions): void {
  const filter = byId('filter') as HTMLInputElement;
  const more = byId('more');
  const list = byId('twins');
  let limit = PAGE;
  let chosen: Route = { view: 'first' };

  const go = (route: Route): void => {
    chosen = route;
    mark(list, idOf(route));
    choose(route);
  };
  const select = (id: string): void => {
    history.replaceState(null, '', `#${encodeURIComponent(id)}`);
    go({ view: 'twin', id });
  };
  const refresh = async (): Promise<void> => {
    const atMs = travel.atMs;
    const { twins, total } = await fetchTwins({ prefix: filter.value.trim(), limit }, atMs);
    // Another moment was chosen meanwhile, and is asked for already.
    if (atMs !== travel.atMs) return;
    draw(list, twins, select);
    onRows();
    mark(list, idOf(chosen));
    more.hidden = twins.length >= total;
    if (filter.value === '') setText(byId('fleet'), total === 1 ? '1 twin' : `${total} twins`);
    if (chosen.view === 'first' && twins[0]) select(twins[0].id);
  };
  const refreshQuietly = (): void => {
    // The stream says on the page when the server is away.
    refresh().catch(() => {});
  };
  filter.addEventListener('input', refreshQuietly);
  more.addEventListener('click', () => {
    limit = Math.min(1000, limit + PAGE);
    refreshQuietly();
  });
  addEventListener('hashchange', () => {
    go(routeOf(location.hash));
    if (chosen.view === 'first') refreshQuietly();
  });
  setInterval(() => {
    // The past stays as it was.
    if (travel.atMs === undefined) refreshQuietly();
  }, REFRESH_MS);
  let asked: ReturnType<typeof setTimeout> | undefined;
  travel.onChange((change) => {
    if (change !== 'moment') return;
    // While somebody drags, the list follows a little later than the twin.
    clearTimeout(asked);
    asked = setTimeout(refreshQuietly, LINGER_MS);
  });
  go(routeOf(location.hash));
  refreshQuietly();
}

/** Rows are kept where they can be, so that focus and scrolling stay. */
function draw(list: HTMLElement, twins: readonly TwinSummary[], select: (id: string) => void): void {
  const rows = new Map([...list.children].map((row) => [row.getAttribute('data-id'), row]));
  const wanted = twins.map((twin) => {
    const row = rows.get(twin.id) ?? createRow(twin.id, select);
    const dot = row.querySelector('.dot');
    if (dot) {
      dot.className = `dot ${twin.status}`;
      dot.setAttribute('title', twin.status);
    }
    return row;
  });
  if (wanted.length !== list.children.length || wanted.some((row, index) => list.children[index] !== row)) {
    list.replaceChildren(...wanted);
  }
}

/** Marks the twins that have alarms which nobody has seen yet. */
export function markAlarms(unseen: ReadonlyMap<string, Severity>): void {
  for (const row of byId('twins').children) {
    const severity = unseen.get(row.getAttribute('data-id') ?? '');
    const button = row.firstElementChild;
    const before = button?.querySelector('.alarmed');
    if (severity === undefined) before?.remove();
    else if (before?.getAttribute('title') !== `${severity} alarm`) {
      before?.remove();
      const text = element('span', { class: 'unseen' }, ` ${severity} alarm`);
      const title = `${severity} alarm`;
      button?.append(element('span', { class: 'alarmed', title }, severityMark(severity, false), text));
    }
  }
}

function createRow(id: string, select: (id: string) => void): Element {
  const button = element('button', { type: 'button' }, element('span', { class: 'dot' }), id);
  button.addEventListener('click', () => select(id));
  return element('li', { 'data-id': id }, button);
}

function idOf(route: Route): string | undefined {
  return route.view === 'twin' ? route.id : undefined;
}

function mark(list: HTMLElement, id: string | undefined): void {
  for (const row of list.children) {
    row.firstElementChild?.setAttribute('aria-current', String(row.getAttribute('data-id') === id));
  }
}
