/** What rollouts need of the world around them: a fleet's twins and their trials, and a place for texts. */

import type { Fleet } from '../fleet/index.ts';

export type TrialFleet = Pick<
  Fleet,
  | 'models'
  | 'twins'
  | 'twin'
  | 'snapshot'
  | 'beginShadow'
  | 'swapShadow'
  | 'endShadow'
  | 'shadow'
  | 'shadowSnapshot'
  | 'onShadowTick'
  | 'onEvent'
  | 'onChange'
  | 'tell'
>;

/** Keeps texts, each whole or not at all. */
export interface RolloutStore {
  load(name: string): Promise<string | undefined>;
  /** Resolves once the text would survive a power cut. */
  save(name: string, text: string): Promise<void>;
}
