/**
 * A view: what one kind of subscription shows. All readers that subscribed alike share it, so that the states of a
 * tick are written once for all of them.
 */

import { didYouMean } from '../../../core/diagnose/index.ts';
import type { Model } from '../../../core/model/index.ts';
import type { Fleet, FleetChange, Snapshot } from '../../../engine/index.ts';
import { unitsOf } from '../describe.ts';
import { ProblemError } from '../problem.ts';
import { show } from '../validation.ts';
import { matchesPattern, type Subscribe } from './protocol.ts';
import type { Reader } from './reader.ts';

/** A message with the states of some twins. */
export interface Frame {
  readonly twins: readonly string[];
  readonly bytes: Buffer;
}

/** A message with states is ended once it is longer than this. */
const frameChars = 65_536;

export class View {
  readonly key: string;
  readonly everyMs: number;
  readonly twins: Set<string>;
  readonly readers = new Set<Reader>();
  /** Twins with a newer snapshot than the readers were sent. */
  readonly changed = new Set<string>();
  /** Not before this are they sent. */
  dueMs = 0;
  /** What its readers are told of it. */
  subscribed: Buffer;
  /** Whether they are still to be told, since twins came or went. */
  altered = false;
  readonly #fleet: Fleet;
  readonly #patterns: readonly string[];
  readonly #signals: ReadonlySet<string> | undefined;
  readonly #ofBlock = new WeakMap<readonly string[], readonly string[]>();

  /** @throws ProblemError `TWIN_UNKNOWN` or `SIGNAL_UNKNOWN` */
  constructor(fleet: Fleet, subscribe: Subscribe) {
    this.key = viewKey(subscribe);
    this.#fleet = fleet;
    this.everyMs = subscribe.everyMs ?? 0;
    this.#patterns = subscribe.twins;
    this.twins = findTwins(fleet, subscribe.twins);
    if (subscribe.signals !== undefined) this.#signals = findSignals(this.#models(), subscribe.signals);
    this.subscribed = this.#describe();
  }

  /** A twin came or went, or is of another model. */
  change({ kind, twin: { config } }: FleetChange): void {
    const { id } = config;
    if (kind === 'changed') {
      this.altered ||= this.twins.has(id);
      return;
    }
    const concerns =
      kind === 'removed'
        ? this.twins.delete(id)
        : this.#patterns.some((pattern) => pattern.includes('*') && matchesPattern(pattern, id));
    if (!concerns) return;
    if (kind === 'added') this.twins.add(id);
    this.changed.delete(id);
    this.altered = true;
  }

  /** What its readers are told now that its twins are others. */
  describeAgain(): Buffer {
    this.altered = false;
    this.subscribed = this.#describe();
    return this.subscribed;
  }

  /** Notes which of the twins of a tick belong to this view. */
  note(block: readonly string[]): void {
    let own = this.#ofBlock.get(block);
    if (own === undefined) {
      own = block.filter((id) => this.twins.has(id));
      this.#ofBlock.set(block, own);
    }
    for (const id of own) this.changed.add(id);
  }

  /** The newest states of these twins in as many messages as it takes. */
  *frames(twins: Iterable<string>): Generator<Frame> {
    let ids: string[] = [];
    let texts: string[] = [];
    let length = 0;
    for (const id of twins) {
      const snapshot = this.#fleet.snapshot(id);
      if (snapshot === undefined) continue;
      const text = this.#text(snapshot);
      ids.push(id);
      texts.push(text);
      length += text.length;
      if (length > frameChars) {
        yield frameOf(ids, texts);
        ids = [];
        texts = [];
        length = 0;
      }
    }
    if (ids.length > 0) yield frameOf(ids, texts);
  }

  #models(): Set<Model> {
    const models = new Set<Model>();
    for (const id of this.twins) {
      const model = this.#fleet.twin(id)?.model;
      if (model !== undefined) models.add(model);
    }
    return models;
  }

  #describe(): Buffer {
    const units = [...this.#models()].map((model) => [model.id, this.#pick(unitsOf(model))] as const);
    const told = {
      type: 'subscribed',
      twins: [...this.twins],
      units: Object.fromEntries(units),
      everyMs: this.everyMs,
    };
    return Buffer.from(JSON.stringify(told));
  }

  #text(snapshot: Snapshot): string {
    const text = snapshot.toJson();
    if (this.#signals === undefined) return text;
    const state = JSON.parse(text) as Record<string, unknown>;
    for (const group of ['states', 'outputs', 'inputs', 'measurements', 'times', 'held']) {
      const values = state[group];
      if (typeof values === 'object' && values !== null) state[group] = this.#pick(values);
    }
    return JSON.stringify(state);
  }

  #pick(values: object): object {
    const signals = this.#signals;
    if (signals === undefined) return values;
    return Object.fromEntries(Object.entries(values).filter(([name]) => signals.has(name)));
  }
}

export function viewKey({ twins, signals, everyMs }: Subscribe): string {
  return JSON.stringify([twins, signals ?? null, everyMs ?? 0]);
}

function frameOf(twins: readonly string[], texts: readonly string[]): Frame {
  return { twins, bytes: Buffer.from(`{"type":"state","states":[${texts.join(',')}]}`) };
}

/** @throws ProblemError `TWIN_UNKNOWN` */
export function findTwins(fleet: Fleet, patterns: readonly string[]): Set<string> {
  const found = new Set<string>();
  const all = fleet.twins().map((info) => info.config.id);
  for (const pattern of patterns) {
    const before = found.size;
    let matched = false;
    if (!pattern.includes('*')) {
      matched = fleet.twin(pattern) !== undefined;
      if (matched) found.add(pattern);
    } else {
      for (const id of all) {
        if (matchesPattern(pattern, id)) found.add(id);
      }
      matched = found.size > before || all.some((id) => matchesPattern(pattern, id));
    }
    if (matched) continue;
    const hint = didYouMean(pattern, all) ?? 'GET /api/v1/twins lists them';
    throw new ProblemError('TWIN_UNKNOWN', `there is no twin ${show(pattern)}`, { hint });
  }
  return found;
}

function findSignals(models: Iterable<Model>, wanted: readonly string[]): Set<string> {
  const known = new Set<string>();
  for (const model of models) {
    for (const name of Object.keys(unitsOf(model))) known.add(name);
  }
  for (const name of wanted) {
    if (known.has(name)) continue;
    const hint = didYouMean(name, known) ?? `known: ${[...known].slice(0, 20).join(', ')}`;
    throw new ProblemError('SIGNAL_UNKNOWN', `none of these twins has a signal ${show(name)}`, { hint });
  }
  return new Set(wanted);
}
