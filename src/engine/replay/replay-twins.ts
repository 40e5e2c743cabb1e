/**
 * The twins of a replay: who they are, what their signals are called, and at which site each is. A twin in a trial has two
 * lanes, of two versions of its model, of which one is the other's shadow.
 *
 * A lane that the past has from elsewhere (a project file that was changed before a restart) is lost until the next
 * checkpoint, which has it as it was. One that was added is placed when its first tick says where.
 */

import { compileModelDocument, type Model, type ModelDocument, type Signal } from '../../core/model/index.ts';
import { configOf, type RecordedModel, type RecordedTwin } from '../journal/index.ts';
import type { CheckpointPart, ShardTwin } from '../protocol/index.ts';
import { configUnder } from '../trials/index.ts';
import type { ReplaySite } from './replay-site.ts';

export type TwinSettings = Omit<ShardTwin, 'index'>;

/** A lane of a twin. */
export interface ReplayedTwin {
  settings: ShardTwin;
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

/** Whether two lanes are configured alike, whoever is in whose shadow. */
export function isSameSettings(some: TwinSettings, other: TwinSettings): boolean {
  const { index: _, shadowOf: __, named: ___, ...settings } = { index: 0, ...some };
  return JSON.stringify(settings) === JSON.stringify(other);
}

interface ReplayedModel {
  readonly id: string;
  readonly document: ModelDocument;
  readonly model: Model | undefined;
  /** By number, and their numbers by name. */
  readonly signals: readonly Signal[];
  readonly numbers: ReadonlyMap<string, number>;
}

/** What the names of a sample stand for, by numbers: −1 where there is no such twin here, or it has no such signal. */
export interface NamedSignal {
  readonly twin: number;
  readonly signal: number;
  /** The same of its shadow. */
  readonly shadow: number;
  readonly shadowSignal: number;
}

const nobody: NamedSignal = { twin: -1, signal: -1, shadow: -1, shadowSignal: -1 };

interface Lanes {
  live: ReplayedTwin;
  shadow: ReplayedTwin | undefined;
}

export class ReplayTwins {
  readonly #models = new Map<string, ReplayedModel>();
  readonly #byId = new Map<string, Lanes>();
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
      const signals = [...(model?.inputs ?? []), ...(model?.measurements ?? [])];
      const numbers = new Map(signals.map(({ name }, number) => [name, number]));
      this.#models.set(id, { id, document, model, signals, numbers });
    }
  }

  /** All models, for a shard to start with. */
  models(): readonly RecordedModel[] {
    return Array.from(this.#models.values(), ({ id, document }) => ({ id, document }));
  }

  model(id: string): ReplayedModel | undefined {
    return this.#models.get(id);
  }

  /** Enters a twin, in the place of one with its name. */
  add(settings: TwinSettings, beginsMs: number | undefined): ReplayedTwin {
    const live = this.#lane(settings, beginsMs);
    this.#byId.set(settings.id, { live, shadow: undefined });
    return live;
  }

  /** Enters a lane of another version beside that of a twin; undefined if it cannot be. */
  addShadow(
    id: string,
    version: string,
    parameters: Readonly<Record<string, number>>,
  ): ReplayedTwin | undefined {
    const lanes = this.#byId.get(id);
    const model = this.#models.get(version)?.model;
    if (lanes === undefined || model === undefined) return undefined;
    const { live } = lanes;
    const settings = { ...configUnder(live.settings, model, parameters), shadowOf: live.settings.index };
    lanes.shadow = this.#lane(settings, undefined);
    return lanes.shadow;
  }

  /**
   * Makes known which lanes a checkpoint of a shard has, where they are of other versions than the journal says of their twins.
   *
   * @returns whether there are any.
   */
  enterVersions(parts: readonly CheckpointPart[]): boolean {
    let isAny = false;
    for (const { model, versions = {} } of parts) {
      for (const [id, { role, parameters }] of Object.entries(versions)) {
        if (!this.#byId.has(id) || this.lane(id, model) !== undefined) continue;
        isAny = true;
        if (this.addShadow(id, model, parameters) !== undefined && role === 'live') this.exchange(id);
        const shadow = this.shadow(id)?.settings.model;
        const isThere = parts.some((part) => part.model === shadow && part.twins.includes(id));
        if (!isThere) this.removeShadow(id);
      }
    }
    return isAny;
  }

  /** The live lane becomes the shadow, and the other way round. */
  exchange(id: string): void {
    const lanes = this.#byId.get(id);
    if (lanes?.shadow === undefined) return;
    const { live, shadow } = lanes;
    const { shadowOf: _, ...settings } = shadow.settings;
    shadow.settings = settings;
    live.settings = { ...live.settings, shadowOf: settings.index };
    lanes.live = shadow;
    lanes.shadow = live;
  }

  removeShadow(id: string): void {
    const lanes = this.#byId.get(id);
    if (lanes !== undefined) lanes.shadow = undefined;
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** A number that no lane has. */
  number(): number {
    return this.#all.push(undefined) - 1;
  }

  live(id: string): ReplayedTwin | undefined {
    return this.#byId.get(id)?.live;
  }

  shadow(id: string): ReplayedTwin | undefined {
    return this.#byId.get(id)?.shadow;
  }

  /** The lanes of a twin, the live one first. */
  lanes(id: string): readonly ReplayedTwin[] {
    const { live, shadow } = this.#byId.get(id) ?? {};
    return [live, shadow].filter((lane) => lane !== undefined);
  }

  /** The lane of a twin that runs a version; without one, the live lane. */
  lane(id: string, version: string | undefined): ReplayedTwin | undefined {
    if (version === undefined) return this.live(id);
    return this.lanes(id).find(({ settings }) => settings.model === version);
  }

  at(index: number): ReplayedTwin | undefined {
    return this.#all[index];
  }

  /** By numbers, for samples. */
  find(id: string, signal: string): NamedSignal {
    const numberIn = (lane: ReplayedTwin | undefined): number =>
      this.#models.get(lane?.settings.model ?? '')?.numbers.get(signal) ?? -1;
    const { live, shadow } = this.#byId.get(id) ?? {};
    const [number, other] = [numberIn(live), numberIn(shadow)];
    if (number < 0 && other < 0) return nobody;
    return {
      twin: number < 0 ? -1 : (live?.settings.index ?? -1),
      signal: number,
      shadow: other < 0 ? -1 : (shadow?.settings.index ?? -1),
      shadowSignal: other,
    };
  }

  #lane(settings: TwinSettings, beginsMs: number | undefined): ReplayedTwin {
    const lane = { settings: { ...settings, index: this.#all.length }, had: 0, site: undefined, beginsMs };
    this.#all.push(lane);
    return lane;
  }
}
