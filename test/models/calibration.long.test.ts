/**
 * Every model of the library, calibrated on a simulation of itself with other parameters: those that the record determines are
 * found again.
 */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { calibrate, type Recording, readRecording } from '../../src/core/calibrate/index.ts';
import { compileModel, type Input, type Model } from '../../src/core/model/index.ts';
import { simulate } from '../../src/core/solve/index.ts';
import { Rng } from '../../src/core/statistics/index.ts';
import { fromSi } from '../../src/core/units/index.ts';

const rows = 200;
const models = join(import.meta.dirname, '../../models');

for (const path of globSync('*/model.yaml', { cwd: models }).toSorted()) {
  const { model } = compileModel({ file: path, text: readFileSync(join(models, path), 'utf8') });
  const fitted = model?.parameters.filter(({ calibrate: isFitted }) => isFitted) ?? [];
  if (model === undefined || fitted.length === 0 || model.measurements.length === 0) continue;
  test(`${model.name} finds its parameters in its own simulation`, () => {
    const rng = new Rng(20261122);
    const truth = Object.fromEntries(
      fitted.map(({ name, value, min = -Infinity, max = Infinity }) => [
        name,
        Math.min(max, Math.max(min, value * (0.9 + 0.2 * rng.uniform()))),
      ]),
    );
    const { estimates, findings } = calibrate(model, recordOf(model, truth, rng), { starts: 1 });
    const vague = new Set(findings.flatMap(({ unknowns }) => unknowns));
    let sure = 0;
    for (const { unknown, value, standardError } of estimates) {
      const wanted = truth[unknown.name] ?? NaN;
      if (vague.has(unknown.name) || !(standardError < 0.05 * Math.abs(wanted))) continue;
      sure += 1;
      const off = Math.abs(value - wanted);
      assert.ok(
        off < 5 * standardError + 1e-3 * Math.abs(wanted),
        `${unknown.name}: ${value}, not ${wanted}`,
      );
    }
    assert.ok(sure >= 1, 'the record determines none');
  });
}

/** Steps of all inputs around where they mostly are, and what sensors with a tenth of their noise read. */
function recordOf(model: Model, parameters: Readonly<Record<string, number>>, rng: Rng): Recording {
  const everySeconds = Math.min(20 * model.stepSeconds, 10);
  const inputs = model.inputs.map((input) => Array.from({ length: rows / 25 }, () => stepOf(input, rng)));
  const inputAt = (name: string, seconds: number): number | undefined => {
    const index = model.inputs.findIndex((input) => input.name === name);
    return inputs[index]?.[Math.floor((seconds + 1e-9) / (25 * everySeconds))];
  };
  // Measurements are outputs of a model that has them as equations.
  const measured = Object.fromEntries(
    Object.entries(model.document.measurements ?? {}).map(([name, { equals }]) => [`read_${name}`, equals]),
  );
  const { model: seen } = compileModel({
    file: 'seen',
    text: JSON.stringify({
      ...model.document,
      equations: { ...model.document.equations, ...measured },
    }),
  });
  assert.ok(seen);
  const { time, names, values } = simulate(seen, {
    seconds: (rows - 1) * everySeconds,
    everySeconds,
    tickSeconds: everySeconds,
    parameters,
    inputAt,
  });
  const columns = [
    { name: 'time', values: Array.from(time) },
    ...model.inputs.map(({ name, unit }) => ({
      name,
      values: Array.from(time, (seconds) =>
        fromSi(inputAt(name, Math.min(seconds, time.at(-2) ?? 0)) ?? NaN, unit),
      ),
    })),
    ...model.measurements.map(({ name, noise = 0, unit }) => ({
      name,
      values: Array.from(values[names.indexOf(`read_${name}`)] ?? [], (value) =>
        fromSi(value + 0.1 * noise * rng.normal(), unit),
      ),
    })),
  ];
  return readRecording(model, {
    name: model.name,
    header: columns.map(({ name }) => name),
    rows: Array.from(time, (_, row) => columns.map((column) => column.values[row])),
  });
}

function stepOf({ min, max, default: usual }: Input, rng: Rng): number {
  const low = min ?? 0.8 * (usual ?? 0);
  const high = max ?? 1.2 * (usual ?? 1) + 1;
  const middle = usual ?? (low + high) / 2;
  return Math.min(high, Math.max(low, middle + 0.4 * (rng.uniform() - 0.5) * (high - low)));
}
