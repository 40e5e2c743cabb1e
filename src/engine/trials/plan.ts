/** What a trial would be: checks that a twin can run another version, and works out its configuration there. */

import { GemelError } from '../../core/diagnose/index.ts';
import { createMigration, type Migration } from '../../core/estimate/index.ts';
import type { Model } from '../../core/model/index.ts';
import type { SavedLane } from '../checkpoint/index.ts';
import { type Entry, routesOf, type TrialRoutes } from '../members/index.ts';
import {
  checkTwins,
  documentHash,
  needModel,
  signalNamesOf,
  type TwinConfig,
  type TwinInfo,
} from '../twin/index.ts';

export class TrialPlans {
  readonly #models: ReadonlyMap<string, Model>;
  /** By the ids of both versions: the same for all twins. */
  readonly #migrations = new Map<string, Migration>();
  readonly #routes = new Map<string, TrialRoutes>();
  readonly #hashes = new Map<Model, string>();

  constructor(models: ReadonlyMap<string, Model>) {
    this.#models = models;
  }

  /**
   * The twin under another version.
   *
   * @throws GemelError `TRIAL_RUNS`, `MODEL_UNKNOWN`, `TRIAL_INVALID`, `TRIAL_SIGNALS`, `MIGRATION_INVALID`, or one of `checkTwins`.
   */
  plan({ info: { config, model: from }, trial }: Entry, version: string): TwinInfo {
    if (trial !== undefined) {
      const message = `${trial.shadow.info.model.id} runs in the shadow of twin \`${config.id}\` already`;
      throw new GemelError('TRIAL_RUNS', message, { hint: 'end that trial first' });
    }
    const model = needModel(version, this.#models);
    if (model === from)
      throw new GemelError('TRIAL_INVALID', `twin \`${config.id}\` runs ${version} already`);
    refuseMissing(config, model);
    const parameters = this.#migration(from, model).parameters(config.parameters);
    const moved = configUnder(config, model, parameters);
    checkTwins([moved], this.#models);
    return { config: moved, model };
  }

  /**
   * The twin under a version that it ran before, with the parameters that it had there; undefined if it cannot any more.
   */
  again(named: TwinConfig, saved: SavedLane): TwinInfo | undefined {
    const model = this.#models.get(saved.model);
    if (model === undefined || this.#hashOf(model) !== saved.hash) return undefined;
    try {
      const config =
        model.id === named.model ? named : configUnder(named, model, this.#parameters(named, saved));
      checkTwins([config], this.#models);
      return { config, model };
    } catch (error) {
      if (error instanceof GemelError) return undefined;
      throw error;
    }
  }

  /** Those that it had; if the project gives others now, these as they go over. */
  #parameters(named: TwinConfig, saved: SavedLane): Readonly<Record<string, number>> {
    if (isSame(named.parameters, saved.named.parameters)) return saved.parameters;
    return this.#migration(
      needModel(named.model, this.#models),
      needModel(saved.model, this.#models),
    ).parameters(named.parameters);
  }

  /** The twin under the version that the project names. */
  named(config: TwinConfig): TwinInfo {
    return { config, model: needModel(config.model, this.#models) };
  }

  #hashOf(model: Model): string {
    const hash = this.#hashes.get(model) ?? documentHash(model.document);
    this.#hashes.set(model, hash);
    return hash;
  }

  routes(live: Model, shadow: Model): TrialRoutes {
    const key = `${live.id} ${shadow.id}`;
    const routes = this.#routes.get(key) ?? routesOf(live, shadow);
    this.#routes.set(key, routes);
    return routes;
  }

  #migration(from: Model, to: Model): Migration {
    const key = `${from.id} ${to.id}`;
    const migration = this.#migrations.get(key) ?? createMigration(from, to);
    this.#migrations.set(key, migration);
    return migration;
  }
}

/** @throws GemelError `TRIAL_SIGNALS` if the twin is bound to signals that the version does not have. */
function refuseMissing({ id, bindings }: TwinConfig, model: Model): void {
  const known = new Set(signalNamesOf(model));
  const missing = [...new Set(bindings.map(({ signal }) => signal))].filter((signal) => !known.has(signal));
  if (missing.length === 0) return;
  const names = missing.map((name) => `\`${name}\``).join(', ');
  throw new GemelError(
    'TRIAL_SIGNALS',
    `twin \`${id}\` is bound to ${names}, which ${model.id} does not have`,
  );
}

/** A twin's configuration under another version, with its own parameters there: of the rest what the version knows. */
export function configUnder<Config extends Pick<TwinConfig, 'model' | 'parameters' | 'inputs' | 'start'>>(
  config: Config,
  model: Model,
  parameters: Readonly<Record<string, number>>,
): Config {
  const among = (values: Readonly<Record<string, number>>, known: readonly { readonly name: string }[]) => {
    const names = new Set(known.map(({ name }) => name));
    return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
  };
  return {
    ...config,
    model: model.id,
    parameters,
    inputs: among(config.inputs, model.inputs),
    start: among(config.start, model.states),
  };
}

function isSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
