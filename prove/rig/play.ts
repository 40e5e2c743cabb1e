/**
 * Plays the record to the twins of the example, as the rig would have: each row is a telemetry message, ingested,
 * ticked and filtered by a fleet on a clock in our hand; what is judged stands in snapshots.
 */

import { join } from 'node:path';
import { loadProject } from '../../src/app/index.ts';
import { createFleet, createLocalShard, createManualClock, type Fleet } from '../../src/engine/index.ts';
import type { RigRecord } from './record.ts';

const example = join(import.meta.dirname, '../../examples/hydraulic-rig');
const topic = 'rig/sensors';
/** Midnight, so that row k is at k seconds of the day. */
const startMs = Date.UTC(2026, 0, 1);
/** Rows come so long before the tick that ends their second. */
const earlyMs = 1;

/** One value a second of each name; NaN where the twin had none. */
export interface Played {
  readonly outputs: ReadonlyMap<string, Float64Array>;
  /** Of samples that counted, sample less prediction in standard deviations. */
  readonly innovations: ReadonlyMap<string, Float64Array>;
}

export interface PlayResult {
  readonly twins: ReadonlyMap<string, Played>;
  readonly messages: number;
  readonly refused: number;
}

export async function play(record: RigRecord, note: (text: string) => void): Promise<PlayResult> {
  const { seconds } = record;
  const { project, diagnostics } = loadProject(example, { secrets: 'skip' });
  if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const clock = createManualClock(startMs - earlyMs);
  const fleet = await createFleet({
    models: project.models,
    twins: project.twins,
    shards: [createLocalShard(clock)],
    clock,
  });
  const recorders = fleet.twins().map(({ config }) => new Recorder(fleet, config.id, seconds));
  const rows = messagesOf(record);
  try {
    for (let second = 0; second < seconds; second++) {
      fleet.deliver({ topic, payload: rows(second), receivedMs: clock.nowMs() });
      await clock.advance(1000);
      for (const recorder of recorders) recorder.take(second);
      if (second % 21_600 === 0 && second > 0)
        note(`rig: ${second / 3600} of ${(seconds / 3600).toFixed(1)} h`);
    }
    const { messages, refusedSamples } = fleet.statistics();
    const refused = Object.values(refusedSamples).reduce((sum, count) => sum + count, 0);
    return { twins: new Map(recorders.map((it) => [it.twin, it.played])), messages, refused };
  } finally {
    await fleet.stop();
  }
}

/** Copies what is judged out of a twin's snapshots. */
class Recorder {
  readonly twin: string;
  readonly played: Played;
  readonly #fleet: Fleet;
  readonly #outputs: readonly (readonly [string, Float64Array])[];
  readonly #innovations: readonly (readonly [string, Float64Array])[];

  constructor(fleet: Fleet, twin: string, seconds: number) {
    const model = fleet.twin(twin)?.model;
    const series = (signals: readonly { readonly name: string }[] = []) =>
      signals.map(({ name }) => [name, new Float64Array(seconds).fill(NaN)] as const);
    this.twin = twin;
    this.#fleet = fleet;
    this.#outputs = series(model?.outputs);
    this.#innovations = series(model?.measurements);
    this.played = {
      outputs: new Map(this.#outputs),
      innovations: new Map(this.#innovations),
    };
  }

  take(second: number): void {
    const snapshot = this.#fleet.snapshot(this.twin);
    if (snapshot?.status !== 'running') return;
    for (const [name, values] of this.#outputs) values[second] = snapshot.output(name);
    for (const [name, values] of this.#innovations) {
      const { innovation = NaN, deviation = NaN } = snapshot.measurement(name);
      values[second] = innovation / deviation;
    }
  }
}

/** What the rig itself computed of its cooler, and a pressure that tells the cooler's label by a short cut. */
const keptBack: ReadonlySet<string> = new Set([
  'cooling_efficiency_percent',
  'cooling_power_kW',
  'pressure_4_bar',
]);

/** The rows as JSON objects, a column a field. */
function messagesOf(record: RigRecord): (second: number) => Uint8Array {
  const columns = [...record.columns].filter(([name]) => !keptBack.has(name));
  const encoder = new TextEncoder();
  return (second) => {
    const fields = columns.map(([name, values]) => `"${name}":${values[second] ?? 'null'}`);
    return encoder.encode(`{${fields.join(',')}}`);
  };
}
