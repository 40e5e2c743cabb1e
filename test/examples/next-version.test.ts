/** The pump's next version: it explains the plant better than the one that runs, and its belief comes from there. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Pump } from '../../examples/pump-station/pump.ts';
import { describeDifference, suggestVersion } from '../../src/core/difference/index.ts';
import { createMigration, runRecord } from '../../src/core/estimate/index.ts';
import { defaultBackend } from '../../src/core/kernel/index.ts';
import { compileModel, type Model, type Signal } from '../../src/core/model/index.ts';
import { Rng } from '../../src/core/statistics/index.ts';
import { toSi } from '../../src/core/units/index.ts';
import { root } from './support.ts';

function modelAt(path: string): Model {
  const file = join(root, 'examples/pump-station', path);
  const { model, diagnostics } = compileModel({ file, text: readFileSync(file, 'utf8') });
  assert.ok(model, JSON.stringify(diagnostics));
  return model;
}

const live = modelAt('models/station-pump.yaml');
const next = modelAt('next/station-pump.yaml');

test('a twin goes over: every state comes from its namesake, the resistance from the conductance', () => {
  const { origins } = createMigration(live, next);
  assert.deepEqual(
    next.states.flatMap(({ name }, i) => (origins[i] === name ? [] : [`${name} from ${origins[i]}`])),
    ['winding_resistance from 1 / cooling'],
  );
});

test('only the wear has other physics; the winding is the same in other words', () => {
  const difference = describeDifference(live, next);
  assert.deepEqual(
    difference.equations.map(({ of, meaning }) => [of, meaning]),
    [['der(wear)', ['multiplied by exp(0.04·(bearing_temperature − 333.15))']]],
  );
  assert.deepEqual(suggestVersion(difference, next, [live.version]), {
    version: next.version,
    change: 'major',
  });
});

test('twenty minutes of the plant are far likelier under the next version', () => {
  const rng = new Rng(3);
  const hidden = {
    shutoffHead: 51.5,
    pumpLoss: 9100,
    efficiency: 0.73,
    bearingTorque: 0.43,
    vibration: 1.8,
    wear: 0.02,
  };
  const pump = new Pump(hidden, { dutySeconds: 0, random: () => rng.uniform() });
  pump.advance(3600);
  const rows = Array.from({ length: 2400 }, (): Readonly<Record<string, number>> => {
    pump.advance(0.5);
    return { ...pump.telemetry(), vibration: pump.vibration() / 1000 };
  });
  const column = ({ name, unit }: Signal) => Float64Array.from(rows, (row) => toSi(row[name] ?? NaN, unit));
  const began: Readonly<Record<string, number>> = {
    speed: 2600,
    flow: 120,
    winding_temperature: 86,
    bearing_temperature: 45,
  };
  const likelihood = (model: Model): number => {
    const states = model.states.flatMap(({ name, unit }) =>
      began[name] === undefined ? [] : [[name, toSi(began[name], unit)] as const],
    );
    const record = {
      times: Float64Array.from(rows, (_, i) => i / 2),
      inputs: model.inputs.map(column),
      measurements: model.measurements.map(column),
    };
    return runRecord(model, record, { backend: defaultBackend(), states: Object.fromEntries(states) })
      .logLikelihood;
  };
  const gain = likelihood(next) - likelihood(live);
  assert.ok(gain > 2000, `${gain}`);
});
