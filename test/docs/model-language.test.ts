/** What docs/model-language.md says: its examples run, and its tables are those of the sources. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import {
  equationLimits,
  functionTable,
  parseExpression,
  reservedWords,
} from '../../src/core/equation/index.ts';
import { nodeLimit } from '../../src/core/graph/index.ts';
import { compileModel, type Model } from '../../src/core/model/index.ts';
import { simulate, substepLimit } from '../../src/core/solve/index.ts';
import { codeSpans, readPage, root, tableRows } from './page.ts';

const page = readPage('docs/model-language.md');
const examples = [...page.matchAll(/^```yaml(?: fails=([A-Z_]+))?\n([\s\S]*?)^```$/gm)];

test('the page has its examples', () => {
  assert.ok(examples.length >= 25, `${examples.length} examples found`);
});

function compile(body: string) {
  const text = body.includes('gemel: 1') ? body : `gemel: 1\nmodel: example\nversion: 1.0.0\n${body}`;
  return compileModel({ file: 'example.yaml', text });
}

/** Runs a model for ten minutes and a bit; inputs without default are held in the middle of their bounds. */
function run(model: Model) {
  const middle = model.inputs
    .filter((input) => input.default === undefined)
    .map(({ name, min = 0, max = 0 }) => [name, (min + max) / 2] as const);
  return simulate(model, {
    seconds: 600.25,
    everySeconds: 30,
    tickSeconds: 1,
    inputs: Object.fromEntries(middle),
  });
}

for (const [index, [, fails, body = '']] of examples.entries()) {
  const firstLine = body.split('\n', 1)[0] ?? '';
  test(`example ${index + 1} (${firstLine}) ${fails === undefined ? 'runs' : `is refused with ${fails}`}`, () => {
    const { model, diagnostics } = compile(body);
    assert.deepEqual(
      diagnostics.map((it) => `${it.code}${fails === undefined ? `: ${it.message}` : ''}`),
      fails === undefined ? [] : [fails],
    );
    if (fails !== undefined) return;
    assert.ok(model);
    const { values, stopped } = run(model);
    assert.equal(stopped, undefined);
    for (const series of values) assert.ok(series.every(Number.isFinite));
  });
}

/** The values of an example's states and outputs at its end, by name. */
function endOf(needle: string): Record<string, number> {
  const { model } = compile(examples.find(([, , body]) => body?.includes(needle))?.[2] ?? '');
  assert.ok(model, needle);
  const { names, values } = run(model);
  return Object.fromEntries(names.map((name, index) => [name, values[index]?.at(-1) ?? NaN]));
}

test('the example of all functions gives what the functions are', () => {
  const at = endOf('atan2(y, x)');
  const near = (name: string, expected: number): void =>
    assert.ok(Math.abs((at[name] ?? NaN) - expected) < 1e-12, `${name} is ${at[name]}, not ${expected}`);
  near('distance', 5);
  near('same', at['direction'] ?? NaN);
  near('nearest', 3);
  near('steepness', 4 / 3 / Math.tanh(2));
  near('junction', 1e-9 * (Math.exp(0.4 / 0.026) - 1));
  near('thermal', 0.4);
  near('sag', Math.exp(-1.5));
  near('decades', Math.log10(5000));
  near('same_decades', Math.log10(5000));
  near('metres', -4 + 2);
});

test('the sawtooth turns three times a second, and five turns are told once', () => {
  const { model } = compile(examples.find(([, , body]) => body?.includes('full_turn'))?.[2] ?? '');
  assert.ok(model);
  const { fired } = simulate(model, { seconds: 10.2 });
  assert.deepEqual(fired, [30, 1]);
});

test('updates of one moment read the values before any of them', () => {
  const { model } = compile(examples.find(([, , body]) => body?.includes('next(before)'))?.[2] ?? '');
  assert.ok(model);
  const { names, values, time } = simulate(model, { seconds: 1, tickSeconds: 0.25 });
  const series = (name: string) => values[names.indexOf(name)] ?? new Float64Array();
  assert.equal(time.length, 5);
  // A tick of 250 ms is 13 equal substeps, since none may be longer than 20 ms.
  assert.deepEqual(series('sampled').slice(1), series('charge').slice(1));
  assert.deepEqual(series('before').slice(1), series('sampled').slice(0, -1));
});

test('the program in TypeScript runs, and computes what the equation says', () => {
  const program = /^```ts\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  const options = ['--conditions=gemel-source', '--input-type=module-typescript', '--eval'];
  const text = `${program}\nconsole.log(twin.state('level'));`;
  const level = Number(execFileSync(process.execPath, [...options, text], { cwd: root, encoding: 'utf8' }));
  assert.ok(Math.abs(level - (1 + 0.012 / 1.5)) < 1e-12, `${level}`);
});

test('the functions on the page are those of the language, with as many arguments', () => {
  const calls = tableRows(page, 'Operators and functions')
    .flatMap(([first = '']) => codeSpans(first))
    .filter((text) => /^[a-z0-9]+\(/.test(text));
  assert.deepEqual(
    calls.toSorted(),
    Object.values(functionTable)
      .map(({ signature }) => signature.replace('condition', 'c'))
      .toSorted(),
  );
});

test('operators bind in the order of the table', () => {
  const rows = tableRows(page, 'Operators and functions').map(([first = '']) => codeSpans(first));
  const order = rows.slice(1, rows.findIndex(([first]) => first === 'or') + 1);
  assert.deepEqual(
    order.map(([first]) => first),
    ['^', '-x', '*', '+', '<', 'not', 'and', 'or'],
  );
  for (const [index, tight] of order.entries()) {
    for (const loose of order.slice(index + 1).flat()) {
      for (const operator of tight)
        assert.equal(outermost(operator, loose), loose, `${operator} in ${loose}`);
    }
  }
});

/** Which of two operators stands at the top of the tree where both stand side by side. */
function outermost(tight: string, loose: string): string {
  const inner = tight === '-x' || tight === 'not' ? `${tight.replace('x', '')} a` : `a ${tight} b`;
  const text =
    loose === '-x' || loose === 'not' ? `${loose.replace('x', '')} ${inner}` : `${inner} ${loose} c`;
  const { expression, problems } = parseExpression(text);
  assert.deepEqual(problems, [], text);
  if (expression?.kind === 'unary') return expression.operator === '-' ? '-x' : 'not';
  return expression?.kind === 'binary' ? expression.operator : '';
}

test('every word that is taken is named', () => {
  const [, names = ''] = page.split('\n## Names\n');
  const taken = codeSpans(names.split(/ are taken\./)[0] ?? '');
  const functions = Object.keys(functionTable);
  const words = [...reservedWords].filter((word) => !functions.includes(word));
  for (const word of [...words, 'time', 'dt', 'pi', 'true', 'false']) {
    assert.ok(taken.includes(word), word);
    const { diagnostics } = compile(`parameters:\n  ${word}: { unit: "1", value: 1 }\n`);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['NAME_RESERVED'],
      word,
    );
  }
});

test('the limits are those of the table', () => {
  const limits = new Map(tableRows(page, 'Limits').map(([what = '', limit = '']) => [what, limit]));
  const numberOf = (what: string) => Number(/[\d,]+/.exec(limits.get(what) ?? '')?.[0].replaceAll(',', ''));
  assert.equal(numberOf('length of an expression'), equationLimits.characters);
  assert.equal(numberOf('nesting of an expression'), equationLimits.depth);
  assert.equal(numberOf('operations of all equations together'), nodeLimit);
  assert.equal(numberOf('substeps in a tick'), substepLimit);
  const codesOf = (body: string) => compile(body).diagnostics.map(({ code }) => code);

  const terms = (count: number) =>
    `parameters:\n  a: { unit: "1", value: 1 }\nequations:\n  b: ${'a+'.repeat(count - 1)}a\n`;
  assert.deepEqual(codesOf(terms(200)), []);
  assert.deepEqual(codesOf(terms(201)), ['EQUATION_TOO_DEEP']);

  const named = (length: number) => `parameters:\n  ${'a'.repeat(length)}: { unit: "1", value: 1 }\n`;
  assert.deepEqual(codesOf(named(numberOf('length of a name'))), []);
  assert.deepEqual(codesOf(named(numberOf('length of a name') + 1)), ['NAME_SYNTAX']);

  const noted = (length: number) => `parameters:\n  a: { unit: "m{${'x'.repeat(length - 3)}}", value: 1 }\n`;
  assert.deepEqual(codesOf(noted(numberOf('text of a unit'))), []);
  assert.deepEqual(codesOf(noted(numberOf('text of a unit') + 1)), ['UNIT_SYNTAX']);

  const many = (count: number) =>
    `equations:\n${Array.from({ length: count }, (_, i) => `  e${i}: 1\n`).join('')}`;
  assert.deepEqual(codesOf(many(numberOf('equations in a model') + 1)), ['MODEL_TOO_LARGE']);
});
