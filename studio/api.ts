/** What the page reads over REST, and the shapes of it. */

import type { Alarm, AlarmCounts } from './alarms.ts';

export type Status = 'running' | 'waiting' | 'quarantined';

export interface TwinSummary {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly status: Status;
  readonly periodMs: number;
  readonly group?: string;
}

export interface Signal {
  readonly name: string;
  readonly role: 'input' | 'parameter' | 'state' | 'output' | 'measurement';
  readonly unit: string;
  readonly title?: string;
  readonly value?: number;
}

export interface Twin extends TwinSummary {
  readonly signals: readonly Signal[];
  readonly health: readonly HealthLimit[];
  readonly topics: readonly string[];
}

export interface HealthLimit {
  readonly name: string;
  readonly of: string;
  readonly unit: string;
  readonly nominal: number;
  readonly limit: number;
  readonly failsWhen: 'below' | 'above';
}

/** Percent of life left, with its 95 % interval where one is estimated. */
export interface HealthState {
  readonly value: number | null;
  readonly percent: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface TwinPage {
  readonly twins: readonly TwinSummary[];
  readonly total: number;
}

export interface Reading {
  readonly measured?: number | null;
  readonly expected: number | null;
  readonly innovation?: number | null;
  /** Standard deviation of the innovation. */
  readonly deviation?: number;
  readonly rejected?: true;
  readonly time?: string;
}

/** A snapshot. A value that is no finite number is null. */
export interface State {
  readonly twin: string;
  readonly model: string;
  readonly time: string;
  readonly tick: number;
  readonly status: Status;
  readonly states: Readonly<Record<string, number | null>>;
  /** Standard deviation of each state, where samples correct the model. */
  readonly uncertainty?: Readonly<Record<string, number | null>>;
  readonly outputs: Readonly<Record<string, number | null>>;
  readonly inputs: Readonly<Record<string, number | null>>;
  readonly measurements: Readonly<Record<string, Reading>>;
  readonly times?: Readonly<Record<string, string>>;
  readonly health?: Readonly<Record<string, HealthState>>;
  readonly held?: Readonly<Record<string, 'min' | 'max'>>;
  readonly silent?: readonly string[];
  readonly waitingFor?: readonly string[];
  /** Only of a past moment. */
  readonly past?: { readonly at: string; readonly resolutionMs: number };
}

export interface TwinEvent {
  readonly time: string;
  readonly twin: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly message: string;
}

/** In Unix milliseconds, or how long ago, as `-2h`; undefined: now. */
export type At = number | string | undefined;

export function fetchTwins(
  { prefix, limit }: { readonly prefix: string; readonly limit: number },
  at?: At,
): Promise<TwinPage> {
  return get<TwinPage>(`/api/v1/twins?${query({ limit, prefix: prefix || undefined, at })}`);
}

export function fetchTwin(id: string, at?: At): Promise<Twin> {
  return get<Twin>(`/api/v1/twins/${encodeURIComponent(id)}?${query({ at })}`);
}

export function fetchState(id: string, at: At): Promise<State> {
  return get<State>(`/api/v1/twins/${encodeURIComponent(id)}/state?${query({ at })}`);
}

export async function fetchEvents(id: string, at?: At): Promise<readonly TwinEvent[]> {
  const { events } = await get<{ events: readonly TwinEvent[] }>(
    `/api/v1/events?${query({ twin: id, limit: EVENTS, at })}`,
  );
  return events;
}

/** As many as there may be in one answer. */
export function fetchAlarms(
  at: At,
): Promise<{ readonly alarms: readonly Alarm[]; readonly counts: AlarmCounts }> {
  return get(`/api/v1/alarms?${query({ limit: 1000, at })}`);
}

/** The moment that a text names, such as `-2h`. Throws `Refused` if there is nothing of it. */
export async function fetchMoment(text: string): Promise<number> {
  const { past } = await get<{ past: { at: string } }>(`/api/v1/events?${query({ limit: 1, at: text })}`);
  return Date.parse(past.at);
}

const EVENTS = 200;

function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export interface Group {
  readonly name: string;
  readonly twins: number;
}

/** The groups of the twins of a model, by name. */
export async function fetchGroups(model: string): Promise<readonly Group[]> {
  return (await get<{ groups: readonly Group[] }>(`/api/v1/groups?${query({ model })}`)).groups;
}

/** What the server refused, with its own explanation. */
export class Refused extends Error {
  readonly status: number;

  constructor(detail: string, status: number) {
    super(detail);
    this.status = status;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {}

/** Throws `Refused` or `Unreachable`. */
export async function post(path: string, body: object): Promise<void> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const unknown = 'the engine does not answer: look whether it was done once it is back';
  await answerOf<unknown>(path, { method: 'POST', headers, body: JSON.stringify(body) }, unknown);
}

/** Throws `Refused` or `Unreachable`. */
export async function get<T>(path: string): Promise<T> {
  return answerOf<T>(path, { headers: { accept: 'application/json' } }, 'the engine does not answer');
}

async function answerOf<T>(path: string, request: RequestInit, unreachable: string): Promise<T> {
  const response = await fetch(path, request).catch(() => {
    throw new Unreachable(unreachable);
  });
  // Somebody in between may answer for the engine, and with another kind of text.
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(saidOf(body) ?? answeredWith(response), response.status);
  if (body === undefined) throw new Refused(answeredWith(response), response.status);
  return body as T;
}

function answeredWith({ status, statusText }: Response): string {
  return `the answer was ${status} ${statusText}, and not one of the engine`;
}

/** What is wrong, and what to do; of several things that are wrong each. */
function saidOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return undefined;
  const { detail, hint, errors } = body as {
    readonly detail: string;
    readonly hint?: string;
    readonly errors?: readonly { readonly detail: string; readonly hint?: string }[];
  };
  const one = (said: string, more?: string): string => (more === undefined ? said : `${said}: ${more}`);
  return errors === undefined || errors.length === 0
    ? one(detail, hint)
    : errors.map((error) => one(error.detail, error.hint)).join('; ');
}
