/**
 * Looks for faults of sensors and changes of health in the twins of a block, and tells of them by events.
 *
 * What it remembers of a twin is a record of numbers at the twin's side, which goes wherever the twin goes, checkpoints
 * included. The stated time between false alarms is a twin's: its tests share it. Samples are judged once, in the order
 * of their event times: one that comes late is not, and neither are those after it when they are worked in again.
 */

import {
  createHealthMonitor,
  createSensorMonitor,
  type Finding,
  findingKinds,
  type HealthMonitor,
  type SensorMonitor,
  wanderingStates,
} from '../../core/detect/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { fromSi, fromSiDifference } from '../../core/units/index.ts';
import type { BlockMemory, LaneSide, Motion } from '../lanes/index.ts';
import type { Reporter } from '../protocol/index.ts';
import { severities, statusCodes, type TwinEventKind } from '../snapshot/index.ts';
import { Inquiry } from './inquiry.ts';

/** A sample that has corrected a belief, or was left out. SI. */
export interface Compared {
  /** By number in the model. */
  readonly measurement: number;
  readonly timeMs: number;
  readonly value: number;
  /** Sample less prediction, and its standard deviation; NaN where nothing is estimated. */
  readonly innovation: number;
  readonly deviation: number;
  /** Whether the gate left the sample out. */
  readonly rejected: boolean;
}

/** A monitor and its place in the record: what it was last told of stands first. */
interface Watched<Monitor> {
  readonly monitor: Monitor;
  readonly signal: Signal;
  readonly offset: number;
}

interface WatchedSensor extends Watched<SensorMonitor> {
  readonly noise: number;
}

interface WatchedHealth extends Watched<HealthMonitor> {
  readonly state: number;
}

/** Where a record says what was diagnosed. */
const verdictAt = 0;
/** A step of an estimate is taken over so long at least: what wears has time. */
const healthSeconds = 60;

export interface DetectionOptions {
  readonly model: Model;
  readonly motion: Motion;
  readonly memory: BlockMemory;
  readonly reporter: Reporter;
  readonly periodMs: number;
}

export class Detection {
  /** Names of the numbers of a twin's record, for checkpoints. A record of zeros has seen nothing. */
  readonly names: readonly string[];
  readonly #options: DetectionOptions;
  /** By measurement. */
  readonly #sensors: readonly (WatchedSensor | undefined)[];
  readonly #healths: readonly WatchedHealth[];
  readonly #inquiry: Inquiry | undefined;
  readonly #sample = { time: 0, value: 0, innovation: 0, deviation: 0, noise: 0, rejected: false };
  readonly #estimate = { time: 0, estimate: 0, deviation: 0 };

  constructor(options: DetectionOptions) {
    this.#options = options;
    const { model, motion } = options;
    const { detect } = model;
    const isOn = detect !== undefined && motion.belief !== undefined;
    const sensors = isOn ? model.measurements.filter(({ noise }) => noise !== undefined).length : 0;
    const healths = isOn ? wanderingStates(model) : [];
    const falseAlarmSeconds = (detect?.falseAlarmSeconds ?? 0) * (sensors + healths.length);
    const learnSamples = detect?.learnSamples ?? 0;
    const names: string[] = isOn ? ['detect verdict'] : [];
    const place = (of: string, numbers: number): number => {
      const offset = names.length;
      for (let i = 0; i <= numbers; i++) names.push(`detect ${of} ${i}`);
      return offset;
    };
    this.#sensors = model.measurements.map((signal) => {
      if (!isOn || signal.noise === undefined) return undefined;
      const monitor = createSensorMonitor({ falseAlarmSeconds, learnSamples });
      return { monitor, signal, noise: signal.noise, offset: place(`sensor ${signal.name}`, monitor.width) };
    });
    this.#healths = healths.flatMap(({ index, noise }) => {
      const signal = model.states[index];
      if (signal === undefined) return [];
      const monitor = createHealthMonitor({ falseAlarmSeconds, noise, leastSeconds: healthSeconds });
      return [{ monitor, signal, state: index, offset: place(`health ${signal.name}`, monitor.width) }];
    });
    this.names = names;
    const { belief } = motion;
    this.#inquiry = belief && names.length > 1 ? new Inquiry({ ...options, belief }) : undefined;
  }

  /** Looks at a sample. Allocates nothing unless there is news. */
  compared(side: LaneSide, compared: Compared): void {
    const watched = this.#sensors[compared.measurement];
    if (watched === undefined) return;
    const { monitor, offset, noise } = watched;
    const record = side.detection;
    const time = compared.timeMs / 1000;
    if (!(time > monitor.lastTime(record, offset + 1))) return;
    const sample = this.#sample;
    sample.time = time;
    sample.value = compared.value;
    sample.innovation = compared.innovation;
    sample.deviation = compared.deviation;
    sample.noise = noise;
    sample.rejected = compared.rejected;
    const { measurement: index, timeMs, value } = compared;
    if (this.#inquiry?.isRecording) this.#inquiry.record(side, timeMs, { kind: 'measurement', index, value });
    const suspected = monitor.update(record, offset + 1, sample) !== 0;
    if (suspected || record[offset] !== 0) this.#tell(side, watched, timeMs);
  }

  /** Hears of an input that a sample has set. */
  heard(
    side: LaneSide,
    input: { readonly index: number; readonly timeMs: number; readonly value: number },
  ): void {
    const { index, timeMs, value } = input;
    if (this.#inquiry?.isRecording) this.#inquiry.record(side, timeMs, { kind: 'input', index, value });
  }

  /** Looks at the estimates of a lane at the end of a tick. */
  moved(side: LaneSide, lane: number, nowMs: number): void {
    const { memory, motion } = this.#options;
    const { belief } = motion;
    if (belief === undefined || this.#inquiry === undefined) return;
    if (memory.note(lane, memory.frameLayout.status) !== statusCodes.running) return this.#inquiry.drop(side);
    for (const watched of this.#healths) {
      const { monitor, state, offset } = watched;
      const estimate = this.#estimate;
      estimate.time = nowMs / 1000;
      estimate.estimate = memory.slot(lane, memory.layout.states + state);
      estimate.deviation = memory.slot(lane, belief.layout.deviations + state);
      const changed = monitor.update(side.detection, offset + 1, estimate) !== 0;
      if (changed || side.detection[offset] !== 0) this.#tell(side, watched, nowMs);
    }
    const record = side.detection;
    const alertness = this.#alertness(record);
    const suspected = this.#isSuspected(record);
    if (!suspected && !this.#inquiry.asks(side, alertness)) {
      if (record[verdictAt] !== 0) this.#tellVerdict(side, undefined, nowMs);
      return undefined;
    }
    const usual = () => this.#sensors.map((it) => it?.monitor.baseline(record, it.offset + 1));
    const verdict = this.#inquiry.look(side, { lane, nowMs }, { alertness, suspected, usual });
    if (verdict !== undefined) this.#tellVerdict(side, verdict, nowMs);
    return undefined;
  }

  /** How far the sums of a twin are up, in parts of their thresholds. */
  #alertness(record: Float64Array): number {
    let highest = 0;
    for (const watched of this.#sensors) {
      if (watched !== undefined)
        highest = Math.max(highest, watched.monitor.alertness(record, watched.offset + 1));
    }
    return highest;
  }

  #isSuspected(record: Float64Array): boolean {
    for (const watched of this.#sensors)
      if (watched !== undefined && record[watched.offset] !== 0) return true;
    for (const { offset } of this.#healths) if (record[offset] !== 0) return true;
    return false;
  }

  /** A twin gives in to samples that it had left out. */
  widened(side: LaneSide): void {
    this.#inquiry?.widened(side);
  }

  /** Forgets what was told of a twin, but not what was found: what still holds is then told again. */
  forgetTold(record: Float64Array | undefined): void {
    if (record === undefined || record.length === 0) return;
    record[verdictAt] = 0;
    for (const sensor of this.#sensors) if (sensor !== undefined) record[sensor.offset] = 0;
    for (const { offset } of this.#healths) record[offset] = 0;
  }

  /** A lane goes: what only this block knows of it is forgotten. */
  forget(side: LaneSide): void {
    this.#inquiry?.drop(side);
  }

  /** Tells who is at fault, unless it was told already; undefined: nobody is any more. */
  #tellVerdict(side: LaneSide, finding: Finding | undefined, timeMs: number): void {
    const record = side.detection;
    const before = record[verdictAt] ?? 0;
    const code = finding === undefined ? 0 : this.#codeOf(finding);
    if (code === before) return;
    record[verdictAt] = code;
    const told = { twin: side.twin.index, timeMs };
    if (before !== 0) {
      const subject = this.#signalOf(before)?.name;
      const kind = 'diagnosis-over';
      const message = `${subject === undefined ? 'the machine' : `\`${subject}\``} is as usual again`;
      const event = { ...told, kind, severity: severities[kind], message } as const;
      this.#options.reporter.event({ ...event, ...(subject !== undefined && { subject }) });
    }
    if (finding === undefined) return;
    const signal = this.#signalOf(code);
    const message = signal ? wordsOf(finding, signal) : `${finding.words}, since about ${textOf(finding)}`;
    const kind = 'diagnosed';
    const event = { ...told, kind, severity: severities[kind], message } as const;
    this.#options.reporter.event({ ...event, ...(signal && { subject: signal.name }) });
  }

  /** A verdict as a number for the record: its measurement or state, or the machine. */
  #codeOf({ kind, subject }: Finding): number {
    const { measurements, states } = this.#options.model;
    const among = kind === 'health-changed' ? states : measurements;
    const index = among.findIndex(({ name }) => name === subject);
    if (index < 0) return 1;
    return 2 + index + (kind === 'health-changed' ? measurements.length : 0);
  }

  #signalOf(code: number): Signal | undefined {
    const { measurements, states } = this.#options.model;
    return [...measurements, ...states][code - 2];
  }

  /** Tells what is found now, if it is other than what was told. */
  #tell(
    side: LaneSide,
    { monitor, signal, offset }: Watched<SensorMonitor | HealthMonitor>,
    timeMs: number,
  ): void {
    const record = side.detection;
    const { name } = signal;
    const finding = monitor.finding(record, offset + 1, { name, time: timeMs / 1000 });
    const code = finding === undefined ? 0 : 1 + findingKinds.indexOf(finding.kind);
    const before = record[offset] ?? 0;
    if (code === before || (finding && rankOf(finding.kind) <= rankOf(findingKinds[before - 1]))) return;
    record[offset] = code;
    const wasHealth = findingKinds[before - 1] === 'health-changed';
    const over: TwinEventKind = wasHealth ? 'health-settled' : 'sensor-cleared';
    const found: TwinEventKind = finding?.kind === 'health-changed' ? 'health-changed' : 'sensor-suspected';
    const kind = finding === undefined ? over : found;
    const message = finding === undefined ? `\`${name}\` is as usual again` : wordsOf(finding, signal);
    this.#options.reporter.event({
      twin: side.twin.index,
      timeMs,
      kind,
      severity: severities[kind],
      message,
      subject: name,
    });
  }
}

/** While a suspicion stands, it may only become a firmer one, so that it does not go to and fro. */
function rankOf(kind: Finding['kind'] | undefined): number {
  if (kind === undefined) return 0;
  return kind === 'sensor-stuck' ? 3 : kind === 'sensor-noisy' ? 2 : 1;
}

/** The finding in the signal's own unit, and since when. */
function wordsOf({ kind, size, since, words, confidence }: Finding, { unit, name }: Signal): string {
  const isLevel = kind === 'sensor-stuck';
  const number = Number((isLevel ? fromSi(size, unit) : fromSiDifference(size, unit)).toPrecision(3));
  const quantity = `${number} ${unit.symbol}`;
  const how: Partial<Record<Finding['kind'], string>> = {
    'sensor-stuck': `it stands at ${quantity}`,
    'sensor-noisy': `its innovations scatter by ${quantity}`,
    'sensor-spikes': `they are off by about ${quantity}`,
  };
  const told = how[kind] ?? `by ${quantity}`;
  return `${words.replace(name, `\`${name}\``)}: ${told}, since about ${textOf({ since, confidence })}`;
}

/** Since when, and how surely. */
function textOf({ since, confidence }: Pick<Finding, 'since' | 'confidence'>): string {
  const time = new Date(Math.round(since) * 1000).toISOString().replace('.000', '');
  return `${time} (${Math.min(99, Math.floor(100 * confidence))} % sure)`;
}
