/**
 * The texts of snapshots, made once for all requests that ask for the same one.
 *
 * A snapshot never changes, so its text is kept beside it for as long as somebody holds the snapshot.
 */

import type { Model } from '../../core/model/index.ts';
import type { Snapshot } from '../../engine/index.ts';
import { unitsOf } from './describe.ts';

export interface StateTexts {
  /** The whole snapshot with the unit of each signal. */
  full(snapshot: Snapshot, model: Model): string;
}

export function createStateTexts(): StateTexts {
  const texts = new WeakMap<Snapshot, string>();
  const units = new WeakMap<Model, string>();
  return {
    full(snapshot, model) {
      let text = texts.get(snapshot);
      if (text === undefined) {
        let ending = units.get(model);
        if (ending === undefined) {
          ending = `,"units":${JSON.stringify(unitsOf(model))}}`;
          units.set(model, ending);
        }
        text = snapshot.toJson().slice(0, -1) + ending;
        texts.set(snapshot, text);
      }
      return text;
    },
  };
}
