/** Models that come while the fleet runs. A version never changes. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { documentHash } from './document-hash.ts';

/**
 * Adds a model to those that twins may be of; the same document again changes nothing.
 *
 * @param recorder - is told if it is new.
 * @throws GemelError `MODEL_VERSION_EXISTS` if the version is there with another document.
 */
export function addModel(
  models: Map<string, Model>,
  model: Model,
  recorder?: { model(model: Model): void },
): void {
  const known = models.get(model.id);
  if (known === undefined) {
    models.set(model.id, model);
    recorder?.model(model);
  } else if (!isSameDocument(known, model)) {
    throw new GemelError('MODEL_VERSION_EXISTS', `there is another document of ${model.id} already`, {
      hint: 'versions never change: give this one a new version',
    });
  }
}

export function isSameDocument(a: Model, b: Model): boolean {
  return documentHash(a.document) === documentHash(b.document);
}
