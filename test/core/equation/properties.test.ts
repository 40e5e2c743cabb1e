/** What holds of equations of any text: nothing breaks the parser, and what it understands is what was written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFunction } from 'node:vm';
import fc from 'fast-check';
import {
  type BinaryOperator,
  type Expression,
  equationLimits,
  type FunctionName,
  functionTable,
  parseExpression,
  parseTarget,
  printExpression,
  reservedWords,
} from '../../../src/core/equation/index.ts';
import { bare, evaluate, nodesOf, parsed } from './helpers.ts';

fc.configureGlobal({ seed: 20261122 });

const nowhere = { start: 0, end: 0 };

/** There is a tree exactly if there is no problem, and every place lies in the text. */
function checkResult(text: string): void {
  const { expression, problems } = parseExpression(text);
  assert.equal(expression === undefined, problems.length > 0);
  assert.ok(problems.length <= equationLimits.problems);
  const target = parseTarget(text);
  assert.equal(target.target === undefined, target.problems.length > 0);
  for (const { span, message, hint } of [...problems, ...target.problems]) {
    assert.ok(
      span.start >= 0 && span.start <= span.end && span.end <= text.length,
      `${span.start} ${span.end}`,
    );
    assert.ok(message.length > 0 && message.length < 200 && (hint?.length ?? 0) < 300, message);
    assert.ok(!message.includes('\u001b'));
  }
  if (!expression) return;
  for (const { span } of nodesOf(expression)) {
    assert.deepEqual(bare(parsed(text.slice(span.start, span.end))), bare(treeAt(expression, span)));
  }
}

function treeAt(tree: Expression, span: { start: number; end: number }): Expression {
  const found = nodesOf(tree).find((node) => node.span.start === span.start && node.span.end === span.end);
  assert.ok(found);
  return found;
}

const pieces = [
  'a b x1 _ pi e E5 größe 0 2 .5 5. 1e-3 1e999 0x1F 1.2.3 2e and or not AND if sin max( atan2( ln( der( next',
  '+ - * / ^ ( ) , < <= > >= == != = ! ** && | ~ <> [mm] [ ] [] . · − × ≤ ² °C √ ? : $ % "',
]
  .flatMap((line) => line.split(' '))
  .concat([' ', '\n', '\t', '\u00a0', '\u200b', '\u0000', '\ud800']);

test('no string breaks the parser', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), checkResult), { numRuns: 500 });
  fc.assert(fc.property(fc.string({ maxLength: 60 }), checkResult), { numRuns: 1_000 });
});

test('no soup of tokens breaks the parser', () => {
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 25 });
  fc.assert(
    fc.property(soup, fc.constantFrom('', ' '), (tokens, glue) => checkResult(tokens.join(glue))),
    { numRuns: 5_000 },
  );
});

test('a correct soup of tokens is understood often enough for the tests above to mean something', () => {
  const soup = fc.array(fc.constantFrom('a', '2', '+', '-', '*', '(', ')', '< b', 'not', '^ 2'), {
    maxLength: 7,
  });
  const understood = fc.sample(soup, { numRuns: 3_000, seed: 1 }).filter((tokens) => {
    const text = tokens.join(' ');
    checkResult(text);
    return parseExpression(text).expression;
  });
  assert.ok(understood.length > 100, `${understood.length}`);
});

test('long and deep texts end in a problem, quickly', () => {
  const parts = [
    ...pieces,
    'a or b and c < d + e * f ^ (',
    '-(',
    'a^',
    'sin(',
    'not ',
    'if(a,',
    '((',
    'a + ',
    '))',
    '[a',
    '1_0',
  ];
  const start = performance.now();
  for (const part of parts) {
    for (const length of [2_000, equationLimits.characters, 100_000]) {
      checkResult(part.repeat(Math.floor(length / part.length)));
      checkResult(`${part.repeat(Math.floor(length / part.length) - 1)}a`);
    }
  }
  for (const build of ['(x)', '[3]', '.b', ' ', 'ß', ' < b < c', ' b'].map(
    (tail) => `${'a'.repeat(9_000)}${tail}`,
  )) {
    checkResult(build);
    checkResult(build.slice(8_500));
  }
  const milliseconds = (performance.now() - start) / (parts.length * 6);
  assert.ok(milliseconds < 50, `${milliseconds} ms a text`);
});

const binaryOperators: BinaryOperator[] = [
  '+',
  '-',
  '*',
  '/',
  '^',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  'and',
  'or',
];

const tree: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => {
  const value = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs);
  const unit = fc.option(fc.constantFrom('mm/s', '1', 'N*m', 'kg m^2/s'), { nil: undefined });
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,4}$/).filter((text) => !reservedWords.has(text));
  const call = fc
    .constantFrom(...(Object.keys(functionTable) as FunctionName[]))
    .chain((callee) => {
      const { minArguments, maxArguments } = functionTable[callee];
      const list = fc.array(tie('tree'), { minLength: minArguments, maxLength: Math.min(maxArguments, 4) });
      return list.map((operands) => ({ callee, arguments: operands }));
    })
    .map((shape): Expression => ({ kind: 'call', ...shape, calleeSpan: nowhere, span: nowhere }));
  return {
    tree: fc.oneof(
      { depthSize: 'medium', maxDepth: 8 },
      name.map((text): Expression => ({ kind: 'name', name: text, span: nowhere })),
      fc.tuple(value, unit).map(
        ([number, text]): Expression => ({
          kind: 'number',
          value: number,
          ...(text !== undefined && { unit: { text, span: nowhere } }),
          span: nowhere,
        }),
      ),
      fc
        .tuple(fc.constantFrom('-' as const, 'not' as const), tie('tree'))
        .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, span: nowhere })),
      ...[0, 1, 2].map(() =>
        fc.tuple(fc.constantFrom(...binaryOperators), tie('tree'), tie('tree')).map(
          ([operator, left, right]): Expression => ({
            kind: 'binary',
            operator,
            left,
            right,
            operatorSpan: nowhere,
            span: nowhere,
          }),
        ),
      ),
      call,
    ),
  };
}).tree;

test('a printed tree parses to the same tree, and every place gives its part of it', () => {
  fc.assert(
    fc.property(tree, (original) => {
      const text = printExpression(original);
      assert.deepEqual(bare(parsed(text)), bare(original));
      for (const node of nodesOf(parsed(text))) {
        assert.deepEqual(bare(parsed(text.slice(node.span.start, node.span.end))), bare(node));
      }
    }),
    { numRuns: 500 },
  );
});

const depthIdentifier = fc.createDepthIdentifier();

/** One formula written for Gemel and for JavaScript. */
interface Both {
  readonly gemel: string;
  readonly javascript: string;
}

/**
 * Formulas made text by text, never through a tree: which operands an operator takes is left to the two languages. Only
 * where JavaScript differs, a minus before a power and `not`, the JavaScript is written with parentheses.
 */
const formula = fc.letrec<
  Record<'sum' | 'product' | 'factor' | 'power' | 'atom' | 'comparison' | 'clause' | 'logic', Both>
>((tie) => {
  const chain = (part: fc.Arbitrary<Both>, operators: [string, string][]) =>
    fc
      .tuple(part, fc.array(fc.tuple(fc.constantFrom(...operators), part), { maxLength: 2 }))
      .map(([first, rest]) =>
        rest.reduce(
          (left, [[gemel, javascript], right]) => ({
            gemel: `${left.gemel} ${gemel} ${right.gemel}`,
            javascript: `${left.javascript} ${javascript} ${right.javascript}`,
          }),
          first,
        ),
      );
  const wrap = (part: fc.Arbitrary<Both>, gemel: [string, string], javascript = gemel) =>
    part.map((inner) => ({
      gemel: gemel.join(inner.gemel),
      javascript: javascript.join(inner.javascript),
    }));
  const same = (text: string) => ({ gemel: text, javascript: text });
  return {
    atom: fc.oneof(
      { maxDepth: 9, depthIdentifier },
      fc.constantFrom('a', 'b', 'c', '2', '.5', '3.', '1e-1').map(same),
      wrap(tie('sum'), ['(', ')']),
      wrap(tie('sum'), ['sin(', ')'], ['Math.sin(', ')']),
      fc.tuple(tie('sum'), tie('sum')).map(([first, second]) => ({
        gemel: `max(${first.gemel}, ${second.gemel})`,
        javascript: `Math.max(${first.javascript}, ${second.javascript})`,
      })),
      fc.tuple(tie('logic'), tie('sum'), tie('sum')).map(([condition, yes, no]) => ({
        gemel: `if(${condition.gemel}, ${yes.gemel}, ${no.gemel})`,
        javascript: `((${condition.javascript}) ? ${yes.javascript} : ${no.javascript})`,
      })),
    ),
    power: fc.oneof(
      { maxDepth: 9, depthIdentifier },
      tie('atom'),
      fc.tuple(tie('atom'), tie('factor')).map(([base, exponent]) => ({
        gemel: `${base.gemel}^${exponent.gemel}`,
        javascript: `${base.javascript} ** ${exponent.javascript}`,
      })),
    ),
    factor: fc.oneof(
      { maxDepth: 9, depthIdentifier },
      tie('power'),
      wrap(tie('factor'), ['-', ''], ['(-(', '))']),
    ),
    product: chain(tie('factor'), [
      ['*', '*'],
      ['/', '/'],
    ]),
    sum: chain(tie('product'), [
      ['+', '+'],
      ['-', '-'],
    ]),
    comparison: fc
      .tuple(
        tie('sum'),
        fc.constantFrom(['<', '<'], ['<=', '<='], ['>', '>'], ['>=', '>='], ['==', '==='], ['!=', '!==']),
        tie('sum'),
      )
      .map(([left, [gemel, javascript], right]) => ({
        gemel: `${left.gemel} ${gemel} ${right.gemel}`,
        javascript: `${left.javascript} ${javascript} ${right.javascript}`,
      })),
    clause: fc.oneof(
      { maxDepth: 9, depthIdentifier },
      tie('comparison'),
      wrap(tie('clause'), ['not ', ''], ['!(', ')']),
    ),
    logic: chain(tie('clause'), [
      ['and', '&&'],
      ['or', '||'],
    ]),
  };
});

test('formulas have the value that JavaScript gives them', () => {
  const values = { a: 1.7, b: -0.6, c: 3 };
  const value = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.oneof(formula.sum, formula.logic),
      fc.record({ a: value, b: value, c: value }),
      ({ gemel, javascript }, random) => {
        const expression = parsed(gemel);
        for (const names of [values, random]) {
          const run = compileFunction(`return Number(${javascript});`, ['a', 'b', 'c']);
          assert.equal(evaluate(expression, names), run(names.a, names.b, names.c), gemel);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
