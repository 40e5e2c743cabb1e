/**
 * A rollout: a version of a model brought to some twins, watched, and taken back by itself where it is worse.
 *
 * Everything about a rollout is plain data, so that it is kept as it is: see saved-rollout.ts.
 */

import type { ComparisonResult, Verdict } from '../../core/compare/index.ts';

/**
 * | state | the new version |
 * | --- | --- |
 * | shadow | runs beside the old one and is compared; readers see nothing of it |
 * | live | is what readers see; the old one runs on beside it, and the watch is on |
 * | rolled-back | was taken back from all twins; stays so until somebody ends it |
 * | done | stays: the watch is over, and the old one is gone |
 * | ended | somebody has ended the rollout; it is only remembered |
 */
export type RolloutState = 'shadow' | 'live' | 'rolled-back' | 'done' | 'ended';

/** Which twins: by name, all of a group, or a part of them all (or of a group). */
export type RolloutPart =
  | { readonly twins: readonly string[] }
  | { readonly group: string }
  | { readonly percent: number; readonly group?: string };

export interface RollbackRule {
  /** `worse`: takes the new version back by itself from a twin on which it is worse, and from all if more says so. */
  readonly when: 'worse' | 'never';
  /** For so long after it went live (or further) the new version is watched. */
  readonly watchMs: number;
  /** If it was taken back from more than so many percent of the twins, it is taken back from all. */
  readonly sharePercent: number;
}

export const rollbackDefaults: RollbackRule = { when: 'worse', watchMs: 3_600_000, sharePercent: 20 };

export interface RolloutRequest {
  /** Formed as ids of twins are. */
  readonly id: string;
  /** `Model.id` of the new version. */
  readonly model: string;
  readonly of: RolloutPart;
  readonly stage: 'shadow' | 'live';
  readonly rollback?: Partial<RollbackRule>;
}

/** What is to become of the new version on a twin. */
export type Goal = 'shadow' | 'live' | 'keep' | 'back';

/**
 * | state | the twin |
 * | --- | --- |
 * | waiting | has its turn still to come |
 * | shadow · live | runs both versions, the old or the new one live |
 * | kept | runs the new one alone |
 * | returned | runs the old one alone again |
 * | refused | cannot run the new one: see `problem` |
 * | gone | has ended |
 */
export type RolloutTwinState = 'waiting' | 'shadow' | 'live' | 'kept' | 'returned' | 'refused' | 'gone';

export interface RolloutTwin {
  readonly id: string;
  /** `Model.id` of the old version. */
  readonly from: string;
  readonly goal: Goal;
  readonly state: RolloutTwinState;
  readonly changedMs: number;
  readonly problem?: { readonly code: string; readonly message: string };
  /** What was found when the new version was taken back. */
  readonly found?: string;
}

/** Something that was done. */
export interface RolloutAct {
  readonly atMs: number;
  readonly act: RolloutActKind;
  readonly message: string;
}

export type RolloutActKind = 'start' | 'promote' | 'widen' | 'rollback' | 'done' | 'end';

/** A rollout without its twins. Immutable: every change makes a new one. */
export interface RolloutHead {
  readonly id: string;
  readonly model: string;
  readonly of: RolloutPart;
  readonly rollback: RollbackRule;
  readonly state: RolloutState;
  readonly createdMs: number;
  readonly changedMs: number;
  /** While live: when the watch is over. */
  readonly watchUntilMs?: number;
  /** In order, the oldest left out at a limit. */
  readonly acts: readonly RolloutAct[];
}

export interface Rollout extends RolloutHead {
  readonly twins: readonly RolloutTwin[];
}

/** What the comparison says, of all its twins and of each. */
export interface RolloutFindings {
  readonly together: ComparisonResult;
  /** On one twin; undefined if nothing is compared on it. Made when asked for: a verdict costs as much as some hundred samples. */
  verdictOn(twin: string): Verdict | undefined;
  /** Whether the new version stands still on a twin, live or in the shadow: what is not told of a shadow is to be asked for. */
  standsStillOn(twin: string): boolean;
}

/** Rollouts as the rest of the program sees them. Every call resolves once what it did is on the disk. */
export interface RolloutService {
  /** Newest first. */
  list(): readonly Rollout[];
  /** @throws GemelError `ROLLOUT_UNKNOWN` */
  get(id: string): Rollout;
  findings(id: string): RolloutFindings;
  /** What is known of the two versions of a twin; undefined if it is in no rollout that compares. */
  comparison(twin: string): ComparisonResult | undefined;
  /**
   * Resolves once the new version runs on the first twin; the others follow one after another. If the first refuses it, so does
   * the rollout.
   *
   * Rejects with GemelError `ROLLOUT_INVALID`, `ROLLOUT_EXISTS`, `ROLLOUT_TWINS`, `ROLLOUT_LIMIT`, `MODEL_UNKNOWN`, what
   * `Fleet.beginShadow` rejects with, or `CHECKPOINT_UNWRITABLE`.
   */
  start(request: RolloutRequest): Promise<Rollout>;
  /** Each of these rejects with GemelError `ROLLOUT_UNKNOWN`, `ROLLOUT_STATE` or `CHECKPOINT_UNWRITABLE`. */
  promote(id: string): Promise<Rollout>;
  /** Also `ROLLOUT_TWINS` if it would not be on more twins then. */
  widen(id: string, of: RolloutPart): Promise<Rollout>;
  rollBack(id: string, why?: string): Promise<Rollout>;
  end(id: string): Promise<Rollout>;
}
