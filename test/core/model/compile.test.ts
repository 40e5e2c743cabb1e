/** Compiling model documents: what is accepted, and what is said of what is not. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { compileModel } from '../../../src/core/model/index.ts';

const head = 'gemel: 1\nmodel: example\nversion: 1.0.0\n';

function compiled(body: string) {
  const { model, diagnostics } = compileModel({ file: 'm.yaml', text: head + body });
  assert.deepEqual(diagnostics, [], body);
  assert.ok(model);
  return model;
}

/** Each problem as `line:column code message`, lines counted in the body. */
function problems(body: string): string[] {
  const { model, diagnostics } = compileModel({ file: 'm.yaml', text: head + body });
  assert.equal(model, undefined, `${body}\nshould have been refused`);
  return diagnostics.map((it) => `${(it.place?.line ?? 0) - 3}:${it.place?.column} ${it.code} ${it.message}`);
}

function hints(body: string): (string | undefined)[] {
  return compileModel({ file: 'm.yaml', text: head + body }).diagnostics.map((it) => it.hint);
}

test('the document of the design compiles, its numbers in SI', () => {
  const model = compiled(`
inputs:
  motor_power: { unit: W, min: 0, max: 5000 }
  ambient: { unit: degC, default: 20 }
parameters:
  heat_capacity: { unit: kJ/K, value: 40, min: 5, max: 200, calibrate: true }
  loss_fraction: { unit: "1", value: 0.8, min: 0.3, max: 1, calibrate: true }
states:
  oil_temperature: { unit: degC, start: 35, min: -20, max: 120, noise: 0.02 K/s^0.5 }
  cooler: { unit: W/K, start: 100, min: 0, max: 400, noise: 0.5 W/K/s^0.5 }
equations:
  cooling: cooler * (oil_temperature - ambient)
  der(oil_temperature): (loss_fraction * motor_power - cooling) / heat_capacity
  der(cooler): 0
measurements:
  temperature_1: { equals: oil_temperature, unit: degC, noise: 0.1 K }
health:
  cooler: { of: cooler, nominal: 135 W/K, fails: below 50 W/K }
`);
  assert.equal(model.id, 'example@1.0.0');
  assert.equal(model.inputs[1]?.default, 293.15);
  assert.equal(model.parameters[0]?.value, 40_000);
  assert.equal(model.states[0]?.start, 308.15);
  assert.equal(model.states[0]?.noise, 0.02);
  assert.equal(model.measurements[0]?.noise, 0.1);
  assert.equal(model.outputs[0]?.unit.symbol, 'W');
  assert.deepEqual(model.health[0], {
    name: 'cooler',
    of: 'cooler',
    nominal: 135,
    limit: 50,
    failsWhen: 'below',
  });
  assert.equal(model.inputs[0]?.default, undefined);
});

test('a mismatch names the parameter that was probably meant', () => {
  const body = `
inputs: { torque: { unit: N.m, default: 1 } }
parameters:
  heat_capacity: { unit: J/K, value: 40 }
  inertia: { unit: kg.m2, value: 0.6 }
states: { speed: { unit: rad/s, start: 0 } }
equations:
  der(speed): torque / heat_capacity
`;
  assert.deepEqual(problems(body), ['8:24 EQUATION_UNITS der(speed) is 1/s², the right side is K']);
  assert.match(hints(body)[0] ?? '', /^did you mean `inertia`/);
});

test('every kind of unit mistake is found where it stands', () => {
  const body = (equation: string) => `
inputs:
  pressure: { unit: bar, default: 1 }
  oil: { unit: degC, default: 20 }
  wall: { unit: degC, default: 20 }
  length: { unit: m, default: 1 }
equations:
  a: ${equation}
`;
  const cases: (readonly [string, string])[] = [
    ['pressure + oil', 'EQUATION_UNITS'],
    ['pressure + 5', 'EQUATION_UNITS'],
    ...['exp', 'expm1', 'log1p', 'sinh', 'cosh'].map(
      (name) => [`${name}(pressure)`, 'EQUATION_UNITS'] as const,
    ),
    ['log(length)', 'EQUATION_UNITS'],
    ['trunc(length)', 'EQUATION_UNITS'],
    ['if(length > 3, 1, 0)', 'EQUATION_UNITS'],
    ['if(length > 3 [m], 1 [m], 2 [s])', 'EQUATION_UNITS'],
    ['min(length, 2 [bar])', 'EQUATION_UNITS'],
    ['length ^ length', 'EQUATION_UNITS'],
    ['2 ^ length', 'EQUATION_UNITS'],
    ['length and 1', 'EQUATION_UNITS'],
    ['sin(length)', 'EQUATION_UNITS'],
    ['atan2(length, pressure)', 'EQUATION_UNITS'],
    ['oil + wall', 'UNIT_TEMPERATURE'],
    ['oil * 2 [W/K]', 'UNIT_TEMPERATURE'],
    ['oil > oil - wall', 'UNIT_TEMPERATURE'],
    ['abs(oil)', 'UNIT_TEMPERATURE'],
    ['max(oil, oil - wall)', 'UNIT_TEMPERATURE'],
    ['sqrt(oil)', 'UNIT_TEMPERATURE'],
    ['oil ^ 2', 'UNIT_TEMPERATURE'],
  ];
  for (const [equation, code] of cases) {
    const found = problems(body(equation));
    assert.equal(found.length, 1, `${equation}: ${found.join(' | ')}`);
    assert.match(found[0] ?? '', new RegExp(`^8:\\d+ ${code} `), equation);
  }
});

test('what fits is let through', () => {
  const fine = [
    '(oil + wall) / 2 - 5 [K]',
    'oil - wall',
    'oil * 0.25 + 0.75 * wall',
    '3 [W/K] * (oil - wall)',
    'if(oil > 30 [degC], pressure, 0)',
    'max(pressure, 0) + 20 [kPa]',
    'sqrt(length * length) + 2 [mm]',
    '(length / 1 [m]) ^ 0.8',
    'length ^ 3 / length ^ 2',
    'sign(length) * 3',
    'atan2(length, 2 [m])',
    'oil + 0',
    'max(oil, 0)',
    '-oil + wall',
    'gas * 287 [J/(kg.K)]',
    'gas - oil',
    'oil - gas',
    'time / 1 [s] + pi',
  ];
  for (const equation of fine) {
    compiled(`
inputs:
  pressure: { unit: bar, default: 1 }
  oil: { unit: degC, default: 20 }
  wall: { unit: degC, default: 20 }
  gas: { unit: K, default: 300 }
  length: { unit: m, default: 1 }
equations:
  a: ${equation}
`);
  }
});

test('one mistake makes one message', () => {
  const found = problems(`
parameters: { a: { unit: m, value: 1 } }
equations:
  wrong: a + 1 [s]
  uses: wrong * 2
  also: uses + a
`);
  assert.equal(found.length, 1);
});

test('all problems of a document are told at once', () => {
  const found = problems(`
inputs: { 2fast: { unit: W } }
parameters:
  time: { unit: s, value: 1 }
  b: { unit: furlongs, value: 1 }
states:
  x: { unit: m, start: 5, max: 3 }
  y: { unit: m, start: 0 }
equations:
  der(x): speeed
  der(z): 0
  speed: 1 [m/s] +
  speed2: x
`);
  const codes = found.map((it) => it.split(' ')[1]).sort();
  assert.deepEqual(codes, [
    'EQUATION_MISSING',
    'EQUATION_SYNTAX',
    'NAME_RESERVED',
    'NAME_SYNTAX',
    'NAME_UNKNOWN',
    'NAME_UNKNOWN',
    'UNIT_UNKNOWN',
    'VALUE_OUT_OF_BOUNDS',
  ]);
});

test('a loop is reported with its members', () => {
  assert.deepEqual(
    problems(`
parameters: { k: { unit: "1", value: 1 } }
equations:
  a: b + k
  b: c * 2
  c: a - 1
  d: a + 1
`).map((it) => it.split(' ').slice(1).join(' ')),
    ['EQUATION_LOOP a → b → c → a depend on each other in a loop'],
  );
});

test('intermediates may stand in any order, and long chains are no problem', () => {
  const chain = Array.from({ length: 5000 }, (_, i) => `  x${i}: x${i + 1} + 1`).join('\n');
  const model = compiled(`equations:\n${chain}\n  x5000: 1\n`);
  const root = model.equations.outputs[0] ?? -1;
  assert.deepEqual(model.equations.graph.node(root), { kind: 'constant', value: 5001 });
});

test('equations and states must match one to one', () => {
  const states = 'states: { x: { unit: m, start: 0 } }\n';
  assert.match(problems(states)[0] ?? '', /EQUATION_MISSING `x` has no equation/);
  assert.match(problems(`${states}equations: { der(x): 0, next(x): x }`)[0] ?? '', /EQUATION_DUPLICATE/);
  assert.match(
    problems(`${states}equations: { x: "3 [m]", der(x): 0 }`)[0] ?? '',
    /NAME_TAKEN `x` is a state/,
  );
  assert.match(
    problems(`${states}equations: { der(x): "dt / 1 [s] * 1 [m/s]" }`)[0] ?? '',
    /EQUATION_TARGET `dt`/,
  );
});

test('dt behind an intermediate is found in a rate of change', () => {
  const found = problems('states: { x: { unit: s, start: 0 } }\nequations: { a: dt, der(x): "a / 1 [s]" }');
  assert.match(found[0] ?? '', /EQUATION_TARGET/);
});

test('constants that can never be finite are refused in their place', () => {
  assert.deepEqual(problems('parameters: { a: { unit: "1", value: 1 } }\nequations:\n  b: a + (1 / 0)\n'), [
    '3:11 EQUATION_NOT_FINITE this is no finite number, whatever the inputs',
  ]);
});

test('noise must be positive and in the right unit', () => {
  const state = (noise: string) =>
    `states: { x: { unit: m, start: 0, noise: ${noise} } }\nequations: { der(x): 0 }`;
  assert.equal(compiled(state('2 mm/s^0.5')).states[0]?.noise, 0.002);
  assert.match(problems(state('2 mm'))[0] ?? '', /UNIT_MISMATCH/);
  assert.match(problems(state('0 m/s^0.5'))[0] ?? '', /VALUE_OUT_OF_BOUNDS/);
});

test('uncertainty is a difference, 0 where it is known, and else follows from the noise', () => {
  const states = (keys: string) =>
    `states: { x: { unit: degC, start: 20, ${keys} } }\nequations: { next(x): x }`;
  const rate = (keys: string) =>
    `states: { x: { unit: degC, start: 20, ${keys} } }\nequations: { der(x): 0 }`;
  const of = (body: string) => compiled(body).states[0]?.uncertainty;
  assert.equal(of(states('uncertainty: 2 K')), 2);
  assert.equal(of(states('uncertainty: 2')), 2);
  assert.equal(of(states('uncertainty: 0, noise: 1 K')), 0);
  assert.equal(of(states('noise: 0.3 K')), 3);
  assert.equal(of(rate('noise: 0.1 K/s^0.5')), 0.1 * Math.sqrt(600));
  assert.equal(of(rate('min: 0')), 0);
  assert.deepEqual(problems(states('uncertainty: -1')), [
    '1:52 VALUE_OUT_OF_BOUNDS the uncertainty of `x` is negative',
  ]);
  assert.match(problems(states('uncertainty: 2 bar'))[0] ?? '', /UNIT_MISMATCH/);
  const parameter = (uncertainty: string) =>
    `parameters: { a: { unit: kJ/K, value: 40, uncertainty: ${uncertainty} } }`;
  assert.equal(compiled(parameter('500 J/K')).parameters[0]?.uncertainty, 500);
  assert.match(problems(parameter('0'))[0] ?? '', /VALUE_OUT_OF_BOUNDS/);
});

test('a filter has its defaults, and is refused where it could correct nothing', () => {
  const body = (filter: string, noise: string) =>
    `${filter}\nmeasurements: { level: { equals: "1 [m]", unit: m, ${noise} } }`;
  assert.deepEqual(compiled(body('', 'noise: 1 mm')).filter, {
    method: 'unscented',
    members: 64,
    gate: 5,
    patience: 3,
  });
  assert.deepEqual(compiled(body('filter: { method: ensemble, members: 20, gate: 3 }', 'noise: 1')).filter, {
    method: 'ensemble',
    members: 20,
    gate: 3,
    patience: 3,
  });
  assert.equal(compiled(body('', '')).filter.method, 'none');
  assert.equal(compiled(body('filter: { method: none }', 'noise: 1')).filter.method, 'none');
  assert.deepEqual(problems(body('filter: { method: extended }', '')), [
    '1:19 DOCUMENT_MISSING_KEY no measurement has `noise`, so none can correct a state',
  ]);
  assert.match(problems(body('filter: { method: kalman }', 'noise: 1'))[0] ?? '', /DOCUMENT_TYPE/);
  assert.match(problems(body('filter: { gate: 0 }', 'noise: 1'))[0] ?? '', /DOCUMENT_TYPE/);
  assert.match(problems(body('filter: { members: 1 }', 'noise: 1'))[0] ?? '', /DOCUMENT_TYPE/);
});

test('detection has its defaults, and can be turned off', () => {
  assert.deepEqual(compiled('').detect, { falseAlarmSeconds: 365.25 * 86_400, learnSamples: 300 });
  const given = 'detect: { mean_time_between_false_alarms: 90 d, learn: 1000 }';
  assert.deepEqual(compiled(given).detect, { falseAlarmSeconds: 90 * 86_400, learnSamples: 1000 });
  assert.equal(compiled('detect: { mean_time_between_false_alarms: off }').detect, undefined);
  assert.match(problems('detect: { mean_time_between_false_alarms: 0 d }')[0] ?? '', /DURATION_RANGE/);
  assert.match(problems('detect: { learn: 3 }')[0] ?? '', /DOCUMENT_TYPE/);
});

test('a time has a unit of time and is longer than nothing', () => {
  const body = (step: string, every: string) =>
    `solver: { step: ${step} }\nstates:\n  a: { unit: m, start: 1, every: ${every} }\nequations:\n  next(a): a\n`;
  assert.deepEqual(problems(body('"0.1"', '0 s')), [
    '3:34 DURATION_RANGE `0 s` is no time that passes',
    '1:17 DURATION_SYNTAX `0.1` has no unit of time',
  ]);
  assert.deepEqual(problems(body('5 m', '-1 s')), [
    '3:34 DURATION_RANGE `-1 s` is no time that passes',
    '1:17 UNIT_MISMATCH `m` cannot be converted into `s`',
  ]);
  const model = compiled(body('20 ms', '2 min'));
  assert.deepEqual([model.stepSeconds, model.states[0]?.everySeconds], [0.02, 120]);
});

test('when clauses are checked like equations', () => {
  const body = (when: string) =>
    `states: { x: { unit: m, start: 0 } }\nequations: { der(x): "1 [m/s]" }\nwhen: { full: { ${when} } }`;
  assert.equal(
    compiled(body('condition: "x > 1 [m]", reset: { x: 0 }, raise: full')).whens[0]?.message,
    'full',
  );
  assert.match(problems(body('condition: "x > 1", raise: full'))[0] ?? '', /EQUATION_UNITS/);
  assert.match(problems(body('condition: "x", raise: full'))[0] ?? '', /EQUATION_UNITS/);
  assert.match(problems(body('condition: "x > 1 [m]", reset: { y: 0 }'))[0] ?? '', /NAME_UNKNOWN/);
  assert.match(problems(body('condition: "x > 1 [m]", reset: { x: "1 [s]" }'))[0] ?? '', /EQUATION_UNITS/);
  assert.match(problems(body('condition: "x > 1 [m]"'))[0] ?? '', /DOCUMENT_MISSING_KEY/);
});

test('when a measurement is valid is checked like a condition', () => {
  const body = (valid: string) =>
    `inputs: { flow: { unit: l/min, default: 1 } }
measurements:
  always: { equals: flow, unit: l/min }
  settled: { equals: flow, unit: l/min, valid: ${valid} }`;
  const { validities } = compiled(body('"flow > 5 [l/min]"')).equations;
  assert.deepEqual(
    validities.map((it) => it !== undefined),
    [false, true],
  );
  assert.match(problems(body('flow'))[0] ?? '', /EQUATION_UNITS/);
  assert.match(problems(body('"flow > 5"'))[0] ?? '', /EQUATION_UNITS/);
  assert.match(problems(body('flaw > 0'))[0] ?? '', /NAME_UNKNOWN/);
});

test('an unchecked document computes with its numbers as they stand', () => {
  const model = compiled(`
units: unchecked
inputs: { ambient: { unit: degC, default: 22 } }
states: { temperature: { unit: degC, start: 65 }, rpm: { unit: rpm, start: 1500 } }
equations:
  next(temperature): temperature + (ambient - temperature) * 0.05 * dt
  next(rpm): trunc(rpm * 0.999 + 1500 * 0.001)
`);
  assert.equal(model.inputs[0]?.default, 22);
  assert.equal(model.states[0]?.start, 65);
  assert.equal(model.states[1]?.unit.symbol, 'rpm');
});

test('names are checked in every section', () => {
  assert.match(problems('parameters: { pump.speed: { unit: rpm, value: 1 } }')[0] ?? '', /NAME_RESERVED/);
  assert.match(problems('parameters: { max: { unit: rpm, value: 1 } }')[0] ?? '', /NAME_RESERVED/);
  assert.match(
    problems(
      'inputs: { a: { unit: m } }\nstates: { a: { unit: m, start: 0 } }\nequations: { der(a): 0 }',
    )[0] ?? '',
    /NAME_TAKEN/,
  );
  assert.match(
    problems('inputs: { a: { unit: m } }\nmeasurements: { a: { equals: a, unit: m } }')[0] ?? '',
    /NAME_TAKEN/,
  );
});

test('no document makes the compiler throw', () => {
  const odd = [
    '',
    '[]',
    'null',
    '3',
    '{}',
    'gemel: 1',
    'states: 3',
    `${head}equations: { der(x): [1] }`,
    `${head}states: { x: }`,
    `${head}health: { a: { of: x, nominal: 1, fails: soon } }`,
  ];
  for (const text of odd) {
    const { model, diagnostics } = compileModel({ file: 'm.yaml', text });
    assert.ok(model !== undefined || diagnostics.length > 0, text);
  }
});

test('a model of too many operations is told at the formula that is one too many', () => {
  // Each begins with another number, so that none is the same as a part of another.
  const long = '-a-b'.repeat(99);
  const lines = Array.from({ length: 2600 }, (_, i) => `  e${i}: ${i}${long}\n`);
  const body = `units: unchecked\nparameters:\n  a: { unit: "1", value: 1 }\n  b: { unit: "1", value: 1 }\nequations:\n${lines.join('')}`;
  const { model, diagnostics } = compileModel({ file: 'm.yaml', text: head + body });
  assert.equal(model, undefined);
  const [{ code, message, hint, place } = {}] = diagnostics;
  assert.deepEqual([code, hint], ['MODEL_TOO_LARGE', 'split the machine into several models']);
  assert.match(message ?? '', /the equations need more than 500000 operations/);
  // Each has its number, which counts too, and 198 operations: 500,000 / 199 of them fit.
  assert.equal(place?.line, 3 + 6 + Math.floor((500_000 - 5) / 199));
});

test('`migrates` is checked as far as one version alone tells', () => {
  const body = (migrates: string) =>
    `states: { x: { unit: m, start: 0 } }\nequations: { der(x): 0 }\nmigrates: ${migrates}\n`;
  compiled(body('{ from: ">=0.1.0 <1.0.0", states: { x: whatever * 2 } }'));
  assert.deepEqual(problems(body('{ from: 1.x, states: { y: 1, x: 2 * }, parameters: { x: 1 } }')), [
    '3:19 VERSION_RANGE `1.x` is no range of versions',
    '3:34 NAME_UNKNOWN `y` is not a state of this version',
    '3:46 EQUATION_SYNTAX a value is missing after `*`',
    '3:64 NAME_UNKNOWN `x` is not a parameter of this version',
  ]);
});
