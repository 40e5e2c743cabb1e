/** Compiled C against the JavaScript oracle: to the last bit where it must be, within stated bounds elsewhere. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  binaryOperators,
  Graph,
  type NodeId,
  type UnaryOperator,
  unaryOperators,
} from '../../../src/core/graph/index.ts';
import { type Backend, javascriptBackend, type Program } from '../../../src/core/kernel/index.ts';
import { compileModel } from '../../../src/core/model/index.ts';
import { createStepper, simulate, type Trajectory } from '../../../src/core/solve/index.ts';
import { anyDouble, buildRecipe, edges, type Operation, recipes } from '../../core/graph/reference.ts';
import { open, ulpsBetween, withoutCompiler } from './support.ts';

fc.configureGlobal({ seed: 20261122 });

const root = join(import.meta.dirname, '../../..');
const options = { skip: withoutCompiler };
const inputs = 4;

const exactUnary = ['neg', 'not', 'abs', 'sqrt', 'sign', 'floor', 'trunc', 'round'] as const;
const isExact = (operator: string): boolean =>
  exactUnary.some((name) => name === operator) ||
  (binaryOperators.some((name) => name === operator) && operator !== 'pow' && operator !== 'atan2');

/**
 * The worst of C's own functions beside V8's: both are within 1 ulp of the true value, `pow` and `tan` of V8 a little
 * more. Those of the fast mode are at most 3 from V8's at 400,000 points.
 */
const ulpLimit = { strict: 2, fast: 4 } as const;

/** Runs a program over lanes whose first slots are given, lane by lane. */
function run(backend: Backend, program: Program, lanes: readonly (readonly number[])[]): Float64Array {
  const slots = Math.max(inputs, ...program.writes.map(({ slot }) => slot + 1));
  const capacity = lanes.length;
  const memory = new Float64Array(slots * capacity);
  for (const [lane, values] of lanes.entries())
    for (const [slot, value] of values.entries()) memory[slot * capacity + lane] = value;
  backend(program)({ memory, capacity, from: 0, to: capacity });
  return memory;
}

function programOf(recipe: readonly Operation[]): Program {
  const graph = new Graph();
  const nodes = buildRecipe(graph, recipe);
  return { graph, writes: nodes.map((node, index) => ({ slot: inputs + index, node })) };
}

/** All operators in one program, each over the first two slots. */
function everyOperator(): { readonly program: Program; readonly operators: readonly string[] } {
  const graph = new Graph();
  const [x, y] = [graph.load(0), graph.load(1)];
  const nodes: [string, NodeId][] = [
    ...unaryOperators.map((operator): [string, NodeId] => [operator, graph.unary(operator, x)]),
    ...binaryOperators.map((operator): [string, NodeId] => [operator, graph.binary(operator, x, y)]),
    ...[0, -0, 3, -2.5, Infinity].flatMap((value): [string, NodeId][] => [
      ['min', graph.binary('min', x, graph.constant(value))],
      ['max', graph.binary('max', graph.constant(value), x)],
    ]),
    ...[0.8, -0.5, 1.852, 1, -1, -2, 2.5].map((value): [string, NodeId] => [
      'pow',
      graph.binary('pow', x, graph.constant(value)),
    ]),
    ['not', graph.unary('not', graph.binary('lt', x, y))],
    ['add', graph.binary('add', graph.binary('lt', x, y), graph.binary('ne', x, y))],
    ['and', graph.select(graph.binary('and', x, graph.binary('le', x, y)), x, y)],
  ];
  const writes = nodes.map(([, node], index) => ({ slot: 2 + index, node }));
  return { program: { graph, writes }, operators: nodes.map(([operator]) => operator) };
}

for (const mode of ['strict', 'fast'] as const) {
  test(`every operator at the edges of the doubles, ${mode}`, options, async () => {
    const { program, operators } = everyOperator();
    const lanes = edges.flatMap((x) => edges.map((y) => [x, y]));
    const { backend, reasons } = await open({ mode });
    const [found, expected] = [run(backend, program, lanes), run(javascriptBackend, program, lanes)];
    assert.deepEqual(reasons, []);
    for (const [index, operator] of operators.entries()) {
      const limit = isExact(operator) ? 0 : ulpLimit[mode];
      for (const [lane, [x, y]] of lanes.entries()) {
        const at = (2 + index) * lanes.length + lane;
        const [a, b] = [found[at]!, expected[at]!];
        assert.ok(ulpsBetween(a, b) <= limit, `${operator}(${x}, ${y}): ${a}, and in JavaScript ${b}`);
      }
    }
  });

  test(`elementary functions at random points are as near as stated, ${mode}`, options, async () => {
    const elementary = unaryOperators.filter((operator) => !isExact(operator));
    const graph = new Graph();
    const x = graph.load(0);
    const nodes: [string, NodeId][] = [
      ...elementary.map((operator: UnaryOperator): [string, NodeId] => [operator, graph.unary(operator, x)]),
      ['pow', graph.binary('pow', x, graph.load(1))],
      ...[0.8, 1.852, -0.7, 1 / 3, -1.9].map((value): [string, NodeId] => [
        `pow ${value}`,
        graph.binary('pow', x, graph.constant(value)),
      ]),
      ['atan2', graph.binary('atan2', x, graph.load(1))],
    ];
    const writes = nodes.map(([, node], index) => ({ slot: 2 + index, node }));
    const random = fc.sample(fc.tuple(anyDouble, fc.double({ min: -20, max: 20, noNaN: true })), {
      numRuns: 5000,
      seed: 20261122,
    });
    const { backend } = await open({ mode });
    const [found, expected] = [backend, javascriptBackend].map((each) =>
      run(each, { graph, writes }, random),
    );
    for (const [index, [operator]] of nodes.entries()) {
      for (const [lane, [a, b]] of random.entries()) {
        const at = (2 + index) * random.length + lane;
        const apart = ulpsBetween(found![at]!, expected![at]!);
        assert.ok(
          apart <= ulpLimit[mode],
          `${operator}(${a}, ${b}): ${found![at]}, and in JavaScript ${expected![at]}: ${apart} ulp`,
        );
      }
    }
  });
}

test('random programs without elementary functions give the same bits, strict', options, async () => {
  const { backend, reasons } = await open({ mode: 'strict' });
  const exact = recipes(inputs, 120).map((recipe) =>
    recipe.map((operation): Operation => {
      if (operation.kind === 'unary' && !isExact(operation.operator))
        return { ...operation, operator: 'sqrt' };
      if (operation.kind === 'binary' && !isExact(operation.operator))
        return { ...operation, operator: 'div' };
      return operation;
    }),
  );
  const lane = fc.array(anyDouble, { minLength: inputs, maxLength: inputs });
  const lanes = fc.array(lane, { minLength: 19, maxLength: 19 });
  fc.assert(
    fc.property(exact, lanes, (recipe, values) => {
      const program = programOf(recipe);
      // As plain arrays, since the sign and payload of NaN do not count.
      assert.deepEqual([...run(backend, program, values)], [...run(javascriptBackend, program, values)]);
    }),
    { numRuns: 25 },
  );
  assert.deepEqual(reasons, []);
});

test('lanes outside the range keep every bit, and all reads come before all writes', options, async () => {
  const graph = new Graph();
  const [a, b] = [graph.load(0), graph.load(1)];
  const writes = [
    { slot: 0, node: graph.binary('add', b, b) },
    { slot: 1, node: a },
  ];
  const { backend } = await open();
  const kernel = backend({ graph, writes });
  const capacity = 40;
  for (const [from, to] of [
    [0, 40],
    [3, 4],
    [5, 38],
    [7, 7],
  ] as const) {
    const memory = Float64Array.from({ length: 2 * capacity }, (_, i) => i);
    kernel({ memory, capacity, from, to });
    for (let lane = 0; lane < capacity; lane++) {
      const inside = lane >= from && lane < to;
      assert.equal(memory[lane], inside ? 2 * (capacity + lane) : lane);
      assert.equal(memory[capacity + lane], inside ? lane : capacity + lane);
    }
  }
});

test('many steps in one call are as many calls of one', options, async () => {
  const graph = new Graph();
  const [state, rate, other] = [graph.load(0), graph.load(1), graph.load(2)];
  const gain = graph.binary('div', graph.unary('exp', rate), other);
  const next = graph.binary('add', graph.binary('mul', state, gain), graph.binary('div', state, other));
  const writes = [
    { slot: 0, node: next },
    { slot: 3, node: graph.binary('lt', rate, other) },
  ];
  for (const mode of ['strict', 'fast'] as const) {
    const { backend } = await open({ mode });
    const kernel = backend({ graph, writes });
    const memories = [0, 1].map(() => Float64Array.from({ length: 4 * 71 }, (_, i) => 1 + (i % 13) / 7));
    const [once, often] = memories.map((memory) => ({ memory, capacity: 71, from: 1, to: 70 }));
    kernel(once!, 5);
    for (let i = 0; i < 5; i++) kernel(often!);
    assert.deepEqual(memories[0], memories[1]);
    kernel(once!, 0);
    assert.deepEqual(memories[0], memories[1]);
  }
});

test('memory that is shared between threads is computed in place', options, async () => {
  const graph = new Graph();
  const { backend } = await open();
  const kernel = backend({ graph, writes: [{ slot: 0, node: graph.unary('neg', graph.load(0)) }] });
  const memory = new Float64Array(new SharedArrayBuffer(80), 16, 8).fill(2);
  kernel({ memory, capacity: 8, from: 2, to: 8 });
  assert.deepEqual([...memory], [2, 2, -2, -2, -2, -2, -2, -2]);
});

test('lanes or slots outside the memory are refused before any is touched', options, async () => {
  const graph = new Graph();
  const { backend } = await open();
  const kernel = backend({ graph, writes: [{ slot: 2, node: graph.load(0) }] });
  const memory = new Float64Array(5);
  for (const lanes of [
    { capacity: 2, from: 0, to: 1 },
    { capacity: 1, from: 0, to: 2 },
    { capacity: 1, from: -1, to: 1 },
    { capacity: 1, from: NaN, to: 1 },
    { capacity: 1.5, from: 0, to: 1 },
    { capacity: 1, from: 0.5, to: 1 },
  ]) {
    assert.throws(() => kernel({ memory, ...lanes }), { code: 'SHAPE_MISMATCH' });
  }
});

/** Tolerance of states after a minute, relative to the largest value that the state has had. */
const models: readonly (readonly [path: string, inputs: Record<string, number>])[] = [
  ['examples/pump-station/models/station-pump.yaml', { speed_setpoint: 300 }],
  ['bench/models/pump.yaml', {}],
];

for (const [path, given] of models) {
  const { model } = compileModel({ file: path, text: readFileSync(join(root, path), 'utf8') });
  assert.ok(model);
  for (const [mode, tolerance] of [
    ['strict', 1e-13],
    ['fast', 1e-11],
  ] as const) {
    test(`${model.id}: a minute is the same within ${tolerance}, ${mode}`, options, async () => {
      const { backend, reasons } = await open({ mode });
      const [found, expected]: Trajectory[] = [backend, javascriptBackend].map((each) =>
        simulate(model, { seconds: 60, everySeconds: 10, inputs: given, backend: each }),
      );
      assert.deepEqual(reasons, []);
      assert.ok(found && expected);
      assert.deepEqual(found.time, expected.time);
      assert.deepEqual(found.fired, expected.fired);
      for (const [index, { name }] of model.states.entries()) {
        const ours: Float64Array = found.values[index]!;
        const theirs: Float64Array = expected.values[index]!;
        const scale = Math.max(...Array.from(theirs, Math.abs), 1e-9);
        for (const [row, value] of ours.entries())
          assert.ok(Math.abs(value - theirs[row]!) <= tolerance * scale, `${name}: ${value}, ${theirs[row]}`);
      }
    });
  }
}

test('a lane that overflows is flagged, and its neighbours go on untouched', options, async () => {
  const { model } = compileModel({
    file: 'grow.yaml',
    text: 'gemel: 1\nmodel: grow\nversion: 1.0.0\nunits: unchecked\nstates: { x: { unit: "1", start: 1 } }\nequations: { der(x): x^3 }\n',
  });
  assert.ok(model);
  for (const mode of ['strict', 'fast'] as const) {
    const { backend } = await open({ mode });
    const stepper = createStepper(model, { backend });
    const { layout } = stepper;
    const capacity = 16;
    const memory = new Float64Array(layout.slots * capacity);
    for (let lane = 0; lane < capacity; lane++) {
      const states = Float64Array.of(lane === 5 ? 1e200 : 0.01 * lane);
      const none = new Float64Array();
      stepper.initialise(memory, capacity, lane, { parameters: none, inputs: none, states });
    }
    const lanes = { memory, capacity, from: 0, to: capacity };
    stepper.beginTick(lanes);
    for (let i = 0; i < 3; i++) stepper.substep(lanes);
    stepper.endTick(lanes);
    const finite = [...memory.subarray(layout.finite * capacity, (layout.finite + 1) * capacity)];
    assert.deepEqual(
      finite,
      finite.map((_, lane) => (lane === 5 ? 0 : 1)),
    );
    assert.equal(memory[layout.offender * capacity + 5], 0);
    const [x] = [...memory.subarray(layout.states * capacity + 15)];
    assert.ok(x! > 0.15 && x! < 0.16, `${x}`);
  }
});

test('steps of the adaptive methods have the bits of JavaScript in strict C', options, async () => {
  const document = (method: string): string => `gemel: 1
model: machine
version: 1.0.0
units: unchecked
solver: { method: ${method}, tolerance: 1e-7 }
states:
  x: { unit: "1", start: 2 }
  y: { unit: "1", start: 0 }
  height: { unit: "1", start: 1, min: 0 }
  speed: { unit: "1", start: 0 }
equations:
  der(x): y
  der(y): 50 * (1 - x * x) * y - x
  der(height): speed
  der(speed): -9.81
when:
  bounce: { condition: "height < 0", reset: { speed: -0.6 * speed } }
`;
  for (const method of ['tsit5', 'rodas5p', 'auto']) {
    const { model } = compileModel({ file: 'machine.yaml', text: document(method) });
    assert.ok(model);
    const { backend } = await open({ mode: 'strict' });
    const [native, oracle] = [backend, javascriptBackend].map((each) =>
      simulate(model, { seconds: 4, backend: each }),
    );
    assert.deepEqual(native, oracle);
    assert.equal(oracle?.stopped, undefined);
  }
});

test('subnormal numbers stay what they are in JavaScript once a library is loaded', options, async () => {
  const { backend } = await open({ mode: 'fast' });
  const graph = new Graph();
  const half = graph.binary('mul', graph.load(0), graph.constant(0.5));
  const memory = Float64Array.of(2e-310);
  backend({ graph, writes: [{ slot: 0, node: half }] })({ memory, capacity: 1, from: 0, to: 1 });
  assert.equal(memory[0], 1e-310);
  const half310 = Number('2e-310') * Number('0.5');
  assert.equal(half310, 1e-310);
});
