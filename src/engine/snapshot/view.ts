/**
 * Snapshots over frames. What all twins of a model share (names, places, texts of keys) is worked out once a
 * model; a snapshot is then two references and a lane number until somebody reads it.
 *
 * JSON is put together by hand, since ten thousand twins may be read twice a second.
 */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { fromSi, fromSiDifference, roundDeviation, roundShown, type Unit } from '../../core/units/index.ts';
import { type Frame, type FrameLayout, frameLayoutOf, statusCodes } from './frame.ts';
import {
  type HealthColumn,
  healthColumnsOf,
  healthIn,
  healthJson,
  type HealthReading,
  healthReading,
} from './health.ts';
import type { HeldState, MeasurementReading, Snapshot, TwinStatus } from './snapshot.ts';

/** A group of signals with the texts of their keys. */
interface Group {
  readonly signals: readonly Signal[];
  /** `"name":`, with a comma before all but the first. */
  readonly keys: readonly string[];
  readonly index: ReadonlyMap<string, number>;
}

export interface SnapshotView {
  readonly model: Model;
  readonly layout: FrameLayout;
  readonly states: Group;
  readonly outputs: Group;
  readonly inputs: Group;
  readonly measurements: Group;
  readonly health: readonly HealthColumn[];
}

export function createSnapshotView(model: Model): SnapshotView {
  const layout = frameLayoutOf(model);
  return {
    model,
    layout,
    health: healthColumnsOf(model, layout),
    states: groupOf(model.states),
    outputs: groupOf(model.outputs),
    inputs: groupOf(model.inputs),
    measurements: groupOf(model.measurements),
  };
}

export function createSnapshot(twin: string, view: SnapshotView, frame: Frame, lane: number): Snapshot {
  return new FrameSnapshot(twin, view, frame, lane);
}

const statusNames: readonly TwinStatus[] = (['running', 'waiting', 'quarantined'] as const).toSorted(
  (a, b) => statusCodes[a] - statusCodes[b],
);

class FrameSnapshot implements Snapshot {
  readonly twin: string;
  readonly #view: SnapshotView;
  readonly #frame: Frame;
  readonly #lane: number;
  #json: string | undefined;
  #plain: string | undefined;

  constructor(twin: string, view: SnapshotView, frame: Frame, lane: number) {
    this.twin = twin;
    this.#view = view;
    this.#frame = frame;
    this.#lane = lane;
  }

  get model(): string {
    return this.#view.model.id;
  }

  get tick(): number {
    return this.#value(this.#view.layout.ticks);
  }

  get timeMs(): number {
    return this.#value(this.#view.layout.beliefMs);
  }

  get elapsedSeconds(): number {
    return this.#value(this.#view.layout.elapsedSeconds);
  }

  get status(): TwinStatus {
    return statusNames[this.#value(this.#view.layout.status)] ?? 'waiting';
  }

  get waitingFor(): readonly string[] {
    const { inputs, layout } = this.#view;
    return inputs.signals
      .filter((_, i) => Number.isNaN(this.#value(layout.inputs + i)))
      .map(({ name }) => name);
  }

  get held(): readonly HeldState[] {
    const { states, layout } = this.#view;
    return states.signals.flatMap(({ name }, i): HeldState[] => {
      if (this.#value(layout.heldMin + i) === 1) return [{ state: name, bound: 'min' }];
      return this.#value(layout.heldMax + i) === 1 ? [{ state: name, bound: 'max' }] : [];
    });
  }

  get silent(): readonly string[] {
    const { measurements, layout } = this.#view;
    return measurements.signals
      .filter((_, i) => this.#value(layout.silent + i) === 1)
      .map(({ name }) => name);
  }

  uncertainty(name: string): number {
    const { states, layout } = this.#view;
    const at = this.#indexOf('state', states, name);
    if (layout.uncertaintyCount === 0) return Number.NaN;
    return finite(fromSiDifference(this.#value(layout.uncertainties + at), unitOf(states.signals, at)));
  }

  state(name: string): number {
    return this.#read('state', this.#view.states, this.#view.layout.states, name);
  }

  output(name: string): number {
    return this.#read('output', this.#view.outputs, this.#view.layout.outputs, name);
  }

  input(name: string): number {
    return this.#read('input', this.#view.inputs, this.#view.layout.inputs, name);
  }

  inputTimeMs(name: string): number | undefined {
    const at = this.#indexOf('input', this.#view.inputs, name);
    const timeMs = this.#value(this.#view.layout.inputTimes + at);
    return Number.isNaN(timeMs) ? undefined : timeMs;
  }

  measurement(name: string): MeasurementReading {
    const { measurements, layout } = this.#view;
    const at = this.#indexOf('measurement', measurements, name);
    const unit = unitOf(measurements.signals, at);
    const expected = finite(fromSi(this.#value(layout.predictions + at), unit));
    const timeMs = this.#value(layout.measuredTimes + at);
    if (Number.isNaN(timeMs)) return { expected };
    const deviation = fromSiDifference(this.#value(layout.deviations + at), unit);
    return {
      expected,
      timeMs,
      measured: fromSi(this.#value(layout.measured + at), unit),
      innovation: finite(fromSiDifference(this.#value(layout.innovations + at), unit)),
      ...(Number.isFinite(deviation) && { deviation }),
      ...(this.#value(layout.rejected + at) === 1 && { rejected: true }),
    };
  }

  health(name: string): HealthReading {
    const columns = this.#view.health;
    const found = columns.find((column) => column.health.name === name);
    if (found === undefined) {
      throw this.#unknown(
        'health',
        columns.map((column) => column.health.name),
        name,
      );
    }
    return this.#readHealth(found);
  }

  toJson(): string {
    this.#json ??= inOnePiece(this.#writeJson());
    return this.#json;
  }

  plain(): string {
    this.#plain ??= inOnePiece(this.#writeGroup(this.#view.states, this.#view.layout.states));
    return this.#plain;
  }

  #writeJson(): string {
    const { outputs, inputs, layout } = this.#view;
    const { held, silent, waitingFor } = this;
    let json = `{"twin":${quoted(this.twin)},"model":${quoted(this.model)},"time":${isoText(this.timeMs)}`;
    json += `,"tick":${this.tick},"status":"${this.status}","states":${this.plain()}`;
    if (layout.uncertaintyCount > 0) json += `,"uncertainty":${this.#writeUncertainties()}`;
    json += `,"outputs":${this.#writeGroup(outputs, layout.outputs)},"inputs":${this.#writeGroup(inputs, layout.inputs)}`;
    json += `,"measurements":${this.#writeMeasurements()},"times":${this.#writeTimes()}`;
    const { health } = this.#view;
    if (health.length > 0) json += `,"health":${healthJson(health, (column) => this.#readHealth(column))}`;
    if (held.length > 0)
      json += `,"held":{${held.map(({ state, bound }) => `"${state}":"${bound}"`).join(',')}}`;
    if (silent.length > 0) json += `,"silent":["${silent.join('","')}"]`;
    if (waitingFor.length > 0) json += `,"waitingFor":["${waitingFor.join('","')}"]`;
    return `${json}}`;
  }

  #writeGroup({ signals, keys }: Group, first: number): string {
    let json = '{';
    for (let i = 0; i < signals.length; i++) {
      json += (keys[i] ?? '') + numberText(this.#value(first + i), unitOf(signals, i));
    }
    return `${json}}`;
  }

  #writeUncertainties(): string {
    const { states, layout } = this.#view;
    let json = '{';
    for (let i = 0; i < states.signals.length; i++) {
      const unit = unitOf(states.signals, i);
      const deviation = fromSiDifference(this.#value(layout.uncertainties + i), unit);
      json += (states.keys[i] ?? '') + shortText(deviation);
    }
    return `${json}}`;
  }

  #writeMeasurements(): string {
    const { measurements, layout } = this.#view;
    let json = '{';
    for (let i = 0; i < measurements.signals.length; i++) {
      const unit = unitOf(measurements.signals, i);
      const timeMs = this.#value(layout.measuredTimes + i);
      const expected = numberText(this.#value(layout.predictions + i), unit);
      json += measurements.keys[i] ?? '';
      if (Number.isNaN(timeMs)) {
        json += `{"expected":${expected}}`;
      } else {
        const measured = numberText(this.#value(layout.measured + i), unit);
        const innovation = shown(fromSiDifference(this.#value(layout.innovations + i), unit), unit);
        json += `{"measured":${measured},"expected":${expected},"innovation":${innovation}`;
        const deviation = fromSiDifference(this.#value(layout.deviations + i), unit);
        if (Number.isFinite(deviation)) json += `,"deviation":${shortText(deviation)}`;
        if (this.#value(layout.rejected + i) === 1) json += ',"rejected":true';
        json += `,"time":${isoText(timeMs)}}`;
      }
    }
    return `${json}}`;
  }

  #writeTimes(): string {
    const { inputs, layout } = this.#view;
    let json = '';
    for (const [i, { name }] of inputs.signals.entries()) {
      const timeMs = this.#value(layout.inputTimes + i);
      if (!Number.isNaN(timeMs)) json += `${json === '' ? '' : ','}"${name}":${isoText(timeMs)}`;
    }
    return `{${json}}`;
  }

  #read(kind: string, group: Group, first: number, name: string): number {
    const at = this.#indexOf(kind, group, name);
    return finite(fromSi(this.#value(first + at), unitOf(group.signals, at)));
  }

  #readHealth(column: HealthColumn): HealthReading {
    return healthReading(healthIn(column, { frame: this.#frame, lane: this.#lane }), column.unit);
  }

  #indexOf(kind: string, { index }: Group, name: string): number {
    const at = index.get(name);
    if (at === undefined) throw this.#unknown(kind, [...index.keys()], name);
    return at;
  }

  #unknown(kind: string, names: readonly string[], name: string): GemelError {
    const hint = didYouMean(name, names) ?? `${kind}s: ${names.join(', ') || 'none'}`;
    return new GemelError('SIGNAL_UNKNOWN', `${this.model} has no ${kind} \`${name}\``, { hint });
  }

  #value(column: number): number {
    return this.#frame.values[column * this.#frame.lanes + this.#lane] ?? Number.NaN;
  }
}

function groupOf(signals: readonly Signal[]): Group {
  return {
    signals,
    keys: signals.map(({ name }, i) => `${i === 0 ? '' : ','}${quoted(name)}:`),
    index: new Map(signals.map(({ name }, i) => [name, i])),
  };
}

function unitOf(signals: readonly Signal[], at: number): Unit {
  const signal = signals[at];
  if (signal === undefined) throw new RangeError(`no signal ${at}`);
  return signal.unit;
}

function numberText(si: number, unit: Unit): string {
  return shown(fromSi(si, unit), unit);
}

function shown(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'null';
  return String(roundShown(value, unit));
}

function shortText(deviation: number): string {
  return Number.isFinite(deviation) ? String(roundDeviation(deviation)) : 'null';
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * The same text. What was put together with `+` is a tree of its parts, four times as much memory, until a character of it is
 * read; from then on it is one piece, which also turns into bytes ten times as fast.
 */
function inOnePiece(text: string): string {
  // The answer counts, so that no compiler leaves the reading out.
  return Number.isNaN(text.charCodeAt(0)) ? '' : text;
}

let isoMs = Number.NaN;
let isoOfMs = '';

/** Neighbouring calls are mostly for the same moment. */
function isoText(timeMs: number): string {
  if (timeMs !== isoMs) {
    isoOfMs = `"${new Date(timeMs).toISOString()}"`;
    isoMs = timeMs;
  }
  return isoOfMs;
}
