/**
 * Writes what a fleet's twins are into a history: every so often the states, outputs, inputs, uncertainties and expected
 * measurements, and every sample of a measurement at its own time, also one that came too late for its twin. Values are
 * those that readers see, in the units of the model. What is gathered leaves every half second.
 */

import { isFiltered } from '../../core/estimate/index.ts';
import type { Model } from '../../core/model/index.ts';
import { fromSi, roundDeviation, roundShown, type Unit } from '../../core/units/index.ts';
import type { Fleet, Snapshot, TwinInfo } from '../../engine/index.ts';
import type { OpenHistory } from './history.ts';
import { seriesNames } from './signals.ts';

const gatherMs = 500;
const batchSamples = 65_536;

export interface Recording {
  /** Sends what is gathered and lets go of the fleet. */
  stop(): void;
}

export type RecordedFleet = Pick<Fleet, 'twin' | 'snapshot' | 'onTick' | 'onSample' | 'onChange'>;

/** A series with a value at each tick. */
interface Computed {
  readonly signal: string;
  readonly unit: Unit;
  readonly value: (snapshot: Snapshot) => number;
}

/** What there is to record of a model. */
interface Plan {
  readonly computed: readonly Computed[];
  readonly measured: Model['measurements'];
}

interface Recorded extends Plan {
  readonly model: Model;
  /** Numbers of the series: computed, then measured. */
  readonly numbers: Uint32Array;
  tick: number;
  /** The time of the twin at which it is recorded again. */
  dueMs: number;
}

export interface RecordingOptions {
  /** At most one value of what is computed in this time; 0: one a tick. */
  readonly everyMs: number;
}

export function recordFleet(
  fleet: RecordedFleet,
  history: Pick<OpenHistory, 'define' | 'write'>,
  { everyMs }: RecordingOptions,
): Recording {
  const twins = new Map<string, Recorded>();
  const plans = new WeakMap<Model, Plan>();
  const series = new Uint32Array(batchSamples);
  const timesMs = new Float64Array(batchSamples);
  const values = new Float64Array(batchSamples);
  let count = 0;
  const timer = setInterval(flush, gatherMs);
  timer.unref();

  const releases = [
    fleet.onTick(({ twins: ids }) => {
      for (const id of ids) {
        const info = fleet.twin(id);
        const snapshot = fleet.snapshot(id);
        if (info !== undefined && snapshot !== undefined) record(recordedOf(info), snapshot);
      }
    }),
    fleet.onSample(({ twin, signal, timeMs, value }) => {
      const info = fleet.twin(twin);
      if (info === undefined) return;
      const { computed, measured, numbers } = recordedOf(info);
      const at = measured.findIndex(({ name }) => name === signal);
      const unit = measured[at]?.unit;
      if (unit !== undefined)
        put(numbers[computed.length + at] ?? 0, timeMs, roundShown(fromSi(value, unit), unit));
    }),
    fleet.onChange(({ kind, twin }) => {
      if (kind === 'removed') twins.delete(twin.config.id);
    }),
  ];
  return {
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
      const measured = plan.measured.map(({ name, unit }) => ({ signal: seriesNames.measured(name), unit }));
      const numbers = history.define(
        [...plan.computed, ...measured].map(({ signal, unit }) => ({ twin: id, signal, unit: unit.symbol })),
      );
      twins.set(id, (recorded = { ...plan, model, numbers, tick: -1, dueMs: Number.NEGATIVE_INFINITY }));
    }
    return recorded;
  }

  function record(recorded: Recorded, snapshot: Snapshot): void {
    // A twin that stands still has nothing new to say.
    if (snapshot.tick === recorded.tick || snapshot.timeMs < recorded.dueMs) return;
    recorded.tick = snapshot.tick;
    const { numbers, computed } = recorded;
    recorded.dueMs = nextDueMs(snapshot.timeMs, numbers[0] ?? 0);
    for (let i = 0; i < computed.length; i++) {
      put(numbers[i] ?? 0, snapshot.timeMs, computed[i]?.value(snapshot) ?? Number.NaN);
    }
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

  function flush(): void {
    if (count === 0) return;
    history.write({
      series: series.slice(0, count),
      timesMs: timesMs.slice(0, count),
      values: values.slice(0, count),
    });
    count = 0;
  }
}

function planOf(model: Model): Plan {
  const { states, outputs, inputs, measurements } = model;
  const seen = (signal: string, unit: Unit, read: (snapshot: Snapshot) => number): Computed => ({
    signal,
    unit,
    value: (snapshot) => roundShown(read(snapshot), unit),
  });
  const computed = [
    ...states.map(({ name, unit }) => seen(name, unit, (snapshot) => snapshot.state(name))),
    ...outputs.map(({ name, unit }) => seen(name, unit, (snapshot) => snapshot.output(name))),
    ...inputs.map(({ name, unit }) => seen(name, unit, (snapshot) => snapshot.input(name))),
    ...measurements.map(({ name, unit }) =>
      seen(seriesNames.expected(name), unit, (snapshot) => snapshot.measurement(name).expected),
    ),
    ...(isFiltered(model) ? states : []).map(({ name, unit }) => ({
      signal: seriesNames.uncertainty(name),
      unit,
      value: (snapshot: Snapshot) => roundDeviation(snapshot.uncertainty(name)),
    })),
  ];
  return { computed, measured: measurements };
}
