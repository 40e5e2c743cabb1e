/** Reads the `migrates` section: how a version's states and parameters come from those of an earlier one. */

import { didYouMean } from '../diagnose/index.ts';
import { type Formula, readFormula } from './formulas.ts';
import type { Problems } from './problems.ts';
import type { ModelDocument } from './schema.ts';
import { compareVersions, parseRange } from './version.ts';

export interface Migrates {
  /** Whether it says anything about coming from this version. */
  appliesTo(version: string): boolean;
  /** Whether the version is older than all that it is written for: something lies between that nobody has told of. */
  isBeyond(version: string): boolean;
  /** By name of the state, or parameter, of this version. What the names in them mean depends on the other version. */
  readonly states: ReadonlyMap<string, Formula>;
  readonly parameters: ReadonlyMap<string, Formula>;
}

/** Reports all that can be said without the other version: names of this one, the syntax of formulas and of the range. */
export function readMigrates(document: ModelDocument, problems: Problems): Migrates {
  const { from, states, parameters } = document.migrates ?? {};
  const range = from === undefined ? undefined : parseRange(from);
  if (from !== undefined && range === undefined) {
    problems.at('VERSION_RANGE', ['migrates', 'from'], `\`${from}\` is no range of versions`, {
      hint: 'write it as `>=1.0.0 <2.0.0`, `^1.2.0` or `1.0.0 || 1.1.0`, each version with its three numbers',
    });
  }
  const formulasOf = (group: 'states' | 'parameters', given: typeof states): Map<string, Formula> => {
    const own = Object.keys(document[group] ?? {});
    const read = new Map<string, Formula>();
    for (const [name, expression] of Object.entries(given ?? {})) {
      const path = ['migrates', group, name];
      if (!own.includes(name)) {
        const what = group === 'states' ? 'state' : 'parameter';
        problems.atKey('NAME_UNKNOWN', path, `\`${name}\` is not a ${what} of this version`, {
          hint:
            didYouMean(name, own) ?? `on the left stands the name in this version, on the right what it was`,
        });
      }
      const formula = readFormula(path, expression, document, problems);
      if (formula !== undefined) read.set(name, formula);
    }
    return read;
  };
  return {
    appliesTo: (version) =>
      compareVersions(version, document.version) < 0 &&
      (from === undefined || range?.includes(version) === true),
    isBeyond: (version) => range?.isAfter(version) === true,
    states: formulasOf('states', states),
    parameters: formulasOf('parameters', parameters),
  };
}
