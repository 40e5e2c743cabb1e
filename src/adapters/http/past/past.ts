/** What the history tells of a fleet at a past moment, in the shapes in which the fleet tells of now. */

import { didYouMean } from '../../../core/diagnose/index.ts';
import type { Model } from '../../../core/model/index.ts';
import {
  type Alarm,
  alarmOf,
  conditionOf,
  configOf,
  eventOf,
  factKinds,
  type Fleet,
  type History,
  type HistoryFact,
  modelOf,
  pastSnapshot,
  seriesNames,
  type Snapshot,
  type TwinEvent,
  type TwinInfo,
  twinOf,
  type TwinStatus,
} from '../../../engine/index.ts';
import { findTwin } from '../find-twin.ts';
import type { KnownModels } from '../known-models.ts';
import { ProblemError } from '../problem.ts';
import { show } from '../validation.ts';
import { readAt } from './request.ts';

export interface PastTwin {
  readonly info: TwinInfo;
  readonly snapshot: Snapshot;
  readonly resolutionMs: number;
}

/** A twin as a list of them has it. */
export interface PastEntry {
  readonly id: string;
  /** `Model.id`. */
  readonly model: string;
  readonly periodMs: number;
  readonly group?: string;
  readonly status: TwinStatus;
}

export interface PastTick {
  readonly tick: number;
  readonly timeMs: number;
}

export class PastReader {
  readonly #fleet: Fleet;
  readonly #history: History | undefined;
  /** By the text of the document, since one that has been changed may have kept its version. */
  readonly #models = new Map<string, Model>();

  constructor(fleet: Fleet, history: History | undefined) {
    this.#fleet = fleet;
    this.#history = history;
  }

  /**
   * The moment that a request names.
   *
   * @throws ProblemError `HTTP_INVALID`, `PAST_AHEAD`; `PAST_UNKNOWN` if nothing is recorded of that time.
   */
  async moment(written: string): Promise<PastMoment> {
    const atMs = readAt(written, this.#fleet.alarms.nowMs());
    const history = this.#history;
    if (history === undefined) throw new ProblemError('PAST_UNKNOWN', 'this project records no history');
    const beginMs = await history.begin();
    if (beginMs === undefined) throw new ProblemError('PAST_UNKNOWN', 'nothing is recorded yet');
    if (atMs >= beginMs) return new PastMoment(this.#fleet, history, atMs, this.#models);
    const [asked, begins = ''] = [atMs, beginMs].map((ms) => new Date(ms).toISOString());
    throw new ProblemError(
      'PAST_UNKNOWN',
      `nothing is recorded of ${asked}: the record begins at ${begins}`,
      {
        extensions: { begins },
      },
    );
  }
}

/** Models that are no longer loaded, kept so that asking for a row of moments compiles each once. */
const mostModels = 100;

export class PastMoment {
  readonly atMs: number;
  readonly #fleet: Fleet;
  readonly #history: History;
  readonly #models: Map<string, Model>;

  constructor(fleet: Fleet, history: History, atMs: number, models: Map<string, Model>) {
    this.#fleet = fleet;
    this.#history = history;
    this.atMs = atMs;
    this.#models = models;
  }

  /** What stands in an answer to say that it is not of now. */
  get told(): { readonly at: string } {
    return { at: new Date(this.atMs).toISOString() };
  }

  /** Every twin that was there, in the order that they have now; those of then only behind them. */
  async twins(): Promise<readonly PastEntry[]> {
    const [facts, conditions] = await Promise.all([
      this.#all(factKinds.twin),
      this.#all(factKinds.condition),
    ]);
    const statuses = new Map(conditions.map((fact) => [fact.twin, conditionOf(fact)?.status]));
    const order = new Map(this.#fleet.twins().map(({ config }, index) => [config.id, index]));
    const place = ({ id }: PastEntry): number => order.get(id) ?? order.size;
    return facts
      .flatMap((fact): PastEntry[] => {
        const known = twinOf(fact);
        if (known === undefined) return [];
        const { model, periodMs, group } = known;
        const ofGroup = group === undefined ? {} : { group };
        return [{ id: fact.twin, model, periodMs, ...ofGroup, status: statuses.get(fact.twin) ?? 'running' }];
      })
      .toSorted((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  }

  /** The newest recorded tick of each of these twins. */
  async ticks(twins: readonly string[]): Promise<ReadonlyMap<string, PastTick>> {
    const asked = { twins, signals: [seriesNames.tick], timeMs: this.atMs };
    const readings = await this.#history.lastValues(asked);
    return new Map(readings.map(({ twin, value, timeMs }) => [twin, { tick: value, timeMs }]));
  }

  /**
   * A twin at its newest recorded tick.
   *
   * @throws ProblemError `PAST_UNKNOWN` if it was not there; `TWIN_UNKNOWN` if it never was.
   */
  async twin(id: string): Promise<PastTwin> {
    const [[fact], [ofConfig], [ofCondition], ticks] = await Promise.all([
      this.#all(factKinds.twin, id),
      this.#all(factKinds.config, id),
      this.#all(factKinds.condition, id),
      this.ticks([id]),
    ]);
    const known = fact && twinOf(fact);
    const config = ofConfig && configOf(ofConfig);
    const timeMs = ticks.get(id)?.timeMs;
    if (known === undefined || config === undefined || timeMs === undefined) throw await this.#absent(id);
    const [model, readings] = await Promise.all([
      this.model(known.model),
      this.#history.lastValues({ twins: [id], timeMs }),
    ]);
    const condition = ofCondition && conditionOf(ofCondition);
    const snapshot = pastSnapshot({ twin: id, model, timeMs, readings, condition });
    return { info: { config, model }, snapshot, resolutionMs: known.resolutionMs };
  }

  /** A model as it was. @throws ProblemError `PAST_UNKNOWN` if it was not recorded, or is none that this program can compile. */
  async model(id: string): Promise<Model> {
    const [fact] = await this.#history.factsAt({ kind: factKinds.model, subject: id, timeMs: this.atMs });
    const model = fact === undefined ? this.#fleet.models.get(id) : this.#compiled(fact);
    if (model !== undefined) return model;
    throw new ProblemError('PAST_UNKNOWN', `the model ${show(id)} of that time cannot be read any more`);
  }

  /** The models that had run by then and that this program can compile, and which of them the twins ran. */
  async models(): Promise<KnownModels> {
    const [facts, twins] = await Promise.all([this.#all(factKinds.model), this.twins()]);
    const models = facts.flatMap((fact) => this.#compiled(fact) ?? []);
    return {
      models: new Map(models.map((model) => [model.id, model])),
      running: twins.map(({ model }) => model),
    };
  }

  #compiled(fact: HistoryFact): Model | undefined {
    const live = this.#fleet.models.get(fact.subject);
    if (live !== undefined && fact.data === textOf(live)) return live;
    const known = this.#models.get(fact.data) ?? modelOf(fact);
    if (known === undefined) return undefined;
    if (this.#models.size >= mostModels) this.#models.clear();
    this.#models.set(fact.data, known);
    return known;
  }

  /** @throws as `twin` does, for a twin that was not there. */
  async need(id: string): Promise<void> {
    const [fact] = await this.#all(factKinds.twin, id);
    if (fact === undefined || twinOf(fact) === undefined) throw await this.#absent(id);
  }

  /** The alarms of a twin, or of all, with those that are normal. @throws as `twin` does for one that is unknown. */
  async alarms(twin?: string): Promise<readonly Alarm[]> {
    if (twin !== undefined && twin !== '*') await this.need(twin);
    return (await this.#all(factKinds.alarm, twin)).flatMap((fact) => alarmOf(fact) ?? []);
  }

  /** What had happened, newest first. */
  async events(limit: number, twin?: string): Promise<readonly TwinEvent[]> {
    const span = { fromMs: Number.NEGATIVE_INFINITY, toMs: this.atMs + 0.5, limit };
    const facts = await this.#history.facts({
      kind: factKinds.event,
      ...span,
      ...(twin !== undefined && { twin }),
    });
    return facts.flatMap((fact) => eventOf(fact) ?? []);
  }

  #all(kind: string, twin?: string): Promise<readonly HistoryFact[]> {
    return this.#history.factsAt({ kind, timeMs: this.atMs, ...(twin !== undefined && { twin }) });
  }

  async #absent(id: string): Promise<ProblemError> {
    const asked = { twin: id, fromMs: this.atMs, toMs: Number.MAX_VALUE, limit: 1000 };
    const later = await this.#history.facts({ ...asked, kind: factKinds.twin });
    const first = later.findLast((fact) => twinOf(fact) !== undefined);
    const there = `twin ${show(id)} was not there, or nothing of it is kept`;
    if (first !== undefined) {
      const begins = new Date(first.timeMs).toISOString();
      return new ProblemError('PAST_UNKNOWN', `${there}; it came at ${begins}`, { extensions: { begins } });
    }
    const [before] = await this.#all(factKinds.twin, id);
    if (before !== undefined || this.#fleet.twin(id) !== undefined)
      return new ProblemError('PAST_UNKNOWN', there);
    const twins = await this.twins();
    const ids = twins.map((twin) => twin.id);
    const hint = didYouMean(id, ids);
    if (hint === undefined) findTwin(this.#fleet, id);
    return new ProblemError('TWIN_UNKNOWN', `there was no twin ${show(id)}`, { hint });
  }
}

const texts = new WeakMap<Model, string>();

function textOf(model: Model): string {
  let text = texts.get(model);
  if (text === undefined) texts.set(model, (text = JSON.stringify(model.document)));
  return text;
}
