/** Differences of models: what is one and what is not, what it is called, and what both do. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { describeDifference } from '../../../src/core/difference/index.ts';
import { compileModel, type Model } from '../../../src/core/model/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';
import { near } from '../estimate/near.ts';

function modelOf(body: string, version = '1.0.0'): Model {
  const text = `gemel: 1\nmodel: m\nversion: ${version}\n${body}`;
  const { model, diagnostics } = compileModel({ file: `${version}.yaml`, text });
  assert.ok(model, `${JSON.stringify(diagnostics)}\n${body}`);
  return model;
}

const between = (before: string, after: string) =>
  describeDifference(modelOf(before, '1.0.0'), modelOf(after, '2.0.0'), { seconds: 60 });

/** A model of pure numbers with one formula. */
const formula = (text: string, more = '') => `
parameters: { a: { unit: "1", value: 2, min: 1, max: 3 }, b: { unit: "1", value: 3, min: 1, max: 4 }, c: { unit: "1", value: 0.7 } }
inputs: { u: { unit: "1", default: 1 } }
states: { x: { unit: "1", start: 1.5 }, y: { unit: "1", start: 0.4 } }
equations:
  y_out: ${text}
  der(x): 0 [1/s]
  der(y): 0 [1/s]
${more}`;

for (const [before, after] of [
  ['a * x + b * y', 'y * b + x * a'],
  ['a + b + c', 'a + (c + b)'],
  ['a * (b * c)', '(a * b) * c'],
  ['(a - b) / c', 'a / c - b / c'],
  ['-(a - b)', 'b - a'],
  ['2 * (a + b)', 'a + b + a + b'],
  ['x^2', 'x * x'],
  ['(a + b)^2', 'a^2 + 2 * a * b + b^2'],
  ['a / (1 / b)', 'a * b'],
  ['sqrt(a * x)', '(x * a)^0.5'],
  ['exp(-(a + b))', 'exp(-a - b)'],
  ['exp(a) * exp(b)', 'exp(a + b)'],
  ['sin(a)^2 + cos(a)^2', '1'],
  ['max(a, max(b, c))', 'max(c, b, a)'],
  ['if(a > b, x, y)', 'if(b < a, x, y)'],
  ['tanh(u - x)', '-tanh(x - u)'],
  ['0.1 * 3 * 0.7 * a', '0.7 * 3 * (a * 0.1)'],
] as const) {
  test(`${before} is ${after}, only written differently`, () => {
    const { same, equations } = between(formula(before), formula(after));
    assert.deepEqual(equations, []);
    assert.ok(same);
  });
}

for (const [before, after, ...meaning] of [
  ['a * x', '1.1 * a * x', 'multiplied by 1.1 (+10 %)'],
  ['a * x + b * y', '0.5 * (a * x + b * y)', 'multiplied by 0.5 (−50 %)'],
  ['a - b', 'b - a', 'the sign is reversed'],
  ['a * x', 'a * x + b * y', 'the term b·y is new'],
  ['a * x - b', 'a * x', 'the term −b is gone'],
  ['a * x - b * y', 'a * x - 0.9 * b * y', 'the term −b·y is multiplied by 0.9 (−10 %)'],
  ['a * x / b', 'a * x * u / b', 'multiplied by u'],
  ['a * x', 'a * x * (1 + c * (u - 2))', 'multiplied by ((u − 2)·c + 1)'],
  ['a * x^2 + y', 'a * x^1.8 + y'],
  ['a * x + y', 'a * x^2 + y', 'the term a·x is multiplied by x'],
  ['a + x', 'a + x + c * (u - y) / b', 'the term (u − y)·c/b is new'],
  ['sin(a)', 'cos(a)'],
  ['exp(-0.04 * a)', 'exp(-0.0400000001 * a)'],
  ['0.62 * a', '0.62000000001 * a', 'multiplied by 1 (+1.61e-9 %)'],
  ['min(a, 2)', 'min(a, 2.00000001)'],
  ['min(a, 1e9)', 'a'],
  ['a + 1e-12 * b', 'a', 'the term 1e−12·b is gone'],
] as const) {
  test(`${before} becomes ${after}: ${meaning.join('; ') || 'shown, not described'}`, () => {
    const { same, equations } = between(formula(before), formula(after));
    assert.ok(!same);
    assert.equal(equations.length, 1);
    assert.equal(equations[0]?.of, 'y_out');
    if (before !== 'a * x^2 + y') assert.deepEqual(equations[0]?.meaning, meaning);
  });
}

test('a formula is the same however its operands are shuffled and grouped, and another if one number is', () => {
  const rng = new Rng(7);
  const names = ['a', 'b', 'c', 'x', 'y', 'u', '2', '0.3'];
  type Tree = string | { readonly operator: '+' | '*'; readonly parts: readonly Tree[] };
  const grow = (depth: number, operator: '+' | '*'): Tree => {
    if (depth === 0) return names[rng.below(names.length)] ?? 'a';
    const parts = Array.from({ length: 2 + rng.below(2) }, () =>
      grow(depth - 1, operator === '+' ? '*' : '+'),
    );
    return { operator, parts };
  };
  const write = (tree: Tree): string => {
    if (typeof tree === 'string') return tree;
    const rest = tree.parts.map(write);
    let text = '';
    while (rest.length > 0) {
      const [next = ''] = rest.splice(rng.below(rest.length), 1);
      text =
        text === ''
          ? next
          : rng.below(2) === 0
            ? `(${text} ${tree.operator} ${next})`
            : `(${next} ${tree.operator} ${text})`;
    }
    return text;
  };
  for (let round = 0; round < 25; round++) {
    const tree = grow(3, '+');
    const [first, second] = [write(tree), write(tree)];
    assert.ok(between(formula(first), formula(second)).same, `${first}\n${second}`);
    assert.ok(!between(formula(first), formula(`${second} + 0.001 * a`)).same, first);
  }
});

const tank = (body: { readonly parameters?: string; readonly level?: string; readonly head?: string }) => `
inputs: { inflow: { unit: l/min, min: 0, max: 200, default: 12 } }
parameters:
${body.parameters ?? '  area: { unit: m^2, value: 1.5 }'}
states: { level: { unit: m, ${body.level ?? 'start: 1, min: 0, noise: 1 mm/s^0.5'} } }
equations:
  der(level): (inflow - outflow) / area
  outflow: ${body.head ?? '0.62'} * 4 [cm2] * sqrt(2 * 9.81 [m/s2] * level)
measurements: { level_sensor: { equals: level, unit: mm, noise: 5 mm } }
`;

test('order, comments, spacing, titles and other units of the same values are no difference', () => {
  const other = `
# Another hand.
measurements: { level_sensor: { noise: 0.5 cm, unit: mm, equals: level } }
equations: { outflow: "0.62*sqrt( level*2*9.81 [m/s2] )*4 [cm2]", der(level): inflow / area - outflow / area }
states: { level: { unit: m, title: Level, start: 100 cm, min: 0, noise: 0.1 cm/s^0.5 } }
parameters: { area: { unit: m^2, value: 15000 cm2 } }
inputs: { inflow: { unit: l/min, max: 12 m3/h, min: 0, default: 0.2 l/s } }
`;
  const difference = between(tank({}), other);
  assert.deepEqual([difference.signals, difference.equations, difference.settings], [[], [], []]);
  assert.ok(difference.same && difference.words);
  assert.deepEqual(
    difference.behaviour && 'deviations' in difference.behaviour && difference.behaviour.deviations,
    [],
  );
});

test('values, bounds, noises and units are told in the unit of the model, with the change', () => {
  const { signals, same } = between(
    tank({}),
    tank({
      parameters: '  area: { unit: cm^2, value: 18000, min: 1 }',
      level: 'start: 0.5, noise: 2 mm/s^0.5',
    }),
  );
  assert.ok(!same);
  assert.deepEqual(signals, [
    {
      group: 'parameter',
      name: 'area',
      unit: 'cm^2',
      kind: 'changed',
      changes: [
        { what: 'unit', before: 'm^2', after: 'cm^2' },
        { what: 'value', before: 1.5, unitBefore: 'm^2', after: 18000, unit: 'cm^2', percent: 20 },
        { what: 'min', after: 1, unit: 'cm^2' },
      ],
    },
    {
      group: 'state',
      name: 'level',
      unit: 'm',
      kind: 'changed',
      changes: [
        { what: 'start', before: 1, unitBefore: 'm', after: 0.5, unit: 'm', percent: -50 },
        { what: 'noise', before: 0.001, unitBefore: 'm/s^0.5', after: 0.002, unit: 'm/s^0.5', percent: 100 },
        { what: 'min', before: 0, unitBefore: 'm' },
      ],
    },
  ]);
});

test('a temperature reading changes by kelvins, not by percent', () => {
  const room = (start: number) => `
states: { room: { unit: degC, start: ${start}, noise: 0.1 K/s^0.5 } }
equations: { der(room): 0 }`;
  const [change] = between(room(20), room(24)).signals[0]?.changes ?? [];
  assert.deepEqual(change, {
    what: 'start',
    before: 20,
    unitBefore: 'degC',
    after: 24,
    unit: 'degC',
    difference: 4,
  });
});

test('a change is told where it was made, and what reads it is told to change through it', () => {
  const { equations } = between(tank({}), tank({ head: '0.65' }));
  assert.deepEqual(
    equations.map(({ of, kind, through, meaning }) => ({ of, kind, through, meaning })),
    [
      { of: 'der(level)', kind: 'changed', through: ['outflow'], meaning: [] },
      { of: 'outflow', kind: 'changed', through: undefined, meaning: ['multiplied by 1.04839 (+4.84 %)'] },
    ],
  );
  assert.equal(equations[1]?.before, '0.62 * 4 [cm2] * sqrt(2 * 9.81 [m/s2] * level)');
});

test('renamed and otherwise expressed states are the same machine, by the rules of `migrates`', () => {
  const machine = (states: string, equations: string, more = '') => `
states: { oil: { unit: degC, start: 35 }, ${states} }
equations: { der(oil): "(2 [kW] - cooling) / 40 [kJ/K]", ${equations} }
outputs: { cooling: { unit: W } }
${more}`;
  const before = machine(
    'cooler: { unit: W/K, start: 100, min: 10, max: 400 }, fouling: { unit: "1", start: 0 }',
    'cooling: "cooler * (oil - 20 [degC])", der(cooler): "-cooler / 9 [h]", der(fouling): "1e-6 [1/s]"',
  );
  const after = machine(
    'resistance: { unit: K/W, start: 0.01 }, dirt: { unit: "1", start: 0 }',
    'cooling: "(oil - 20 [degC]) / resistance", der(resistance): "resistance / 9 [h]", der(dirt): "1e-6 [1/s]"',
    'migrates: { states: { resistance: 1 / cooler, dirt: fouling } }',
  );
  const { equations, signals, behaviour } = between(before, after);
  assert.deepEqual(equations, []); // d(1/c)/dt = −ċ/c² = (1/c)/9 h
  assert.deepEqual(
    signals.map(({ name, kind, was, from }) => ({ name, kind, was, from })),
    [
      { name: 'resistance', kind: 'added', was: undefined, from: '1 / cooler' },
      { name: 'dirt', kind: 'renamed', was: 'fouling', from: undefined },
      { name: 'cooler', kind: 'removed', was: undefined, from: undefined },
    ],
  );
  assert.deepEqual(
    behaviour && 'deviations' in behaviour && behaviour.deviations.map(({ name }) => name),
    [],
  );
  const faster = after.replace('resistance / 9 [h]', 'resistance / 6 [h]');
  const [only] = between(before, faster).equations;
  assert.deepEqual([only?.of, only?.meaning], ['der(resistance)', ['multiplied by 1.5 (+50 %)']]);
});

test('names that change hands are not mixed up', () => {
  // a becomes b, and the b there was is gone: what read the old b reads another quantity now.
  const one = '{ unit: "1", start: 1 }';
  const { equations } = between(
    `states: { a: ${one}, b: ${one} }\nequations: { next(a): a, next(b): b, q: a - b }`,
    `states: { b: ${one} }\nequations: { next(b): b, q: b - b }\nmigrates: { states: { b: a } }`,
  );
  assert.deepEqual(
    equations.map(({ of, kind }) => `${of} ${kind}`),
    ['next(b) removed', 'q changed'],
  );
});

test('a renamed equation is not a new one, and settings, events and healths are compared', () => {
  const machine = (name: string, more: string) => `
states: { level: { unit: m, start: 1 } }
equations: { der(level): "-${name} / 1 [m2]", ${name}: "0.1 [m2/s] * level" }
${more}`;
  const { equations, signals, settings } = between(
    machine('outflow', 'when: { low: { condition: "level < 0.2 [m]", raise: low } }\nsolver: { step: 1 s }'),
    machine(
      'drain',
      'when: { low: { condition: "level < 0.3 [m]", raise: low, severity: critical } }\nhealth: { seal: { of: drain, nominal: 0.1, fails: above 0.2 } }',
    ),
  );
  assert.deepEqual(
    equations.map(({ of, kind, was }) => [of, kind, was]),
    [
      ['drain', 'renamed', 'outflow'],
      ['when low', 'changed', undefined],
    ],
  );
  assert.deepEqual(
    signals.map(({ name, kind, was }) => [name, kind, was]),
    [['drain', 'renamed', 'outflow']],
  );
  assert.deepEqual(settings, [
    { what: 'solver.step', before: '1 s', after: '0.1 s' },
    { what: 'when low.severity', before: 'warning', after: 'critical' },
    { what: 'health seal', after: 'drain, new at 0.1 m³/s, fails above 0.2 m³/s' },
  ]);
});

test('both are simulated from the same start, and the largest distance is that of the closed form', () => {
  const decay = (seconds: number) => `
states: { x: { unit: m, start: 1 } }
equations: { der(x): "-x / ${seconds} [s]" }`;
  // e^(−t/11) − e^(−t/10) is largest at t = 110·ln(1.1).
  const t = 110 * Math.log(1.1);
  const { behaviour } = describeDifference(modelOf(decay(10)), modelOf(decay(11), '1.1.0'), {
    seconds: 2 * t,
  });
  assert.ok(behaviour && 'deviations' in behaviour);
  const [x] = behaviour.deviations;
  assert.ok(x);
  near(x.atSeconds, t, 1e-5);
  near(x.largest, Math.exp(-t / 11) - Math.exp(-t / 10), 1e-6);
  near(x.endBefore, Math.exp(-t / 5), 1e-6);
});

test('what cannot migrate is said, and compared all the same', () => {
  const machine = (unit: string, start: string) =>
    `states: { p: { unit: ${unit}, start: ${start} } }\nequations: { der(p): 0 }`;
  const difference = between(machine('bar', '1'), machine('degC', '20'));
  assert.deepEqual(difference.migration, ['`p` was in bar in m@1.0.0, and is in degC in m@2.0.0']);
  assert.deepEqual(difference.signals[0]?.changes[0], { what: 'unit', before: 'bar', after: 'degC' });
  assert.ok(difference.behaviour && 'why' in difference.behaviour);
  assert.equal(describeDifference(modelOf(tank({})), modelOf(tank({}))).behaviour, undefined);
});
