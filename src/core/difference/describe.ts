/** What is different between two versions of a model, or two models, in terms of physics and not of text. */

import { GemelError } from '../diagnose/index.ts';
import { createMigration, type Migration } from '../estimate/index.ts';
import { linkVersions, type Model } from '../model/index.ts';
import { type BehaviourDifference, compareBehaviour } from './behaviour.ts';
import { commonGraph } from './common.ts';
import { compareEquations, type EquationDifference } from './equations.ts';
import { compareSettings, type SettingDifference } from './settings.ts';
import { compareSignals, type SignalDifference } from './signals.ts';

export interface ModelDifference {
  /** `Model.id` of the two. */
  readonly before: string;
  readonly after: string;
  /** Whether they are the same machine: nothing below but, at most, words. */
  readonly same: boolean;
  /** Whether titles and descriptions differ. */
  readonly words: boolean;
  readonly signals: readonly SignalDifference[];
  readonly equations: readonly EquationDifference[];
  readonly settings: readonly SettingDifference[];
  /** How both behave from the same start, or why that cannot be said; absent if it was not asked. */
  readonly behaviour?: BehaviourDifference | { readonly why: string };
  /** Why a twin cannot go over from the one to the other, problem by problem; empty if it can. */
  readonly migration: readonly string[];
}

export interface DifferenceOptions {
  /** How long both are simulated; absent: not at all, as it may take seconds. */
  readonly seconds?: number;
}

/** Compares two models. Quantities are the same if `migrates` says so, or if they have the same name. */
export function describeDifference(a: Model, b: Model, options: DifferenceOptions = {}): ModelDifference {
  const { link } = linkVersions(a, b);
  const common = commonGraph(a, b, link);
  const signals = compareSignals(a, b, { link, renamedOutputs: common.renamedOutputs });
  const equations = compareEquations(a, b, common);
  const settings = compareSettings(a, b);
  const same = signals.length + equations.length + settings.length === 0;
  const { seconds } = options;
  const { migration, problems } = migrationOf(a, b);
  return {
    before: a.id,
    after: b.id,
    same,
    words: areWordsDifferent(a, b),
    signals,
    equations,
    settings,
    ...(seconds === undefined ? {} : { behaviour: behaviourOf(a, b, { migration, seconds }) }),
    migration: problems,
  };
}

function behaviourOf(
  a: Model,
  b: Model,
  { migration, seconds }: { readonly migration: Migration | undefined; readonly seconds: number },
): NonNullable<ModelDifference['behaviour']> {
  if (migration === undefined) return { why: 'without a migration there is no common start' };
  return compareBehaviour(a, b, { migration, seconds });
}

function migrationOf(
  a: Model,
  b: Model,
): { readonly migration?: Migration; readonly problems: readonly string[] } {
  try {
    return { migration: createMigration(a, b), problems: [] };
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    const problems = error.diagnostics.map(({ message }) => message);
    return { problems: problems.length > 0 ? problems : [error.message] };
  }
}

/** Of what both have by the same name. */
function areWordsDifferent(a: Model, b: Model): boolean {
  const titles = (model: Model): ReadonlyMap<string, string | undefined> => {
    const { inputs, parameters, states, outputs, measurements } = model;
    return new Map(
      [...inputs, ...parameters, ...states, ...outputs, ...measurements].map(({ name, title }) => [
        name,
        title,
      ]),
    );
  };
  const [before, after] = [titles(a), titles(b)];
  const isDifferent = [...after].some(([name, title]) => before.has(name) && before.get(name) !== title);
  return isDifferent || a.title !== b.title || a.description !== b.description;
}
