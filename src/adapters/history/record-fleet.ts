/**
 * Writes what a fleet's twins are into a history: every so often the states, outputs, inputs, uncertainties, healths and
 * expected measurements with the newest innovations, and every sample of a measurement at its own time, also one that came
 * too late for its twin. Values are those that readers see, in the units of the model. Besides them the facts: events, alarms,
 * models, and how each twin is. What is gathered leaves every half second.
 */

import type { Model } from '../../core/model/index.ts';
import { fromSi, roundDeviation, roundShown } from '../../core/units/index.ts';
import {
  factOfCondition,
  factOfConfig,
  factOfModel,
  factOfTwin,
  type Fleet,
  type HistoryFact,
  type Snapshot,
  type TwinInfo,
} from '../../engine/index.ts';
import type { OpenHistory } from './history.ts';
import { type Plan, planOf, seriesOfMeasurement } from './plan.ts';
import { recordFacts } from './record-facts.ts';

const gatherMs = 500;
const batchSamples = 65_536;
const batchFacts = 10_000;

export interface Recording {
  /** Hands over what is gathered. */
  flush(): void;
  /** Sends what is gathered and lets go of the fleet. */
  stop(): void;
}

export type RecordedFleet = Pick<
  Fleet,
  'twin' | 'snapshot' | 'alarms' | 'events' | 'onTick' | 'onSample' | 'onEvent' | 'onChange'
>;

interface Recorded extends Plan {
  readonly model: Model;
  readonly numbers: Uint32Array;
  tick: number;
  /** The time of the twin at which it is recorded again. */
  dueMs: number;
  status: string;
  /** What was said last of how it is. */
  condition: string;
  /** Time of the newest sample of each measurement whose innovation is recorded. */
  readonly sampleMs: Float64Array;
}

export interface RecordingOptions {
  /** At most one value of what is computed in this time; 0: one a tick. */
  readonly everyMs: number;
}

export function recordFleet(
  fleet: RecordedFleet,
  history: Pick<OpenHistory, 'define' | 'write' | 'note' | 'factsAt'>,
  { everyMs }: RecordingOptions,
): Recording {
  const twins = new Map<string, Recorded>();
  const plans = new WeakMap<Model, Plan>();
  const series = new Uint32Array(batchSamples);
  const timesMs = new Float64Array(batchSamples);
  const values = new Float64Array(batchSamples);
  let count = 0;
  let facts: HistoryFact[] = [];
  const timer = setInterval(flush, gatherMs);
  timer.unref();

  const releases = [
    recordFacts(fleet, history, note),
    fleet.onTick(({ twins: ids, dueMs }) => {
      for (const id of ids) {
        const info = fleet.twin(id);
        const snapshot = fleet.snapshot(id);
        if (info !== undefined && snapshot !== undefined) record(info, snapshot, dueMs);
      }
    }),
    fleet.onSample(({ twin, signal, timeMs, value }) => {
      const info = fleet.twin(twin);
      if (info === undefined) return;
      const recorded = recordedOf(info);
      const at = recorded.measured.findIndex(({ name }) => name === signal);
      const unit = recorded.measured[at]?.unit;
      if (unit !== undefined)
        put(numberOf(recorded, at, 'measured'), timeMs, roundShown(fromSi(value, unit), unit));
    }),
    fleet.onChange(({ kind, twin }) => {
      if (kind === 'removed') twins.delete(twin.config.id);
    }),
  ];
  return {
    flush,
    stop() {
      for (const release of releases) release();
      clearInterval(timer);
      flush();
    },
  };

  function recordedOf({ config: { id }, model }: TwinInfo): Recorded {
    let recorded = twins.get(id);
    if (recorded === undefined || recorded.model !== model) {
      let plan = plans.get(model);
      if (plan === undefined) plans.set(model, (plan = planOf(model)));
      const numbers = history.define(plan.series.map((one) => ({ twin: id, ...one })));
      const sampleMs = new Float64Array(plan.measured.length).fill(Number.NaN);
      const nothing = { tick: -1, dueMs: Number.NEGATIVE_INFINITY, status: '', condition: '' };
      twins.set(id, (recorded = { ...plan, model, numbers, sampleMs, ...nothing }));
    }
    return recorded;
  }

  function record(info: TwinInfo, snapshot: Snapshot, dueMs: number): void {
    // The live model was changed, and its first tick has not come.
    if (snapshot.model !== info.model.id) return;
    const recorded = recordedOf(info);
    const { timeMs, tick, status } = snapshot;
    // A twin that stands still has nothing new to say, but that it does.
    const isDue = tick !== recorded.tick && timeMs >= recorded.dueMs;
    if (isDue && recorded.tick < 0) noteTwin(info, timeMs);
    if (isDue || status !== recorded.status) noteCondition(recorded, snapshot, isDue ? timeMs : dueMs);
    recorded.status = status;
    if (!isDue) return;
    recorded.tick = tick;
    const { numbers, computed, measured } = recorded;
    recorded.dueMs = nextDueMs(timeMs, numbers[0] ?? 0);
    for (let i = 0; i < computed.length; i++) {
      put(numbers[i] ?? 0, timeMs, computed[i]?.value(snapshot) ?? Number.NaN);
    }
    for (let i = 0; i < measured.length; i++) recordMeasurement(recorded, snapshot, i);
  }

  function recordMeasurement(recorded: Recorded, snapshot: Snapshot, at: number): void {
    const signal = recorded.measured[at];
    if (signal === undefined) return;
    const { expected, timeMs, innovation, deviation } = snapshot.measurement(signal.name);
    put(numberOf(recorded, at, 'expected'), snapshot.timeMs, roundShown(expected, signal.unit));
    if (timeMs === undefined || timeMs === recorded.sampleMs[at]) return;
    recorded.sampleMs[at] = timeMs;
    // Nearly all noise: six digits take a third of the room of twelve.
    put(numberOf(recorded, at, 'innovation'), timeMs, roundDeviation(innovation ?? Number.NaN));
    put(numberOf(recorded, at, 'deviation'), timeMs, roundDeviation(deviation ?? Number.NaN));
  }

  function noteTwin({ config, model }: TwinInfo, timeMs: number): void {
    const { id, periodMs, group } = config;
    const resolutionMs = Math.max(everyMs, periodMs);
    note(factOfModel(model, timeMs));
    note(factOfConfig(config, timeMs));
    note(
      factOfTwin(id, timeMs, {
        model: model.id,
        periodMs,
        resolutionMs,
        ...(group !== undefined && { group }),
      }),
    );
  }

  function noteCondition(recorded: Recorded, snapshot: Snapshot, timeMs: number): void {
    const { status, held, silent } = snapshot;
    const rejected = recorded.measured.filter(({ name }) => snapshot.measurement(name).rejected === true);
    const fact = factOfCondition(snapshot.twin, timeMs, {
      status,
      held: Object.fromEntries(held.map(({ state, bound }) => [state, bound])),
      silent,
      rejected: rejected.map(({ name }) => name),
    });
    if (fact.data === recorded.condition) return;
    recorded.condition = fact.data;
    note(fact);
  }

  /** Each twin at a moment of its own: all at once would hold up everything else. */
  function nextDueMs(timeMs: number, number: number): number {
    if (everyMs === 0) return timeMs;
    const offsetMs = everyMs * ((number * 0.618_033_988_749_895) % 1);
    return (Math.floor((timeMs - offsetMs) / everyMs) + 1) * everyMs + offsetMs;
  }

  function put(number: number, timeMs: number, value: number): void {
    if (!Number.isFinite(value)) return;
    series[count] = number;
    timesMs[count] = timeMs;
    values[count] = value;
    if (++count === batchSamples) flush();
  }

  function note(fact: HistoryFact): void {
    facts.push(fact);
    if (facts.length === batchFacts) flush();
  }

  function flush(): void {
    if (facts.length > 0) history.note(facts);
    facts = [];
    if (count === 0) return;
    history.write({
      series: series.slice(0, count),
      timesMs: timesMs.slice(0, count),
      values: values.slice(0, count),
    });
    count = 0;
  }
}

function numberOf(
  { computed, numbers }: Recorded,
  measurement: number,
  series: (typeof seriesOfMeasurement)[number],
): number {
  const offset = measurement * seriesOfMeasurement.length + seriesOfMeasurement.indexOf(series);
  return numbers[computed.length + offset] ?? 0;
}
