/** A version of a model by its name, or what was probably meant. */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';

/** @throws GemelError `MODEL_UNKNOWN`; `whose`, where it is given, begins the message. */
export function needModel(id: string, models: ReadonlyMap<string, Model>, whose = ''): Model {
  const model = models.get(id);
  if (model !== undefined) return model;
  const known = [...models.keys()];
  const [name = ''] = id.split('@');
  const versions = known.filter((one) => one.startsWith(`${name}@`));
  const hint =
    versions.length > 0
      ? `versions of ${name}: ${versions.join(', ')}`
      : (didYouMean(id, known) ?? `models: ${known.join(', ') || 'none'}`);
  throw new GemelError('MODEL_UNKNOWN', `${whose}no model ${id} is loaded`, { hint });
}
