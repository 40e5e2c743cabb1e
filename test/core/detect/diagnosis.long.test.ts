/**
 * Who is at fault, on two simulated tanks whose troubles are known: 288 seeded runs with plain troubles, 160 with faint ones.
 *
 * The machine is integrated by Euler's method in tenths of a second, the filter by Runge and Kutta's in seconds. Troubles
 * come at 100 s; the verdict is given at 250 s.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDiagnosis, judgeBank } from '../../../src/core/detect/index.ts';
import type { Channel } from '../../../src/core/detect/index.ts';
import { defaultBackend } from '../../../src/core/kernel/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { record, sensorNames, tanks } from './tanks.ts';
import type { Trouble } from './tanks.ts';

const diagnosis = createDiagnosis(tanks, { backend: defaultBackend() });

type Row = readonly [truth: string, trouble: Trouble];

/** Runs of each truth, by what was said of them. */
function confusion(rows: readonly Row[], seeds: number): Map<string, Map<string, number>> {
  const matrix = new Map<string, Map<string, number>>();
  for (const [truth, trouble] of rows) {
    const said = matrix.get(truth) ?? new Map<string, number>();
    matrix.set(truth, said);
    for (let seed = 0; seed < seeds; seed++) {
      const finding = diagnosis.diagnose(record(trouble, 7000 + seed));
      const words = finding === undefined ? 'nothing' : `${finding.kind} ${finding.subject}`.trim();
      said.set(words, (said.get(words) ?? 0) + 1);
    }
  }
  return matrix;
}

function sensorRows(
  severity: Readonly<Partial<Record<'offset' | 'noisy' | 'stuck', number>>>,
): readonly Row[] {
  return sensorNames.flatMap((name, sensor) =>
    Object.entries(severity).map(([fault, size]): Row => {
      const kind = fault as 'offset' | 'noisy' | 'stuck';
      return [`sensor-${kind} ${name}`, { sensor, fault: kind, severity: size }];
    }),
  );
}

test('plain troubles: each sensor, the machine, its health, and none', () => {
  const rows: readonly Row[] = [
    ['nothing', {}],
    ['nothing', { mismatch: 0.05 }],
    ...sensorRows({ offset: 4, noisy: 4, stuck: 1 }),
    ['machine-changed', { leak: 0.1 }],
    ['machine-changed', { clogged: 0.9 }],
    ['health-changed valve', { valve: 0.8 }],
    ['health-changed valve', { valve: 1.1 }],
  ];
  const seeds = 16;
  const matrix = confusion(rows, seeds);
  const right = rows.length * seeds;
  const wrong: string[] = [];
  for (const [truth, said] of matrix)
    for (const [words, count] of said) if (words !== truth) wrong.push(`${truth}: ${count} × ${words}`);
  // The whole matrix: 288 runs, all on its diagonal.
  assert.equal(right, 288);
  assert.deepEqual(wrong, []);
});

test('faint troubles: nine of ten are found and told right; the rest is mostly silence', () => {
  const rows: readonly Row[] = [
    ...sensorRows({ offset: 2, noisy: 1.5 }),
    ['machine-changed', { leak: 0.05 }],
    ['health-changed valve', { valve: 0.95 }],
  ];
  const seeds = 16;
  let right = 0;
  let silent = 0;
  for (const [truth, said] of confusion(rows, seeds)) {
    right += said.get(truth) ?? 0;
    silent += said.get('nothing') ?? 0;
  }
  const runs = rows.length * seeds;
  assert.ok(right >= 0.9 * runs, `${right} of ${runs} right`);
  assert.ok(runs - right - silent <= 0.02 * runs, `${runs - right - silent} of ${runs} wrong`);
});

test('says how large, since when, and how surely', () => {
  const offset = diagnosis.diagnose(record({ sensor: 2, fault: 'offset' }, 1));
  assert.ok(Math.abs((offset?.size ?? 0) - 0.002) < 0.0003, `${offset?.size}`); // four times 0.0005
  assert.ok(offset !== undefined && offset.since >= 100 && offset.since <= 101);
  assert.ok(offset.confidence > 0.9 && offset.confidence <= 1);
  assert.match(offset.words, /^between reads beside the value/);
  const noisy = diagnosis.diagnose(record({ sensor: 0, fault: 'noisy' }, 2));
  assert.ok(Math.abs((noisy?.size ?? 0) / 0.04 - 1) < 0.2, `${noisy?.size}`);
  const health = diagnosis.diagnose(record({ valve: 0.8 }, 3));
  assert.ok(Math.abs((health?.size ?? 0) + 0.2) < 0.02, `${health?.size}`);
});

test('of a single sensor, a fault cannot be told from a change of the machine', () => {
  const rng = new Rng(1);
  const channel = (shift: number): Channel => {
    const innovations = Array.from({ length: 100 }, () => shift + rng.normal());
    return {
      times: innovations.map((_, i) => i),
      values: innovations,
      innovations,
      deviations: innovations.map(() => 1.1),
    };
  };
  const of = (shift: number) => ({
    sensors: [{ name: 'oil', noise: 1 }],
    before: [channel(0)],
    full: [channel(shift)],
    without: [[channel(shift)]],
    jumps: [],
    since: 0,
  });
  assert.equal(judgeBank(of(3))?.kind, 'innovation-drift');
  assert.equal(judgeBank(of(0)), undefined);
});

test('a model whose measurements have no noise has no diagnosis', () => {
  const { model } = compileModel({
    file: 'm.yaml',
    text: `
gemel: 1
model: m
version: 1.0.0
states: { x: { unit: m, start: 0 } }
equations: { der(x): 0 }
measurements: { z: { equals: x, unit: m } }
`,
  });
  assert.ok(model);
  const request = { belief: new Float64Array(99), samples: [], tickSeconds: 1, since: 0, until: 0 };
  assert.equal(createDiagnosis(model, { backend: defaultBackend() }).diagnose(request), undefined);
});
