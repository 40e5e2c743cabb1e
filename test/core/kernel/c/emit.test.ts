/** The text of C programs. What it computes is tested with the compiler, in test/adapters/native. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../../src/core/graph/index.ts';
import { compilerFlags, programToC } from '../../../../src/core/kernel/index.ts';

test('a program is a text that a person can read, with the names of its slots', () => {
  const graph = new Graph();
  const [level, inflow, step] = [graph.load(0), graph.load(1), graph.load(2)];
  const outflow = graph.binary('mul', graph.constant(0.5), graph.unary('sqrt', level));
  const change = graph.binary('mul', step, graph.binary('sub', inflow, outflow));
  const text = programToC(
    { graph, writes: [{ slot: 0, node: graph.binary('add', level, change) }] },
    { mode: 'strict', nameOf: (slot) => ['level', 'inflow', 'step */ #error'][slot] },
  );
  assert.equal(
    text,
    `/* 8 operations over 3 slots of a block; made by Gemel. */

#include <math.h>
#include <stdint.h>

/* Slot s of lane j is memory[s * capacity + j]. */
void kernel(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times) {
  for (int64_t first = from; first < to; first += 32) {
    const int64_t lanes = to - first < 32 ? to - first : 32;
    double *const restrict s0 = memory + 0 * capacity + first; /* level */
    double *const restrict s1 = memory + 1 * capacity + first; /* inflow */
    double *const restrict s2 = memory + 2 * capacity + first; /* step ?? ?error */
    for (int64_t step = 0; step < times; step++) {
#pragma omp simd
      for (int64_t lane = 0; lane < lanes; lane++) {
        const double x0 = s0[lane]; /* level */
        const double x1 = s1[lane]; /* inflow */
        const double x2 = s2[lane]; /* step ?? ?error */
        s0[lane] = x0 + (x2 * (x1 - (0.5 * sqrt(x0)))); /* level */
      }
    }
  }
}
`,
  );
});

test('a value that is used twice is computed once', () => {
  const graph = new Graph();
  const sum = graph.binary('add', graph.load(0), graph.load(1));
  const text = programToC(
    { graph, writes: [{ slot: 2, node: graph.binary('mul', sum, sum) }] },
    { mode: 'strict' },
  );
  assert.match(text, /const double v0 = x0 \+ x1;\n {8}s2\[lane\] = v0 \* v0;/);
});

test('what no step changes is computed before the steps, and divided by only there', () => {
  const graph = new Graph();
  const [level, area, valve] = [graph.load(0), graph.load(1), graph.load(2)];
  const opening = graph.unary('exp', valve);
  const outflow = graph.binary('div', graph.binary('mul', opening, level), area);
  const program = { graph, writes: [{ slot: 0, node: graph.binary('sub', level, outflow) }] };
  const [before, steps] = programToC(program, { mode: 'fast' }).split('int64_t step = 0');
  assert.match(before ?? '', /const double v0 = inline_exp\(x2\);\n.*const double r_x1 = 1\.0 \/ x1;/);
  assert.match(steps ?? '', /s0\[lane\] = x0 - \(\((?:v0 \* x0|x0 \* v0)\) \* r_x1\);/);
  assert.doesNotMatch(steps ?? '', /inline_exp|\/|x2/);
  const [, strict] = programToC(program, { mode: 'strict' }).split('int64_t step = 0');
  assert.match(strict ?? '', /\/ x1/);
});

test('constants are doubles that read back as they are', () => {
  const graph = new Graph();
  const values = [1, -2.5, 1e300, 5e-324, -0, Infinity, -Infinity, NaN];
  const writes = values.map((value, slot) => ({ slot, node: graph.constant(value) }));
  const text = programToC({ graph, writes }, { mode: 'strict' });
  const written = [...text.matchAll(/\[lane\] = (.*);/g)].map((match) => match[1]);
  assert.deepEqual(written, [
    '1.0',
    '(-2.5)',
    '1e+300',
    '5e-324',
    '(-0.0)',
    'INFINITY',
    '(-INFINITY)',
    'NAN',
  ]);
});

test('a program too large for a C compiler is refused with its size', () => {
  const graph = new Graph();
  let node = graph.load(0);
  for (let i = 0; i < 50_001; i++) node = graph.unary(i % 2 ? 'sin' : 'cos', node);
  assert.throws(() => programToC({ graph, writes: [{ slot: 0, node }] }, { mode: 'fast' }), {
    code: 'MODEL_TOO_LARGE',
    message: /50002 operations/,
  });
});

test('no mode lets the compiler forget NaN or flush subnormals for the whole process', () => {
  for (const mode of ['strict', 'fast'] as const) {
    for (const flag of [...compilerFlags(mode, 'gcc'), ...compilerFlags(mode, 'clang')])
      assert.doesNotMatch(flag, /-ffast-math|-Ofast|-funsafe-math|finite-math-only|associative/);
  }
});

test('the fast mode writes exp, tanh, pow and small whole powers out; the strict mode calls them', () => {
  const graph = new Graph();
  const x = graph.load(0);
  const power = (exponent: number) => graph.binary('pow', x, graph.constant(exponent));
  const nodes = [
    graph.unary('exp', x),
    graph.unary('tanh', x),
    graph.unary('sin', x),
    power(0.8),
    power(3),
    power(5.5),
  ];
  const writes = nodes.map((node, index) => ({ slot: 1 + index, node }));
  const calls = (mode: 'strict' | 'fast') =>
    [...programToC({ graph, writes }, { mode }).matchAll(/\[lane\] = (\w+)\(/g)].map((match) => match[1]);
  assert.deepEqual(calls('strict'), ['exp', 'tanh', 'sin', 'pow', 'pow', 'pow']);
  assert.deepEqual(calls('fast'), [
    'inline_exp',
    'inline_tanh',
    'sin',
    'inline_moderate_pow',
    'cube',
    'inline_pow',
  ]);
});
