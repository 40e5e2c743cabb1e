/** A belief carried to another version of its model, against closed forms and numpy. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { createMigration } from '../../../src/core/estimate/index.ts';
import { compileModel, type Model } from '../../../src/core/model/index.ts';
import { near, relative } from './near.ts';

function modelOf(version: string, body: string): Model {
  const text = `gemel: 1\nmodel: m\nversion: ${version}\n${body}`;
  const { model, diagnostics } = compileModel({ file: `${version}.yaml`, text });
  assert.ok(model, JSON.stringify(diagnostics));
  return model;
}

/** A model whose states are all estimated: each wanders, and each has its sensor. */
function walkers(version: string, states: Readonly<Record<string, string>>, more = ''): Model {
  const names = Object.keys(states);
  return modelOf(
    version,
    [
      'states:',
      ...names.map((name) => `  ${name}: { ${states[name]}, noise: 0.1 1/s^0.5 }`),
      'equations:',
      ...names.map((name) => `  der(${name}): 0`),
      'measurements:',
      ...names.map((name) => `  ${name}_sensor: { equals: ${name}, unit: "1", noise: 1 }`),
      more,
    ].join('\n'),
  );
}

function carry(
  from: Model,
  to: Model,
  belief: { values: readonly number[]; covariance: readonly number[]; inputs?: readonly number[] },
) {
  return createMigration(from, to).carry({
    values: Float64Array.from(belief.values),
    covariance: Float64Array.from(belief.covariance),
    parameters: Float64Array.from(from.parameters, ({ value }) => value),
    inputs: Float64Array.from(belief.inputs ?? []),
  });
}

const one = 'unit: "1", start: 1';

test('renamed and reordered states keep every bit', () => {
  const from = walkers('1.0.0', { a: one, b: one, c: one });
  const to = walkers('2.0.0', { c: one, x: one, a: one }, 'migrates: { states: { x: b } }');
  const values = [1 / 3, Math.PI, -1e-17];
  const covariance = [0.1, 0.2, 0.3, 0.2, 0.7, 1 / 7, 0.3, 1 / 7, 1e-9];
  const out = carry(from, to, { values, covariance });
  assert.deepEqual([...out.values], [-1e-17, Math.PI, 1 / 3]);
  assert.deepEqual([...out.covariance], [1e-9, 1 / 7, 0.3, 1 / 7, 0.7, 0.2, 0.3, 0.2, 0.1]);
  assert.deepEqual(createMigration(from, to).origins, ['c', 'b', 'a']);
  assert.deepEqual(out.anew, []);
});

test('a resistance that was a conductance has the variance of the delta method', () => {
  const from = walkers('1.0.0', { g: one });
  const to = walkers('1.1.0', { r: one }, 'migrates: { states: { r: 1 / g } }');
  const { values, covariance } = carry(from, to, { values: [80], covariance: [25] });
  assert.equal(values[0], 1 / 80);
  relative(covariance[0], 25 / 80 ** 4, 1e-15); // Var(1/g) ≈ Var(g)/g⁴
});

test('a linear map of two states gives what numpy gives', () => {
  const from = walkers('1.0.0', { a: one, b: one });
  const to = walkers(
    '2.0.0',
    { u: one, v: one },
    'migrates: { states: { u: 0.5 * a + 0.25 * b, v: 3 * a - b } }',
  );
  const { values, covariance } = carry(from, to, { values: [10, -3], covariance: [4, 1.5, 1.5, 9] });
  // J = np.array([[0.5, 0.25], [3, -1]]); J @ x; J @ P @ J.T
  for (const [i, expected] of [4.25, 33].entries()) near(values[i], expected, 1e-15);
  for (const [i, expected] of [1.9375, 4.125, 4.125, 36].entries()) near(covariance[i], expected, 1e-15);
});

test('angles and radii of a point have the covariance of their closed form', () => {
  const from = walkers('1.0.0', { x: one, y: one });
  const to = walkers(
    '2.0.0',
    { r: one, phi: one },
    'migrates: { states: { r: sqrt(x^2 + y^2), phi: "atan2(y, x)" } }',
  );
  const { values, covariance } = carry(from, to, { values: [3, 4], covariance: [0.04, 0, 0, 0.04] });
  near(values[0], 5, 1e-15);
  near(values[1], Math.atan2(4, 3), 1e-15);
  // An isotropic error stays uncorrelated: Var r = s², Var φ = s²/r².
  for (const [i, expected] of [0.04, 0, 0, 0.04 / 25].entries()) near(covariance[i], expected, 1e-15);
});

test('a state without origin, and one that comes from what was not estimated, is as its document says', () => {
  const from = modelOf(
    '1.0.0',
    `
inputs: { load: { unit: "1" } }
parameters: { friction: { unit: "1/s", value: 0.3 } }
states:
  speed: { ${one}, noise: 0.1 1/s^0.5 }
  count: { unit: "1", start: 0 }
equations: { der(speed): -friction * speed, next(count): count + 1 }
measurements: { speed: { equals: speed, unit: "1", noise: 1 } }
`,
  );
  const to = walkers(
    '2.0.0',
    { speed: one, friction: one, fresh: 'unit: "1", start: 7, uncertainty: 2', count: one, load: one },
    'migrates: { states: { load: 2 * load } }',
  );
  const origins = createMigration(from, to).origins;
  assert.deepEqual(origins, ['speed', undefined, undefined, 'count', '2 * load']);
  const promoted = modelOf(
    '2.1.0',
    `
states:
  speed: { ${one}, noise: 0.1 1/s^0.5 }
  friction: { unit: 1/s, start: 1, noise: 0.01 1/s^1.5, uncertainty: 0.5 }
equations: { der(speed): -friction * speed, der(friction): 0 }
measurements: { speed: { equals: speed, unit: "1", noise: 1 } }
migrates: { states: { friction } }
`.replace('{ friction }', '{ friction: friction }'),
  );
  const belief = { values: [3, 12], covariance: [0.5, 0, 0, 0], inputs: [4] };
  const first = carry(from, to, belief);
  assert.deepEqual([...first.values], [3, 1, 7, 12, 8]);
  const wander = 0.1 * 0.1 * 600;
  for (const [i, expected] of [0.5, wander, 4, wander, wander].entries()) {
    near(first.covariance[i * 5 + i], expected, 1e-12);
  }
  const second = carry(from, promoted, belief);
  assert.deepEqual([...second.values], [3, 0.3]);
  assert.deepEqual([...second.covariance], [0.5, 0, 0, 0.25]);
});

test('units are converted on the way, also into and out of documents with unchecked units', () => {
  const body = (unit: string, start: string, more = '') => `
states: { t: { unit: ${unit}, start: ${start}, noise: 0.1 ${unit === 'degC' ? 'K' : unit}/s^0.5 } }
equations: { der(t): 0 }
measurements: { t: { equals: t, unit: ${unit}, noise: 1 } }
${more}`;
  const celsius = modelOf('1.0.0', body('degC', '20'));
  const kelvin = modelOf('1.1.0', body('K', '290', 'migrates: { states: { t: t } }'));
  const plain = modelOf('1.2.0', body('degC', '20', 'units: unchecked'));
  const doubled = modelOf(
    '1.3.0',
    body('degC', '20', 'migrates: { states: { t: 2 * t } }\nunits: unchecked'),
  );
  assert.equal(carry(celsius, kelvin, { values: [300], covariance: [1] }).values[0], 300);
  near(carry(celsius, plain, { values: [300], covariance: [1] }).values[0], 26.85, 1e-13);
  near(carry(plain, celsius, { values: [26.85], covariance: [1] }).values[0], 300, 1e-13);
  near(carry(celsius, doubled, { values: [300], covariance: [1] }).values[0], 53.7, 1e-13);
  assert.equal(carry(plain, doubled, { values: [26.85], covariance: [1] }).values[0], 53.7);
  assert.equal(carry(plain, doubled, { values: [26.85], covariance: [1] }).covariance[0], 4);
});

test('discrete states are carried too, and a rounded one is as sure as its document', () => {
  const from = walkers('1.0.0', { x: one });
  const to = modelOf(
    '2.0.0',
    `
states: { steps: { unit: "1", start: 0, noise: '0.5', uncertainty: 1 }, kept: { unit: "1", start: 0 } }
equations: { next(steps): steps, next(kept): kept }
migrates: { states: { steps: round(x), kept: x } }
`,
  );
  const { values, covariance } = carry(from, to, { values: [2.6], covariance: [0.25] });
  assert.deepEqual([...values], [3, 2.6]);
  assert.deepEqual([...covariance], [1, 0, 0, 0.25]);
});

test('what comes out as no number begins anew, and what lies outside the bounds is held there', () => {
  const from = walkers('1.0.0', { a: one, b: one });
  const to = walkers(
    '2.0.0',
    {
      r: 'unit: "1", start: 5, uncertainty: 3',
      b: 'unit: "1", start: 1, max: 2',
      w: 'unit: "1", start: 4, uncertainty: 1',
    },
    'migrates: { states: { r: 1 / a, w: sqrt(a) } }',
  );
  const { values, covariance, anew } = carry(from, to, { values: [0, 9], covariance: [1, 0.5, 0.5, 1] });
  assert.deepEqual([...values], [5, 2, 0]);
  assert.deepEqual([...covariance], [9, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(anew, [0]);
});

test('without `migrates`, or outside its range, what has the same name is carried', () => {
  const from = walkers('1.0.0', { a: one, b: one });
  const near2 = walkers('2.1.0', { a: one, x: one }, 'migrates: { from: <2.0.0, states: { x: b } }');
  const later = walkers('2.0.0', { a: one, x: one });
  assert.deepEqual(createMigration(from, near2).origins, ['a', 'b']);
  assert.deepEqual(createMigration(later, near2).origins, ['a', 'x']);
  assert.deepEqual(createMigration(from, later).origins, ['a', undefined]);
});

test('from a version older than all that it is written for, nobody knows the way', () => {
  const first = walkers('1.0.0', { a: one });
  const third = walkers('3.0.0', { c: one }, 'migrates: { from: ^2.0.0, states: { c: b } }');
  assert.throws(
    () => createMigration(first, third),
    (error: unknown) => {
      assert.ok(error instanceof GemelError);
      assert.deepEqual(
        error.diagnostics.map(({ code, message, hint }) => [code, message, hint]),
        [
          [
            'MIGRATION_INVALID',
            'm@1.0.0 is older than `^2.0.0`',
            'go over to one of those versions first, and from there to this one',
          ],
        ],
      );
      return true;
    },
  );
  // Going back what has its name still does.
  assert.deepEqual(createMigration(third, first).origins, [undefined]);
});

test('back to an earlier version, what was renamed gets its name back and what was computed begins anew', () => {
  const before = walkers('1.0.0', { a: one, b: one, c: 'unit: "1", start: 6, uncertainty: 2', d: one });
  const after = walkers('2.0.0', { a: one, x: one, c: one }, 'migrates: { states: { x: b, c: 2 * c } }');
  assert.deepEqual(createMigration(after, before).origins, ['a', 'x', undefined, undefined]);
  const there = carry(before, after, { values: [1, 2, 3, 4], covariance: new Array<number>(16).fill(0.5) });
  const back = createMigration(after, before).carry({
    ...there,
    parameters: new Float64Array(),
    inputs: new Float64Array(),
  });
  assert.deepEqual([...back.values], [1, 2, 6, 1]);
  assert.deepEqual([...back.covariance.subarray(0, 4)], [0.5, 0.5, 0, 0]);
  assert.equal(back.covariance[10], 4);
});

test('own parameters of twins come along by name or formula, and only own ones', () => {
  const parameters = (list: string, more = '') =>
    `parameters: { ${list} }\nstates: { x: { ${one} } }\nequations: { der(x): 0 }\n${more}`;
  const from = modelOf(
    '1.0.0',
    parameters('area: { unit: m2, value: 2 }, height: { unit: m, value: 3 }, gain: { unit: "1", value: 1 }'),
  );
  const to = modelOf(
    '2.0.0',
    parameters(
      'volume: { unit: l, value: 1 }, gain: { unit: "1", value: 5 }, extra: { unit: "1", value: 0 }',
      'migrates: { parameters: { volume: area * height } }',
    ),
  );
  const migration = createMigration(from, to);
  assert.deepEqual(migration.parameters({}), {});
  assert.deepEqual(migration.parameters({ area: 10 }), { volume: 30 });
  assert.deepEqual(migration.parameters({ gain: 1 / 3, height: 0.5 }), { volume: 1, gain: 1 / 3 });
});

/** The problems of a migration, as `line code message (hint)`, lines as in the text after its head. */
function refusal(from: Model, body: string): readonly string[] {
  const text = `gemel: 1\nmodel: m\nversion: 2.0.0\n${body}`;
  const { model } = compileModel({ file: 'new.yaml', text });
  assert.ok(model);
  try {
    createMigration(from, model, { file: 'new.yaml', text });
  } catch (error) {
    assert.ok(error instanceof GemelError);
    assert.equal(error.code, 'MIGRATION_INVALID');
    assert.match(error.message, /m@1\.0\.0 does not migrate to m@2\.0\.0\nnew\.yaml:\d+:\d+/);
    return error.diagnostics.map(({ code, message, place, hint }) => {
      const line = (place?.line ?? 0) - 3;
      return `${line}:${place?.column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
    });
  }
  return assert.fail('was not refused');
}

test('all that does not fit is told at once, with names, units and places', () => {
  const from = modelOf(
    '1.0.0',
    `states: { pressure: { unit: bar, start: 1 }, t: { unit: degC, start: 20 }, flow: { unit: l/s, start: 0 } }
equations: { der(pressure): 0, der(t): 0, der(flow): 0, inner: 2 * pressure }`,
  );
  const found = refusal(
    from,
    `parameters: { k: { unit: "1", value: 1 }, m: { unit: "1", value: 1 } }
states:
  pressure: { unit: bar, start: 1 }
  t: { unit: degC, start: 20 }
  q: { unit: Pa, start: 0 }
  r: { unit: "1", start: 0 }
  s: { unit: Pa, start: 0 }
  flow: { unit: kg/s, start: 0 }
equations: { der(pressure): 0, der(t): 0, der(q): 0, der(r): 0, der(s): 0, der(flow): 0 }
migrates:
  states:
    q: t
    r: k
    s: inner
    pressure: presure * 2
    t: time * 1 [K]
  parameters:
    k: t / 1 [K]
    m: m`,
  );
  assert.deepEqual(found, [
    '15:15 NAME_UNKNOWN `presure` is no state, input or parameter of m@1.0.0 (did you mean `pressure`?)',
    '16:8 NAME_UNKNOWN `time` is no state, input or parameter of m@1.0.0',
    '12:8 EQUATION_UNITS `q` is Pa, the right side is a temperature (degC) (did you mean `pressure` (Pa)?)',
    '13:8 NAME_UNKNOWN `k` is no state, input or parameter of m@1.0.0 (`k` is of the new version: an origin is written with the names of m@1.0.0)',
    '14:8 NAME_UNKNOWN `inner` is no state, input or parameter of m@1.0.0 (`inner` is an equation: write out what it is)',
    '8:3 UNIT_MISMATCH `flow` was in l/s in m@1.0.0, and is in kg/s in m@2.0.0 (say under `migrates.states` what it comes from)',
    '18:8 NAME_UNKNOWN `t` is no parameter of m@1.0.0 (a parameter is fixed, so it comes from parameters alone)',
    '19:8 NAME_UNKNOWN `m` is no parameter of m@1.0.0 (`m` is of the new version: an origin is written with the names of m@1.0.0)',
  ]);
});

test('two models that are no versions of one, and arrays of the wrong length, are refused', () => {
  const from = walkers('1.0.0', { a: one });
  const { model: other } = compileModel({ file: 'o', text: 'gemel: 1\nmodel: other\nversion: 2.0.0\n' });
  assert.ok(other);
  assert.throws(() => createMigration(from, other), { code: 'MIGRATION_INVALID' });
  assert.throws(() => carry(from, walkers('1.1.0', { a: one }), { values: [1, 2], covariance: [1] }), {
    code: 'SHAPE_MISMATCH',
  });
});
