/** Equations as they are written: what each text means, and what is said of one that is wrong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Expression,
  functionTable,
  namesIn,
  parseExpression,
  parseTarget,
  printExpression,
  reservedWords,
} from '../../../src/core/equation/index.ts';
import { grouped, parsed } from './helpers.ts';

/** Where and what the problems of a text are, as `marked text: CODE`, and their hints. */
function problemsOf(text: string): string[] {
  const { expression, problems } = parseExpression(text);
  assert.equal(expression, undefined);
  return problems.map(({ span, code }) => `${text.slice(span.start, span.end)}: ${code}`);
}

function hintsOf(text: string): string {
  return parseExpression(text)
    .problems.map(({ message, hint, expected, found }) => [message, hint, expected, found].join(' | '))
    .join('\n');
}

test('operators group as in mathematics', () => {
  const cases = {
    'a + b * c': '(a + (b * c))',
    'a * b + c': '((a * b) + c)',
    'a - b - c': '((a - b) - c)',
    'a / b / c': '((a / b) / c)',
    'a / b * c': '((a / b) * c)',
    'a ^ b ^ c': '(a ^ (b ^ c))',
    '-x^2': '(-(x ^ 2))',
    '(-x)^2': '((-x) ^ 2)',
    '2^-1': '(2 ^ (-1))',
    '2^-x^2': '(2 ^ (-(x ^ 2)))',
    '2^-x*3': '((2 ^ (-x)) * 3)',
    '-x*y': '((-x) * y)',
    'a - -b': '(a - (-b))',
    '--a': '(-(-a))',
    'a * -b + c': '((a * (-b)) + c)',
    'a + b < c * d': '((a + b) < (c * d))',
    'a < b and c >= d or e != f': '(((a < b) and (c >= d)) or (e != f))',
    'a or b and c': '(a or (b and c))',
    'not a < b and c': '((not (a < b)) and c)',
    'a and not b or c': '((a and (not b)) or c)',
    'not not a': '(not (not a))',
    '(a < b) < c': '((a < b) < c)',
    'if(a > 0, -a, max(b, c, d))': 'if((a > 0),(-a),max(b,c,d))',
  };
  for (const [text, meaning] of Object.entries(cases)) assert.equal(grouped(parsed(text)), meaning, text);
});

test('reads decimal and scientific numbers', () => {
  const numbers = [
    '0',
    '5',
    '5.',
    '.5',
    '0.5',
    '1e-3',
    '1E+6',
    '.5e2',
    '5.e2',
    '1.7976931348623157e308',
    '5e-324',
    '007',
  ];
  for (const text of numbers) {
    assert.deepEqual(parsed(text), {
      kind: 'number',
      value: Number(text),
      span: { start: 0, end: text.length },
    });
  }
});

test('hands on a unit as text with its place', () => {
  const text = 'k * 0.5 [ mm/s ]';
  const { right } = parsed(text) as Expression & { kind: 'binary' };
  assert.deepEqual(right, {
    kind: 'number',
    value: 0.5,
    unit: { text: 'mm/s', span: { start: 10, end: 14 } },
    span: { start: 4, end: 16 },
  });
});

test('gives places of operators, functions and operands without the parentheses around them', () => {
  const text = ' (a - b) * max(c, 2) ';
  const tree = parsed(text) as Expression & { kind: 'binary' };
  const cut = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  assert.equal(cut(tree.span), '(a - b) * max(c, 2)');
  assert.equal(cut(tree.operatorSpan), '*');
  assert.equal(cut(tree.left.span), 'a - b');
  assert.equal(tree.right.kind === 'call' && cut(tree.right.calleeSpan), 'max');
  assert.equal(cut(tree.right.span), 'max(c, 2)');
});

test('lists names in the order of the text, functions left out', () => {
  const text = 'if(b > a, -b, pi * 2) + dt';
  assert.deepEqual(
    Array.from(namesIn(parsed(text)), ({ name, span }) => [name, span.start]),
    [
      ['b', 3],
      ['a', 7],
      ['b', 11],
      ['pi', 14],
      ['dt', 24],
    ],
  );
});

test('prints with no more parentheses than needed', () => {
  for (const text of [
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    '2 ^ -x ^ 2',
    '(a ^ b) ^ c',
    '-x ^ 2',
    '(-x) ^ 2',
  ]) {
    assert.equal(printExpression(parsed(text)), text);
  }
  assert.equal(printExpression(parsed('((a))+((2[mm]))*max((b),c)')), 'a + 2 [mm] * max(b, c)');
});

test('every function of the design is there with its number of arguments, and only those', () => {
  const one =
    'abs sqrt exp expm1 log log1p log10 sin cos tan asin acos atan sinh cosh tanh sign floor trunc round'.split(
      ' ',
    );
  const names = ['if', 'min', 'max', 'atan2', ...one].toSorted();
  assert.deepEqual(Object.keys(functionTable).toSorted(), names);
  const counts = (name: string) =>
    [0, 1, 2, 3, 4, 50].filter((count) => {
      const { expression, problems } = parseExpression(`${name}(${new Array(count).fill('x').join(',')})`);
      if (!expression)
        assert.deepEqual(
          problems.map(({ code }) => code),
          ['EQUATION_ARGUMENTS'],
        );
      return expression;
    });
  for (const name of one) assert.deepEqual(counts(name), [1], name);
  assert.deepEqual([counts('if'), counts('atan2')], [[3], [2]]);
  assert.deepEqual(
    [counts('min'), counts('max')],
    [
      [2, 3, 4, 50],
      [2, 3, 4, 50],
    ],
  );
  assert.match(hintsOf('min(x)'), /`min` takes 2 or more arguments, not 1.*`min\(a, b, …\)`/);
  assert.match(hintsOf('sin()'), /`sin` takes 1 argument, not 0/);
});

test('says what was probably meant', () => {
  const cases: Record<string, RegExp> = {
    'a ** 2': /`\^`/,
    'a && b': /`and`/,
    'a || b': /`or`/,
    '!a': /`not`/,
    'a = b': /`==`/,
    'a === b': /`==`/,
    'a <> b': /`!=`/,
    'a =< b': /`<=`/,
    'a => b': /`>=`/,
    'a · b': /`\*`/,
    'a × b': /`\*`/,
    'a ÷ b': /`\/`/,
    'a − b': /`-`/,
    'a ≤ b': /`<=`/,
    'a ≥ b': /`>=`/,
    'a ≠ b': /`!=`/,
    'a²': /`\^2`/,
    'a⁻¹²': /`\^-12`/,
    '2 * π': /`pi`/,
    '2x': /`2 \* x`/,
    '2(x + 1)': /`2 \* \(…\)`/,
    '(a)(b)': /`\(a\) \* \(…\)`/,
    'k (a + b)': /`k \* \(…\)`/,
    '5 mm': /`5 \[mm\]`/,
    '20 °C': /`20 \[degC\]`/,
    '1,5': /`0\.5`/,
    'a AND b': /`and`/,
    'NOT a': /`not`/,
    '{a}': /`\(`/,
    'a > 0 ? 1 : 2': /`if\(condition, a, b\)`/,
    'if a then b': /`if\(condition, a, b\)`/,
    'sin x': /`sin\(x\)`/,
    'ln(x)': /`log`/,
    'pow(a, b)': /`a \^ b`/,
    'Sqrt(x)': /`sqrt`/,
    'sqr(x)': /`sqrt`/,
    'arctan(x)': /`atan`/,
    'mod(a, b)': /floor/,
    '√x': /sqrt/,
    '0x1F': /31/,
    '1_000': /1000/,
    '2e': /`2 \* e`/,
    'a < b < c': /do not chain .*`a < b and b < …`/,
    'pump.speed': /reserved for machines .*`pump_speed`/,
    'wall[3]': /reserved for vectors/,
    größe: /letters a to z/,
    'der(x)': /only on the left/,
    '+a': /remove/,
    'a + not b': /parentheses/,
  };
  for (const [text, hint] of Object.entries(cases)) {
    assert.equal(parseExpression(text).problems.length > 0, true, text);
    assert.match(hintsOf(text), hint, text);
  }
});

test('each problem has its code and its place', () => {
  const cases: Record<string, string[]> = {
    'a + * b': ['*: EQUATION_SYNTAX'],
    'a +': [': EQUATION_SYNTAX'],
    '(a': ['(: EQUATION_SYNTAX'],
    'a)': ['): EQUATION_SYNTAX'],
    '()': ['): EQUATION_SYNTAX'],
    'min(a,,b)': [',: EQUATION_SYNTAX'],
    'a , b': [',: EQUATION_SYNTAX'],
    '[mm]': ['[mm]: EQUATION_SYNTAX'],
    '3 []': ['[]: EQUATION_SYNTAX'],
    '3 [mm': ['[: EQUATION_SYNTAX'],
    '3 [mm] [s]': ['[s]: EQUATION_SYNTAX'],
    '(a + b) [mm]': ['[mm]: EQUATION_SYNTAX'],
    'a \u200b + b': ['\u200b: EQUATION_SYNTAX'],
    '1e999': ['1e999: EQUATION_NOT_FINITE'],
    '1.2.3': ['1.2.3: EQUATION_SYNTAX'],
    'wall[3] + 1': ['wall[3]: NAME_RESERVED'],
    'a.b.c * 2': ['a.b.c: NAME_RESERVED'],
    'größe * 2': ['größe: NAME_SYNTAX'],
    'frob(x)': ['frob: EQUATION_FUNCTION'],
    'constructor(x)': ['constructor: EQUATION_FUNCTION'],
    '__proto__(x)': ['__proto__: EQUATION_FUNCTION'],
    'atan2(x)': ['atan2(x): EQUATION_ARGUMENTS'],
    '': [': EQUATION_SYNTAX'],
    ' \n': [' \n: EQUATION_SYNTAX'],
  };
  for (const [text, problems] of Object.entries(cases)) assert.deepEqual(problemsOf(text), problems, text);
});

test('reports every problem once, and none that only follows from another', () => {
  assert.deepEqual(problemsOf('a ** 2 && ln(b) + wall[3] * min(c)'), [
    '**: EQUATION_SYNTAX',
    '&&: EQUATION_SYNTAX',
    'ln: EQUATION_FUNCTION',
    'wall[3]: NAME_RESERVED',
    'min(c): EQUATION_ARGUMENTS',
  ]);
  assert.deepEqual(problemsOf('the pump runs as fast as it can'), ['pump: EQUATION_SYNTAX']);
  assert.deepEqual(problemsOf('min(a b)'), ['b: EQUATION_SYNTAX']);
  assert.deepEqual(problemsOf('max(a, )'), ['): EQUATION_SYNTAX']);
  assert.deepEqual(problemsOf('a $ b'), ['$: EQUATION_SYNTAX']);
  assert.deepEqual(problemsOf('a < b < c < d'), ['<: EQUATION_SYNTAX']);
  assert.equal(problemsOf('a $ '.repeat(500)).length, 20);
});

test('refuses an equation of more than 10,000 characters, but not one of 10,000', () => {
  assert.ok(parsed(`${' '.repeat(9_999)}a`));
  const { problems } = parseExpression(`${' '.repeat(10_000)}a`);
  assert.deepEqual(
    problems.map(({ code, span }) => [code, span.start]),
    [['EQUATION_TOO_LONG', 10_000]],
  );
});

test('refuses a tree or parentheses more than 200 deep, however they come about', () => {
  const limits: [string, (count: number) => string, number][] = [
    ['sum', (n) => new Array(n).fill('a').join('+'), 200],
    ['power', (n) => new Array(n).fill('a').join('^'), 200],
    ['minus', (n) => `${'-'.repeat(n)}a`, 199],
    ['not', (n) => `${'not '.repeat(n)}a`, 199],
    ['parentheses', (n) => `${'('.repeat(n)}a${')'.repeat(n)}`, 200],
    ['call', (n) => `${'sin('.repeat(n)}a${')'.repeat(n)}`, 199],
    ['mixed', (n) => `${'b-('.repeat(n)}a${')'.repeat(n)}`, 199],
  ];
  for (const [name, build, limit] of limits) {
    assert.ok(parsed(build(limit)), name);
    for (const count of [limit + 1, limit * 5]) {
      const { expression, problems } = parseExpression(build(count));
      assert.equal(expression, undefined);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['EQUATION_TOO_DEEP'],
        `${name} ${count}`,
      );
    }
  }
});

test('reads the left sides of equations, with the place of the name', () => {
  const target = (kind: string, name: string, start: number) => ({
    target: { kind, name, span: { start, end: start + name.length } },
    problems: [],
  });
  assert.deepEqual(parseTarget('cooling'), target('name', 'cooling', 0));
  assert.deepEqual(parseTarget(' _x1 '), target('name', '_x1', 1));
  assert.deepEqual(parseTarget('der(speed)'), target('der', 'speed', 4));
  assert.deepEqual(parseTarget(' next ( level ) '), target('next', 'level', 8));
  assert.deepEqual(parseTarget('nextday'), target('name', 'nextday', 0));
});

test('says what is wrong with a left side', () => {
  const cases: Record<string, [string, string, RegExp]> = {
    '': ['EQUATION_TARGET', '', /der\(state\)/],
    'der()': ['EQUATION_TARGET', '', /der\(state\)/],
    der: ['EQUATION_TARGET', 'der', /`der\(state\)`/],
    'dx/dt': ['EQUATION_TARGET', 'dx/dt', /`der\(x\)`/],
    'd(x)/dt': ['EQUATION_TARGET', 'd(x)/dt', /`der\(x\)`/],
    "x'": ['EQUATION_TARGET', "x'", /`der\(x\)`/],
    'Der(x)': ['EQUATION_TARGET', 'Der(x)', /`der\(x\)`/],
    'der x': ['EQUATION_TARGET', 'der x', /`der\(x\)`/],
    'pre(x)': ['EQUATION_TARGET', 'pre(x)', /`next\(x\)`/],
    'a + b': ['EQUATION_TARGET', 'a + b', /der\(state\)/],
    'der(der(x))': ['EQUATION_TARGET', 'der(der(x))', /der\(state\)/],
    'pump.speed': ['NAME_RESERVED', 'pump.speed', /`pump_speed`/],
    'der(pump.speed)': ['NAME_RESERVED', 'pump.speed', /`pump_speed`/],
    'wall[3]': ['NAME_RESERVED', 'wall[3]', /each element/],
    sin: ['NAME_RESERVED', 'sin', /another name/],
    'der(and)': ['NAME_RESERVED', 'and', /another name/],
    '2x': ['NAME_SYNTAX', '2x', /digit/],
    'oil-temp': ['NAME_SYNTAX', 'oil-temp', /letters/],
    größe: ['NAME_SYNTAX', 'größe', /letters/],
    [`der(${'x'.repeat(5_000)})`]: ['EQUATION_TARGET', `der(${'x'.repeat(5_000)})`, /shorter/],
  };
  for (const [text, [code, marked, hint]] of Object.entries(cases)) {
    const { target, problems } = parseTarget(text);
    assert.equal(target, undefined);
    assert.equal(problems.length, 1, text);
    const [problem] = problems;
    assert.equal(problem?.code, code, text);
    assert.equal(text.slice(problem?.span.start, problem?.span.end), marked, text);
    assert.match(problem?.hint ?? '', hint, text);
  }
});

test('no word of the grammar can be a name', () => {
  for (const word of reservedWords) {
    assert.equal(parseExpression(`${word} + 1`).expression, undefined, word);
    assert.equal(parseTarget(word).target, undefined, word);
  }
  for (const name of ['pi', 'dt', 'time', 'E', 'inf', 'toString', '_']) {
    assert.equal(parsed(name).kind, 'name');
    assert.equal(parseTarget(name).target?.name, name);
  }
});
