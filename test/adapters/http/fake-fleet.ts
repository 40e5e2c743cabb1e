/**
 * A fleet whose ticks a test makes by hand: three pumps of a small checked model and the machine of the tutorial.
 * It keeps to the contract of `Fleet` as far as the HTTP interface can see it.
 */

import assert from 'node:assert/strict';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { compileModelDocument, type Model } from '../../../src/core/model/index.ts';
import { fromSi } from '../../../src/core/units/index.ts';
import {
  AlarmBook,
  type Delivery,
  type Fleet,
  type FleetChange,
  type FleetStatistics,
  type Refused,
  refusalReasons,
  type SeenSample,
  type Snapshot,
  type StepOptions,
  type TickReport,
  type TwinConfig,
  type TwinEvent,
} from '../../../src/engine/index.ts';

export const pumpDocument = {
  gemel: 1,
  model: 'pump',
  version: '1.0.0',
  title: 'Pump with cooler',
  inputs: {
    motor_power: { unit: 'W', min: 0, max: 5000 },
    ambient: { unit: 'degC', default: 20, min: -40, max: 60, title: 'Ambient temperature' },
  },
  parameters: {
    heat_capacity: { unit: 'kJ/K', value: 40, min: 5, max: 200, calibrate: true },
    cooler: { unit: 'W/K', value: 100 },
  },
  states: { temperature: { unit: 'degC', start: 35, min: -20, max: 120, noise: '0.02 K/s^0.5' } },
  equations: {
    cooling: 'cooler * (temperature - ambient)',
    'der(temperature)': '(motor_power - cooling) / heat_capacity',
  },
  outputs: { cooling: { unit: 'W' } },
  measurements: { temperature_1: { equals: 'temperature', unit: 'degC', noise: '0.1 K' } },
  health: { oil: { of: 'temperature', nominal: '35 degC', fails: 'above 120 degC' } },
  when: { too_hot: { condition: 'temperature > 60 [degC]', raise: 'oil too hot' } },
};

export const machineDocument = {
  gemel: 1,
  model: 'machine',
  version: '1.0.0',
  title: 'Tutorial machine',
  units: 'unchecked',
  inputs: { ambient: { unit: 'degC', default: 22 } },
  states: { temperature: { unit: 'degC', start: 65 }, rpm: { unit: 'rpm', start: 1500 } },
  equations: { 'next(temperature)': 'temperature + (ambient - temperature) * 0.05 * dt', 'next(rpm)': 'rpm' },
};

export interface FakeFleet extends Fleet {
  readonly alarms: AlarmBook;
  /** Makes a tick of these twins, all if none is named. */
  tick(...twins: string[]): void;
  raise(event: Partial<TwinEvent>): void;
  /** Tells of a pump that comes or goes, or is a machine now. */
  change(kind: FleetChange['kind'], id: string): void;
  readonly stepped: { id: string; options: StepOptions }[];
  readonly given: { id: string; values: Readonly<Record<string, unknown>>; timeMs: number | undefined }[];
  ticks: number;
  failure: string | undefined;
  /** Answers the next `setInputs`. */
  delivery: Delivery | undefined;
  stepError: Error | undefined;
  /** Text added to each snapshot, to make them large. */
  padding: string;
}

const startMs = Date.parse('2026-11-22T13:00:00.000Z');

export function createFakeFleet(pumps = 3): FakeFleet {
  const pump = compiled(pumpDocument);
  const machine = compiled(machineDocument);
  const infos = [
    ...Array.from({ length: pumps }, (_, i) => infoOf(`pump-${i + 1}`, pump)),
    infoOf('machine', machine),
  ];
  const byId = new Map(infos.map((info) => [info.config.id, info]));
  const snapshots = new Map<string, Snapshot>();
  const tickListeners = new Set<(tick: TickReport) => void>();
  const eventListeners = new Set<(event: TwinEvent) => void>();
  const sampleListeners = new Set<(sample: SeenSample) => void>();
  const changeListeners = new Set<(change: FleetChange) => void>();
  const events: TwinEvent[] = [];
  const block = infos.map((info) => info.config.id);

  const fleet: FakeFleet = {
    alarms: new AlarmBook({ nowMs: () => startMs + fleet.ticks * 500 }),
    models: new Map([pump, machine].map((model) => [model.id, model])),
    stepped: [],
    given: [],
    ticks: 0,
    failure: undefined,
    delivery: undefined,
    stepError: undefined,
    padding: '',
    kernel: 'wasm strict',
    addModel: () => assert.fail('this fleet stays as it is'),
    add: async () => assert.fail('this fleet stays as it is'),
    remove: async () => assert.fail('this fleet stays as it is'),
    move: async () => assert.fail('this fleet stays as it is'),
    beginShadow: async () => assert.fail('this fleet stays as it is'),
    swapShadow: async () => assert.fail('this fleet stays as it is'),
    endShadow: async () => assert.fail('this fleet stays as it is'),
    shadow: () => undefined,
    shadowSnapshot: () => undefined,
    onShadowTick: () => () => undefined,
    onChange: (listener) => add(changeListeners, listener),
    onSample: (listener) => add(sampleListeners, listener),
    twins: () => infos,
    twin: (id) => byId.get(id),
    snapshot(id) {
      const info = byId.get(id);
      if (info === undefined) return undefined;
      const snapshot = snapshots.get(id) ?? fakeSnapshot(id, info.model, 0, fleet.padding);
      snapshots.set(id, snapshot);
      return snapshot;
    },
    topics: () => [],
    recorded: async () => undefined,
    deliver: () => ({ accepted: 0, refused: [] }),
    setInputs(id, values, timeMs) {
      fleet.given.push({ id, values, timeMs });
      return fleet.delivery ?? { accepted: Object.keys(values).length, refused: [] };
    },
    async step(id, options) {
      if (fleet.stepError !== undefined) throw fleet.stepError;
      fleet.stepped.push({ id, options });
      fleet.tick(id);
      const snapshot = fleet.snapshot(id);
      if (snapshot === undefined) throw new GemelError('TWIN_UNKNOWN', id);
      return snapshot;
    },
    refusals: () => [someRefusal],
    events: () => events,
    failures: () => (fleet.failure === undefined ? [] : [fleet.failure]),
    statistics: () => ({ ...noStatistics, twins: infos.length, running: infos.length, ticks: fleet.ticks }),
    onTick: (listener) => add(tickListeners, listener),
    onEvent: (listener) => add(eventListeners, listener),
    stop: async () => {},
    tick(...twins) {
      const ids = twins.length === 0 ? block : twins;
      fleet.ticks += ids.length;
      for (const id of ids) {
        const info = byId.get(id);
        if (info !== undefined) snapshots.set(id, fakeSnapshot(id, info.model, fleet.ticks, fleet.padding));
      }
      const dueMs = startMs + fleet.ticks * 500;
      const receivedMs = Float64Array.of(dueMs - 200);
      const report = {
        twins: ids,
        periodMs: 500,
        dueMs,
        finishedMs: dueMs + 2,
        seenMs: dueMs + 3,
        receivedMs,
      };
      for (const listener of tickListeners) listener(report);
    },
    change(kind, id) {
      const twin = infoOf(id, kind === 'changed' ? machine : pump);
      if (kind === 'removed') byId.delete(id);
      else byId.set(id, twin);
      for (const listener of changeListeners) listener({ kind, twin });
    },
    tell: (event) => fleet.raise(event),
    raise(event) {
      const whole: TwinEvent = {
        twin: 'pump-1',
        timeMs: startMs,
        kind: 'raised',
        severity: 'warning',
        message: 'too hot',
        ...event,
      };
      events.unshift(whole);
      for (const listener of eventListeners) listener(whole);
    },
  };
  return fleet;
}

export const someRefusal: Refused = {
  reason: 'not-a-number',
  atMs: startMs,
  twin: 'pump-1',
  signal: 'ambient',
  topic: 'gemel/pump-1/telemetry',
  got: '"warm"',
  message: 'ambient is the text "warm", not a number',
};

function infoOf(id: string, model: Model): { config: TwinConfig; model: Model } {
  const bindings = model.inputs.slice(0, 1).map((input) => ({
    signal: input.name,
    topic: `plant/${id}/power`,
    field: ['value', 'kw'],
    unit: input.unit,
    timeFormat: 'auto' as const,
  }));
  const config = {
    id,
    model: model.id,
    periodMs: 500,
    parameters: {},
    inputs: {},
    start: {},
    bindings,
    latenessMs: 10_000,
    futureMs: 5000,
    queueLimit: 1024,
    ...(model.name === 'machine' && { group: 'workshop' }),
  };
  return { config, model };
}

function compiled(document: object): Model {
  const { model, diagnostics } = compileModelDocument(document);
  if (model === undefined) throw new Error(JSON.stringify(diagnostics));
  return model;
}

function fakeSnapshot(id: string, model: Model, tick: number, padding: string): Snapshot {
  const states = Object.fromEntries(
    model.states.map((state) => [state.name, tidy(fromSi(state.start, state.unit)) + tick]),
  );
  const inputs = Object.fromEntries(model.inputs.map((input) => [input.name, 20]));
  const outputs = Object.fromEntries(model.outputs.map((output) => [output.name, 1500]));
  const measurements = Object.fromEntries(
    model.measurements.map(({ name }) => [name, { expected: 35 + tick }]),
  );
  const timeMs = startMs + tick * 500;
  const json = JSON.stringify({
    twin: id,
    model: model.id,
    time: new Date(timeMs).toISOString(),
    tick,
    status: 'running',
    states,
    outputs,
    inputs,
    measurements,
    times: padding === '' ? {} : { padding },
  });
  const plain = JSON.stringify(states);
  return {
    twin: id,
    model: model.id,
    tick,
    timeMs,
    elapsedSeconds: tick / 2,
    status: 'running',
    waitingFor: [],
    held: [],
    silent: [],
    uncertainty: () => Number.NaN,
    state: (name) => states[name] ?? Number.NaN,
    output: (name) => outputs[name] ?? Number.NaN,
    input: (name) => inputs[name] ?? Number.NaN,
    measurement: () => ({ expected: 35 }),
    health: () => ({ value: 1, percent: 50 }),
    inputTimeMs: () => undefined,
    toJson: () => json,
    plain: () => plain,
  };
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function add<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const noStatistics: FleetStatistics = {
  twins: 0,
  running: 0,
  waiting: 0,
  quarantined: 0,
  queueDepth: 0,
  inFlight: 0,
  behindSeconds: 0,
  failedWorkers: 0,
  silentSensors: 0,
  lateSamples: 0,
  repeatedTicks: 0,
  corrections: 0,
  rejectedSamples: 0,
  normalisedSquares: 0,
  divergences: 0,
  messages: 0,
  ignoredMessages: 0,
  acceptedSamples: 0,
  appliedSamples: 0,
  refusedSamples: Object.fromEntries(
    Object.keys(refusalReasons).map((reason) => [reason, 0]),
  ) as FleetStatistics['refusedSamples'],
  ticks: 0,
  missedDeadlines: 0,
  skippedTicks: 0,
  unpublishedTicks: 0,
  quarantines: 0,
  heldBounds: 0,
  raised: 0,
  steps: 0,
  events: 0,
  suppressedEvents: 0,
  checkpoints: 0,
  failedCheckpoints: 0,
  checkpointBytes: 0,
};
