/** Models and records to calibrate, made on the spot. */

import assert from 'node:assert/strict';
import type { DataTable } from '../../../src/core/calibrate/index.ts';
import { compileModelDocument, type Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

export function modelOf(document: object): Model {
  const { model, diagnostics } = compileModelDocument({
    gemel: 1,
    model: 'test',
    version: '1.0.0',
    ...document,
  });
  assert.ok(model, JSON.stringify(diagnostics));
  return model;
}

/** Columns by name → a table of texts, as a CSV file has them. */
export function tableOf(columns: Readonly<Record<string, ArrayLike<number | string>>>): DataTable {
  const header = Object.keys(columns);
  const rows = Array.from({ length: columns[header[0] ?? '']?.length ?? 0 }, (_, i) =>
    header.map((name) => String(columns[name]?.[i] ?? '')),
  );
  return { name: 'record', header, rows };
}

/** A room: T' = (gain·heating − (T − ambient))/tau. */
export const roomModel = modelOf({
  solver: { method: 'rk4', step: '10 s' },
  inputs: { heating: { unit: 'W', min: 0, max: 5000 }, ambient: { unit: 'degC', default: 10 } },
  parameters: {
    tau: { unit: 'min', value: 20, min: 1, max: 600, calibrate: true },
    gain: { unit: 'K/kW', value: 5, min: 0.1, max: 100, calibrate: true },
    height: { unit: 'm', value: 2 },
  },
  states: { temperature: { unit: 'degC', start: 15 } },
  equations: { 'der(temperature)': '(gain * heating - (temperature - ambient)) / tau' },
  measurements: { reading: { equals: 'temperature', unit: 'degC' } },
});

/** Heating that steps every ten minutes; the room's answer by its closed form, with noise. */
export function roomRecord(options: { seed: number; noise?: number; rows?: number; start?: number }) {
  const { seed, noise = 0.1, rows = 240, start = 15 } = options;
  const [tau, gain, ambient] = [45 * 60, 8e-3, 10];
  const rng = new Rng(seed);
  const time: number[] = [];
  const heating: number[] = [];
  const reading: number[] = [];
  let temperature = start;
  let power = 0;
  for (let row = 0; row < rows; row++) {
    if (row % 10 === 0) power = Math.round(rng.uniform() * 3000);
    time.push(row * 60);
    heating.push(power);
    reading.push(temperature + noise * rng.normal());
    const end = ambient + gain * power;
    temperature = end + (temperature - end) * Math.exp(-60 / tau);
  }
  return { time, heating, reading };
}
