/** What the engine's tests share: small models, twins with the usual settings, and a fleet on a clock of their own. */

import assert from 'node:assert/strict';
import { compileModel, type Model } from '../../src/core/model/index.ts';
import {
  type CheckpointStore,
  createFleet,
  createLocalShard,
  createManualClock,
  type Delivery,
  type Fleet,
  type Journal,
  type ManualClock,
  type TwinConfig,
  twinDefaults,
} from '../../src/engine/index.ts';

/** 2026-11-22T13:00:00Z, a multiple of every period used here. */
export const startMs = Date.UTC(2026, 10, 22, 13);

export function modelOf(text: string): Model {
  const { model, diagnostics } = compileModel({ file: 'model.yaml', text });
  assert.ok(model !== undefined, JSON.stringify(diagnostics));
  return model;
}

/** Two states, one of them hidden; nothing of it is exact in binary. */
export const leakingTank = `
gemel: 1
model: leaking-tank
version: 1.0.0
solver: { step: 0.2 s }
inputs:
  pump: { unit: l/min, default: 60 }
states:
  volume: { unit: l, start: 100, min: 0, max: 500, noise: 0.2 l/s^0.5, uncertainty: 5 l }
  leak: { unit: l/min, start: 10, min: 0, noise: 0.3 l/min/s^0.5, uncertainty: 10 l/min }
equations:
  der(volume): pump - leak * sqrt(volume / (100 [l]))
  der(leak): 0
measurements:
  level: { equals: volume, unit: l, noise: 0.5 l }
`;

/** A tank that fills: volume grows by flow, one litre a second for each l/s. Its sum is exact in binary. */
export const tank = modelOf(`
gemel: 1
model: tank
version: 1.0.0
units: unchecked
solver: { step: 0.125 s }
inputs:
  flow: { unit: l/s, default: 1, min: -100, max: 100 }
states:
  volume: { unit: l, start: 0, min: -50, max: 50 }
equations:
  twice: 2 * volume
  der(volume): flow
measurements:
  level: { equals: volume, unit: l, min: -1000, max: 1000 }
`);

export function twinOf(id: string, model: Model, more: Partial<TwinConfig> = {}): TwinConfig {
  return {
    id,
    model: model.id,
    ...twinDefaults,
    parameters: {},
    inputs: {},
    start: {},
    bindings: [],
    ...more,
  };
}

export interface TestFleet {
  readonly fleet: Fleet;
  readonly clock: ManualClock;
  /** Sends telemetry as JSON, received now. */
  send(twin: string, payload: unknown): Delivery;
}

export interface TestFleetOptions {
  readonly models?: readonly Model[];
  readonly clock?: ManualClock;
  readonly shards?: number;
  readonly checkpoints?: CheckpointStore;
  readonly journal?: Journal;
}

export async function startFleet(
  twins: readonly TwinConfig[],
  options: TestFleetOptions = {},
): Promise<TestFleet> {
  const clock = options.clock ?? createManualClock(startMs);
  const fleet = await createFleet({
    models: options.models ?? [tank],
    twins,
    clock,
    shards: Array.from({ length: options.shards ?? 1 }, () => createLocalShard(clock)),
    ...(options.checkpoints !== undefined && { checkpoints: options.checkpoints, checkpointEveryMs: 5000 }),
    ...(options.journal !== undefined && { journal: options.journal }),
  });
  return {
    fleet,
    clock,
    send: (twin, payload) =>
      fleet.deliver({
        topic: `gemel/${twin}/telemetry`,
        payload: bytes(JSON.stringify(payload)),
        receivedMs: clock.nowMs(),
      }),
  };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The state of a twin now. */
export function state(fleet: Fleet, twin: string, name: string): number {
  return fleet.snapshot(twin)?.state(name) ?? Number.NaN;
}

export function kinds(fleet: Fleet): string[] {
  return fleet
    .events()
    .map(({ kind }) => kind)
    .reverse();
}

export function memoryStore(): CheckpointStore & { bytes: Uint8Array | undefined } {
  return {
    bytes: undefined,
    async load() {
      return this.bytes;
    },
    async save(pieces) {
      this.bytes = joined(pieces);
    },
  };
}

/** Pieces of bytes as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces));
}
