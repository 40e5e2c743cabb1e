/** Which version each twin of a checkpoint ran, and which in its shadow. */

import type { CheckpointPart, SavedVersion } from '../protocol/index.ts';

/** A lane that is not what the project named. */
export interface SavedLane extends SavedVersion {
  readonly model: string;
  /** Of the model's document. */
  readonly hash: string;
}

/** Those of a twin. Without one that is live, it runs what the project named. */
export interface SavedLanes {
  readonly live?: SavedLane;
  readonly shadow?: SavedLane;
}

/** By twin; of several parts the later one counts. */
export function savedLanes(parts: readonly CheckpointPart[]): ReadonlyMap<string, SavedLanes> {
  const all = new Map<string, SavedLanes>();
  for (const { model, hash, versions = {} } of parts) {
    for (const [id, version] of Object.entries(versions))
      all.set(id, { ...all.get(id), [version.role]: { ...version, model, hash } });
  }
  return all;
}
