/**
 * The twins of a replay: who they are, what their signals are called, and at which site each is.
 *
 * A twin that the past has from elsewhere (a project file that was changed before a restart) is lost until the next
 * checkpoint, which has it as it was. One that was added is placed when its first tick says where.
 */

import { compileModelDocument, type Model, type ModelDocument } from '../../core/model/index.ts';
import type { RecordedModel } from '../fleet-record.ts';
import type { ShardTwin } from '../messages.ts';
import { configOf, type RecordedTwin } from '../twin-record.ts';
import type { NamedSignal } from './record-names.ts';
import type { ReplaySite } from './replay-site.ts';

export type TwinSettings = Omit<ShardTwin, 'index'>;

export interface ReplayedTwin {
  readonly settings: ShardTwin;
  /** The last record that its checkpoint has. */
  had: number;
  /** Undefined while it is lost, or not placed yet. */
  site: ReplaySite | undefined;
  /** Where it begins, if it was added; undefined: it is not known what it was. */
  beginsMs: number | undefined;
}

/** What a shard needs to know of a recorded twin. */
export function settingsOf(recorded: RecordedTwin): TwinSettings {
  const { id, model, periodMs, parameters, inputs, start, queueLimit, latenessMs } = configOf(recorded);
  return { id, model, periodMs, parameters, inputs, start, queueLimit, latenessMs };
}

interface ReplayedModel {
  readonly id: string;
  readonly document: ModelDocument;
  readonly model: Model | undefined;
  /** Numbers of its signals, and of its inputs. */
  readonly signals: ReadonlyMap<string, number>;
  readonly inputs: number;
}

const nobody: NamedSignal = { twin: -1, signal: -1 };

export class ReplayTwins {
  readonly #models = new Map<string, ReplayedModel>();
  readonly #byId = new Map<string, ReplayedTwin>();
  /** By number. */
  readonly #all: (ReplayedTwin | undefined)[] = [];

  /** All of them are lost at first. */
  constructor(models: readonly RecordedModel[], twins: readonly TwinSettings[]) {
    this.addModels(models);
    for (const twin of twins) this.add(twin, undefined);
  }

  addModels(models: readonly RecordedModel[]): void {
    for (const { id, document } of models) {
      if (this.#models.has(id)) continue;
      const { model } = compileModelDocument(document, id);
      const names = [...(model?.inputs ?? []), ...(model?.measurements ?? [])].map(({ name }) => name);
      const signals = new Map(names.map((name, number) => [name, number]));
      this.#models.set(id, { id, document, model, signals, inputs: model?.inputs.length ?? 0 });
    }
  }

  /** All models, for a shard to start with. */
  models(): readonly RecordedModel[] {
    return Array.from(this.#models.values(), ({ id, document }) => ({ id, document }));
  }

  /** Enters a twin, in the place of one with its name. */
  add(settings: TwinSettings, beginsMs: number | undefined): ReplayedTwin {
    const twin = { settings: { ...settings, index: this.#all.length }, had: 0, site: undefined, beginsMs };
    this.#all.push(twin);
    this.#byId.set(settings.id, twin);
    return twin;
  }

  /** A number that no twin has, for a lane beside them. */
  number(): number {
    return this.#all.push(undefined) - 1;
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  byId(id: string): ReplayedTwin | undefined {
    return this.#byId.get(id);
  }

  at(index: number): ReplayedTwin | undefined {
    return this.#all[index];
  }

  model(id: string): ReplayedModel | undefined {
    return this.#models.get(id);
  }

  /** By numbers, for samples. */
  find(id: string, signal: string): NamedSignal {
    const twin = this.#byId.get(id);
    const number = twin && this.#models.get(twin.settings.model)?.signals.get(signal);
    return twin === undefined || number === undefined
      ? nobody
      : { twin: twin.settings.index, signal: number };
  }
}
