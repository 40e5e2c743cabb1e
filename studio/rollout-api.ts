/** Rollouts of a version and trials on a twin, as the page reads and steers them over REST. */

import { get, post, Refused, type State } from './api.ts';

type Verdict = 'better' | 'worse' | 'no difference' | 'not enough yet';

/** A value with what it may be; null as long as nothing can be said. */
export interface Interval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Errors {
  readonly measurement: string;
  readonly samples: number;
  readonly unit: string;
  readonly oldRmse: number | null;
  readonly newRmse: number | null;
  readonly rmsePercent: Interval;
}

interface MeasurementErrors extends Errors {
  /** By how many nats a sample what was measured was more likely to the new version. */
  readonly gainNats: Interval;
  /** Share of the samples within 95 % of what each version expected. */
  readonly old: { readonly inside: number | null };
  readonly new: { readonly inside: number | null };
}

interface AheadErrors extends Errors {
  readonly horizonSeconds: number;
}

export interface Comparison {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly instants: number;
  readonly measurements: readonly MeasurementErrors[];
  readonly ahead: readonly AheadErrors[];
  readonly together: {
    readonly samples: number;
    readonly gainNats: Interval;
    readonly rmsePercent: Interval;
  };
  /** Of all errors ahead. */
  readonly aheadPercent: Interval;
}

type RolloutState = 'shadow' | 'live' | 'rolled-back' | 'done' | 'ended';

export type RolloutPart =
  | { readonly twins: readonly string[] }
  | { readonly group: string }
  | { readonly percent: number; readonly group?: string };

interface RollbackRule {
  readonly when: 'worse' | 'never';
  readonly watchSeconds: number;
  readonly sharePercent: number;
}

export interface RolloutSummary {
  readonly id: string;
  readonly model: string;
  /** How many twins ran which version before. */
  readonly from: Readonly<Record<string, number>>;
  readonly of: RolloutPart;
  readonly state: RolloutState;
  readonly rollback: RollbackRule;
  readonly created: string;
  readonly changed: string;
  readonly watchUntil?: string;
  /** How many twins are in each state. */
  readonly twins: Readonly<Record<string, number>>;
  /** On how many of them the new version stands still. */
  readonly still: number;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly last?: Done;
}

/** Something that was done. */
interface Done {
  readonly time: string;
  readonly act: string;
  readonly message: string;
}

export interface RolloutTwin {
  readonly id: string;
  readonly from: string;
  readonly state: string;
  readonly verdict?: Verdict;
  readonly still?: true;
  readonly problem?: { readonly message: string };
  readonly found?: string;
}

export interface Rollout extends RolloutSummary {
  readonly list: readonly RolloutTwin[];
  /** How many twins there are of those that were asked for. */
  readonly total: number;
  readonly acts: readonly Done[];
  readonly comparison: Comparison;
}

interface Shadow {
  readonly live: string;
  readonly shadow: string;
  readonly state?: State & { readonly units: Readonly<Record<string, string>> };
  readonly comparison?: Comparison;
}

/** Another version on one twin. */
export interface Trial {
  readonly rollout: RolloutSummary;
  /** The new version, and the one before it. */
  readonly model: string;
  readonly from: string;
  /** What became of it on this twin. */
  readonly twinState: string;
  readonly note: string | undefined;
  /** While both run. */
  readonly shadow: Shadow | undefined;
}

/** Newest first. */
export async function fetchRollouts(twin?: string): Promise<readonly RolloutSummary[]> {
  const asked = twin === undefined ? '' : `?twin=${encodeURIComponent(twin)}`;
  return (await get<{ rollouts: readonly RolloutSummary[] }>(`/api/v1/rollouts${asked}`)).rollouts;
}

/** With the first of its twins, or the first in a state. */
export function fetchRollout(
  id: string,
  { limit, state }: { readonly limit: number; readonly state?: string | undefined },
): Promise<Rollout> {
  const only = state === undefined ? '' : `&state=${state}`;
  return get(`/api/v1/rollouts/${encodeURIComponent(id)}?limit=${limit}${only}`);
}

/** The newest trial of a twin that nobody has ended; undefined if there is none. */
export async function fetchTrial(twin: string, model: string): Promise<Trial | undefined> {
  const [name] = model.split('@');
  const open = (await fetchRollouts(twin)).filter((one) => one.model.split('@')[0] === name && isOpen(one));
  for (const rollout of open) {
    const { list } = await get<Rollout>(
      `/api/v1/rollouts/${encodeURIComponent(rollout.id)}?twin=${encodeURIComponent(twin)}`,
    );
    const [found] = list;
    if (found === undefined || found.state === 'gone') continue;
    const both = found.state === 'shadow' || found.state === 'live';
    const shadow = both ? await fetchShadow(twin) : undefined;
    const note = found.problem?.message ?? found.found;
    return { rollout, model: rollout.model, from: found.from, twinState: found.state, note, shadow };
  }
  return undefined;
}

/** Whether something may still be done about it. */
export function isOpen({ state }: RolloutSummary): boolean {
  return state !== 'done' && state !== 'ended';
}

/** Whether twins are on their way to where they are to be, which takes moments. */
export function isOnItsWay({ state, twins }: RolloutSummary): boolean {
  const { waiting = 0, shadow = 0, live = 0 } = twins;
  if (waiting > 0) return true;
  if (state === 'shadow') return live > 0;
  return shadow > 0 || (state !== 'live' && live > 0);
}

/**
 * Whether somebody should look: it was rolled back, a decision can be made in the shadow, it is worse live, or it was taken back from
 * some of its twins, cannot run on them, or stands still.
 */
export function needsLook({ state, verdict, twins, still }: RolloutSummary): boolean {
  if (state === 'rolled-back') return true;
  if (state !== 'shadow' && state !== 'live') return false;
  const out = (twins['refused'] ?? 0) + (twins['returned'] ?? 0) + still;
  return out > 0 || verdict === 'worse' || (state === 'shadow' && verdict !== 'not enough yet');
}

/** Undefined if it has gone between one answer and the next. */
async function fetchShadow(twin: string): Promise<Shadow | undefined> {
  try {
    return await get<Shadow>(`/api/v1/twins/${encodeURIComponent(twin)}/shadow`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

export interface NewRollout {
  readonly id: string;
  readonly model: string;
  readonly of: RolloutPart;
  readonly stage: 'shadow' | 'live';
  readonly rollback: RollbackRule;
}

export function startRollout(rollout: NewRollout): Promise<void> {
  return post('/api/v1/rollouts', rollout);
}

export type RolloutAct = 'promote' | 'widen' | 'rollback' | 'end';

export function actOnRollout(id: string, act: RolloutAct, body: object = {}): Promise<void> {
  return post(`/api/v1/rollouts/${encodeURIComponent(id)}/${act}`, body);
}
