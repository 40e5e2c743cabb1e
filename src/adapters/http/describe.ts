/** Twins and models as readers see them: every number in the model document's own units. */

import type { Model, Signal as ModelSignal } from '../../core/model/index.ts';
import { fromSi, fromSiDifference } from '../../core/units/index.ts';
import {
  type Binding,
  defaultTelemetryTopic,
  type Fleet,
  type Refused,
  type TwinEvent,
  type TwinInfo,
} from '../../engine/index.ts';
import type { CalibrationReply } from './calibration-schemas.ts';
import type { CalibrationJobView } from './options.ts';
import type { EventView, ModelSummary, RefusalView, Signal, TwinDetail, TwinSummary } from './schemas.ts';

type Snapshots = Pick<Fleet, 'snapshot'>;

export function twinSummary(fleet: Snapshots, info: TwinInfo): TwinSummary {
  const snapshot = fleet.snapshot(info.config.id);
  return {
    id: info.config.id,
    model: info.model.id,
    title: info.model.title,
    ...(info.config.group === undefined ? {} : { group: info.config.group }),
    periodMs: info.config.periodMs,
    status: snapshot?.status ?? 'waiting',
    ...(snapshot === undefined ? {} : { tick: snapshot.tick, time: new Date(snapshot.timeMs).toISOString() }),
  };
}

export function twinDetail(fleet: Snapshots, info: TwinInfo): TwinDetail {
  const { config, model } = info;
  const telemetry = config.telemetryTopic ?? defaultTelemetryTopic(config.id);
  return {
    ...twinSummary(fleet, info),
    latenessMs: config.latenessMs,
    futureMs: config.futureMs,
    queueLimit: config.queueLimit,
    signals: signalsOf(model, { ...config.parameters, ...config.inputs, ...config.start }),
    health: healthsOf(model),
    topics: [...new Set([telemetry, ...config.bindings.map((binding) => binding.topic)])],
    bindings: config.bindings.map(bindingView),
  };
}

function healthsOf({ health, states, outputs }: Model): TwinDetail['health'] {
  const signals = [...states, ...outputs];
  return health.flatMap(({ name, of, nominal, limit, failsWhen }) => {
    const signal = signals.find((it) => it.name === of);
    if (signal === undefined) return [];
    const unit = signal.unit.symbol;
    return [{ name, of, unit, nominal: shown(nominal, signal), limit: shown(limit, signal), failsWhen }];
  });
}

function bindingView(binding: Binding): TwinDetail['bindings'][number] {
  return {
    signal: binding.signal,
    topic: binding.topic,
    unit: binding.unit.symbol,
    ...(binding.field === undefined ? {} : { field: binding.field.join('.') }),
    ...(binding.timeField === undefined ? {} : { time: binding.timeField.join('.') }),
    timeFormat: binding.timeFormat,
  };
}

export function eventView({ twin, timeMs, ...event }: TwinEvent): EventView {
  return { twin, time: new Date(timeMs).toISOString(), ...event };
}

export function refusalView({ atMs, ...refused }: Refused): RefusalView {
  return { time: new Date(atMs).toISOString(), ...refused };
}

/** The parts of a job are made by typed code elsewhere, and only passed on here. */
export function calibrationView({ createdMs, endedMs, ...job }: CalibrationJobView): CalibrationReply {
  return {
    ...job,
    created: new Date(createdMs).toISOString(),
    ...(endedMs === undefined ? {} : { ended: new Date(endedMs).toISOString() }),
  } as CalibrationReply;
}

/** @param twins - how many twins are of it. */
export function modelSummary(model: Model, twins: number): ModelSummary {
  return {
    id: model.id,
    name: model.name,
    version: model.version,
    title: model.title,
    ...(model.description === undefined ? {} : { description: model.description }),
    unitsChecked: model.unitsChecked,
    twins,
  };
}

/** @param own - a twin's own values by signal name, SI, that take the place of the model's. */
export function signalsOf(model: Model, own: Readonly<Record<string, number>> = {}): Signal[] {
  const value = (signal: ModelSignal, otherwise: number | undefined) => {
    const si = own[signal.name] ?? otherwise;
    return si === undefined ? {} : { value: shown(si, signal) };
  };
  return [
    ...model.inputs.map((input) => ({ ...signalView('input', input), ...value(input, input.default) })),
    ...model.parameters.map((parameter) => ({
      ...signalView('parameter', parameter),
      ...value(parameter, parameter.value),
    })),
    ...model.states.map((state) => ({ ...signalView('state', state), ...value(state, state.start) })),
    ...model.outputs.map((output) => signalView('output', output)),
    ...model.measurements.map((measurement) => ({
      ...signalView('measurement', measurement),
      ...(measurement.noise === undefined
        ? {}
        : { noise: tidy(fromSiDifference(measurement.noise, measurement.unit)) }),
    })),
  ];
}

function signalView(role: Signal['role'], signal: ModelSignal): Signal {
  return {
    name: signal.name,
    role,
    unit: signal.unit.symbol,
    ...(signal.title === undefined ? {} : { title: signal.title }),
    ...(signal.min === undefined ? {} : { min: shown(signal.min, signal) }),
    ...(signal.max === undefined ? {} : { max: shown(signal.max, signal) }),
  };
}

/** `der(x) = …` line by line, in the document's order. */
export function equationsText(model: Model): string {
  return Object.entries(model.document.equations ?? {})
    .map(([target, expression]) => `${target} = ${expression}`)
    .join('\n');
}

const unitsByModel = new WeakMap<Model, Readonly<Record<string, string>>>();

/** The unit of each signal that a snapshot has. */
export function unitsOf(model: Model): Readonly<Record<string, string>> {
  let units = unitsByModel.get(model);
  if (units === undefined) {
    const signals = [...model.states, ...model.outputs, ...model.inputs, ...model.measurements];
    units = Object.fromEntries(signals.map((signal) => [signal.name, signal.unit.symbol]));
    unitsByModel.set(model, units);
  }
  return units;
}

function shown(si: number, signal: ModelSignal): number {
  return tidy(fromSi(si, signal.unit));
}

/** Removes what conversion to SI and back leaves behind: 119.99999999999999 → 120. */
function tidy(value: number): number {
  return Number(value.toPrecision(14));
}
