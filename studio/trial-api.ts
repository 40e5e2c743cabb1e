/** Trials of another version on a twin, as the page reads and steers them over REST. */

import { get, post, Refused, type State } from './api.ts';

export type Verdict = 'better' | 'worse' | 'no difference' | 'not enough yet';

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

export interface MeasurementErrors extends Errors {
  /** Share of the samples within 95 % of what each version expected. */
  readonly old: { readonly inside: number | null };
  readonly new: { readonly inside: number | null };
}

export interface AheadErrors extends Errors {
  readonly horizonSeconds: number;
}

export interface Comparison {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly instants: number;
  readonly measurements: readonly MeasurementErrors[];
  readonly ahead: readonly AheadErrors[];
}

export type RolloutState = 'shadow' | 'live' | 'rolled-back' | 'done' | 'ended';

export interface RolloutSummary {
  readonly id: string;
  readonly model: string;
  readonly state: RolloutState;
  /** How many twins are in each state. */
  readonly twins: Readonly<Record<string, number>>;
}

interface Rollout extends RolloutSummary {
  readonly list: readonly {
    readonly id: string;
    readonly from: string;
    readonly state: string;
    readonly problem?: { readonly message: string };
    readonly found?: string;
  }[];
}

export interface Shadow {
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

/** The newest trial of a twin that nobody has ended; undefined if there is none. */
export async function fetchTrial(twin: string, model: string): Promise<Trial | undefined> {
  const [name] = model.split('@');
  const { rollouts } = await get<{ rollouts: readonly RolloutSummary[] }>('/api/v1/rollouts');
  const open = rollouts.filter(
    (one) => one.model.split('@')[0] === name && one.state !== 'ended' && one.state !== 'done',
  );
  for (const summary of open) {
    const { list, ...rollout } = await get<Rollout>(`/api/v1/rollouts/${encodeURIComponent(summary.id)}`);
    const found = list.find(({ id, state }) => id === twin && state !== 'gone');
    if (found === undefined) continue;
    const both = found.state === 'shadow' || found.state === 'live';
    const shadow = both ? await fetchShadow(twin) : undefined;
    const note = found.problem?.message ?? found.found;
    return { rollout, model: rollout.model, from: found.from, twinState: found.state, note, shadow };
  }
  return undefined;
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
  readonly of:
    | { readonly twins: readonly string[] }
    | { readonly group: string }
    | { readonly percent: number };
  readonly stage: 'shadow' | 'live';
}

export function startRollout(rollout: NewRollout): Promise<void> {
  return post('/api/v1/rollouts', rollout);
}

export function actOnRollout(id: string, act: 'promote' | 'rollback' | 'end'): Promise<void> {
  return post(`/api/v1/rollouts/${encodeURIComponent(id)}/${act}`, {});
}
