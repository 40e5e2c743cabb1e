/** Models and what is different between them, as the page reads them over REST. */

import { get } from './api.ts';

export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** How many run it. */
  readonly twins: number;
}

type Kind = 'added' | 'removed' | 'renamed' | 'changed';

export interface ValueDifference {
  readonly what: string;
  readonly before?: number | string;
  readonly after?: number | string;
  readonly unitBefore?: string;
  readonly unit?: string;
  readonly percent?: number;
  readonly difference?: number;
}

export interface SignalDifference {
  readonly group: string;
  readonly name: string;
  readonly kind: Kind;
  readonly was?: string;
  readonly from?: string;
  readonly unit: string;
  readonly changes: readonly ValueDifference[];
}

export interface EquationDifference {
  readonly of: string;
  readonly kind: Kind;
  readonly was?: string;
  readonly before?: string;
  readonly after?: string;
  readonly meaning: readonly string[];
  readonly through?: readonly string[];
}

export interface ModelDifference {
  readonly before: string;
  readonly after: string;
  readonly same: boolean;
  readonly signals: readonly SignalDifference[];
  readonly equations: readonly EquationDifference[];
  readonly settings: readonly { readonly what: string; readonly before?: string; readonly after?: string }[];
  /** Why a twin cannot go over; empty if it can. */
  readonly migration: readonly string[];
}

/** By name, and of each the oldest version first. */
export async function fetchModels(): Promise<readonly ModelSummary[]> {
  return (await get<{ models: readonly ModelSummary[] }>('/api/v1/models')).models;
}

/** The versions of a model, the newest first. */
export async function fetchVersions(name: string): Promise<readonly ModelSummary[]> {
  return (await fetchModels()).filter((model) => model.name === name).toReversed();
}

export function fetchDifference(before: string, after: string): Promise<ModelDifference> {
  return get(`/api/v1/models/${encodeURIComponent(before)}/diff/${encodeURIComponent(after)}`);
}
