/**
 * The operators written down a second time, straight from what they should do, to compare graphs and kernels with;
 * and formulas as plain recipes, so that a formula can be both built and computed by hand.
 */

import fc from 'fast-check';
import type { BinaryOperator, Graph, NodeId, UnaryOperator } from '../../../src/core/graph/index.ts';
import { binaryOperators, unaryOperators } from '../../../src/core/graph/index.ts';

fc.configureGlobal({ seed: 20261122 });

const isTrue = (x: number): boolean => x !== 0 && !Number.isNaN(x);

export function referenceUnary(operator: UnaryOperator, x: number): number {
  if (operator === 'neg') return 0 - x === 0 ? (Object.is(x, 0) ? -0 : 0) : 0 - x;
  if (operator === 'not') return isTrue(x) ? 0 : 1;
  if (operator === 'round') {
    if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
    const down = Math.floor(Math.abs(x));
    const magnitude = Math.abs(x) - down < 0.5 ? down : down + 1;
    return x < 0 || Object.is(x, -0) ? -magnitude : magnitude;
  }
  return Math[operator](x);
}

export function referenceBinary(operator: BinaryOperator, x: number, y: number): number {
  const unordered = Number.isNaN(x) || Number.isNaN(y);
  switch (operator) {
    case 'add':
      return x + y;
    case 'sub':
      return x - y;
    case 'mul':
      return x * y;
    case 'div':
      return x / y;
    case 'pow':
      return y === 2 ? x * x : Math.pow(x, y);
    case 'min':
      return Math.min(x, y);
    case 'max':
      return Math.max(x, y);
    case 'atan2':
      return Math.atan2(x, y);
    case 'lt':
      return !unordered && x < y ? 1 : 0;
    case 'le':
      return !unordered && x <= y ? 1 : 0;
    case 'gt':
      return !unordered && x > y ? 1 : 0;
    case 'ge':
      return !unordered && x >= y ? 1 : 0;
    case 'eq':
      return !unordered && x === y ? 1 : 0;
    case 'ne':
      return !unordered && x !== y ? 1 : 0;
    case 'and':
      return isTrue(x) && isTrue(y) ? 1 : 0;
    case 'or':
      return isTrue(x) || isTrue(y) ? 1 : 0;
  }
}

/** One operation of a recipe; operands are positions of earlier ones, wrapped around. */
export type Operation =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'load'; readonly slot: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly a: number }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly a: number; readonly b: number }
  | { readonly kind: 'select'; readonly a: number; readonly b: number; readonly c: number };

/** Carries a recipe out on anything that has the five kinds of operation. */
function carryOut<T>(
  recipe: readonly Operation[],
  make: (operation: Operation, at: (i: number) => T) => T,
): T[] {
  const results: T[] = [];
  for (const operation of recipe) {
    const at = (i: number): T => {
      const found = results[i % results.length];
      if (found === undefined) throw new RangeError('a recipe begins with a constant or a load');
      return found;
    };
    results.push(make(operation, at));
  }
  return results;
}

export function buildRecipe(graph: Graph, recipe: readonly Operation[]): NodeId[] {
  return carryOut<NodeId>(recipe, (o, at) => {
    if (o.kind === 'constant') return graph.constant(o.value);
    if (o.kind === 'load') return graph.load(o.slot);
    if (o.kind === 'unary') return graph.unary(o.operator, at(o.a));
    if (o.kind === 'binary') return graph.binary(o.operator, at(o.a), at(o.b));
    return graph.select(at(o.a), at(o.b), at(o.c));
  });
}

export function computeRecipe(recipe: readonly Operation[], slots: readonly number[]): number[] {
  return carryOut<number>(recipe, (o, at) => {
    if (o.kind === 'constant') return o.value;
    if (o.kind === 'load') return slots[o.slot] ?? NaN;
    if (o.kind === 'unary') return referenceUnary(o.operator, at(o.a));
    if (o.kind === 'binary') return referenceBinary(o.operator, at(o.a), at(o.b));
    return isTrue(at(o.a)) ? at(o.b) : at(o.c);
  });
}

/** Doubles at which operators go wrong. */
export const edges: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  0.49999999999999994,
  1.5,
  -2.5,
  2,
  3,
  1e-320,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  2 ** 52 + 1,
  -(2 ** 53) + 1,
  Math.PI,
  Infinity,
  -Infinity,
  NaN,
];

export const anyDouble = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...edges) },
  { weight: 2, arbitrary: fc.double({ min: -100, max: 100 }) },
  { weight: 1, arbitrary: fc.double() },
);

const position = fc.nat(1000);

/** Recipes over `slots` slots whose first operation is a load. */
export function recipes(slots: number, maxLength: number): fc.Arbitrary<Operation[]> {
  const load = fc.record({ kind: fc.constant('load' as const), slot: fc.nat(slots - 1) });
  const operation = fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('constant' as const), value: anyDouble }) },
    { weight: 1, arbitrary: load },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constantFrom(...unaryOperators),
        a: position,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom(...binaryOperators),
        a: position,
        b: position,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('select' as const), a: position, b: position, c: position }),
    },
  );
  return fc.tuple(load, fc.array(operation, { maxLength })).map(([first, rest]) => [first, ...rest]);
}
