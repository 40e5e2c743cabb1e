/** The twin that an address names, or a problem that says which was meant. */

import { didYouMean } from '../../core/diagnose/index.ts';
import type { Fleet, TwinInfo } from '../../engine/index.ts';
import { ProblemError } from './problem.ts';
import { show } from './validation.ts';

/** @throws ProblemError `TWIN_UNKNOWN` */
export function findTwin(fleet: Fleet, id: string): TwinInfo {
  const info = fleet.twin(id);
  if (info !== undefined) return info;
  const ids = fleet.twins().map((twin) => twin.config.id);
  throw new ProblemError('TWIN_UNKNOWN', `there is no twin ${show(id)}`, {
    hint: didYouMean(id, ids) ?? 'GET /api/v1/twins lists them',
  });
}
