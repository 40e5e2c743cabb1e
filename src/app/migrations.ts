/** Checks that a model's `migrates` fits the earlier versions that are there. */

import type { Diagnostic } from '../core/diagnose/index.ts';
import type { SourceText } from '../core/document/index.ts';
import { linkVersions, migratesFrom, type Model } from '../core/model/index.ts';

/**
 * The problems of going over to `model` from the versions that its `migrates` is written for, each told once. Of others nobody
 * may mean to go over.
 *
 * @param source - the text of `model`.
 */
export function migrationProblems(
  model: Model,
  others: readonly Model[],
  source: SourceText,
): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const earlier of others) {
    if (earlier.name !== model.name || !migratesFrom(model, earlier.version)) continue;
    for (const problem of linkVersions(earlier, model, source).diagnostics) {
      const { code, place } = problem;
      const key = `${code} ${place?.line}:${place?.column}`;
      if (!found.has(key)) found.set(key, problem);
    }
  }
  return [...found.values()];
}
