/** Reading documents: every problem at once, each in its place. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { documentOf, readDocument, Type } from '../../../src/core/document/index.ts';

fc.configureGlobal({ seed: 20261122 });

const schema = Type.Object({
  gemel: Type.Literal(1),
  mode: Type.Optional(Type.Union([Type.Literal('fast'), Type.Literal('slow')])),
  parts: Type.Optional(Type.Record(Type.Object({ size: Type.Number(), note: Type.Optional(Type.String()) }))),
});

const read = (text: string) => readDocument({ file: 'x.yaml', text }, schema);

function problems(text: string): string[] {
  return read(text).diagnostics.map((it) => `${it.place?.line}:${it.place?.column} ${it.code} ${it.message}`);
}

test('gives the data and the place of every node', () => {
  const { document, diagnostics } = read('gemel: 1\nparts:\n  wheel: { size: 3, note: round }\n');
  assert.deepEqual(diagnostics, []);
  assert.equal(document?.value.parts?.['wheel']?.size, 3);
  assert.deepEqual(document?.placeOf(['parts', 'wheel', 'size']), {
    file: 'x.yaml',
    line: 3,
    column: 18,
    length: 1,
  });
  assert.deepEqual(document?.placeOf(['parts', 'wheel'], 'key'), {
    file: 'x.yaml',
    line: 3,
    column: 3,
    length: 5,
  });
});

test('JSON is read as well', () => {
  assert.equal(read('{"gemel": 1, "mode": "slow"}').document?.value.mode, 'slow');
});

test('reports every problem of a document at once', () => {
  assert.deepEqual(problems('gemel: 2\nmode: quick\nparst: {}\nparts:\n  wheel: { siez: 3 }\n  axle: {}\n'), [
    '1:8 DOCUMENT_VERSION `gemel` is 2',
    '2:7 DOCUMENT_TYPE `mode` is "quick"',
    '3:1 DOCUMENT_UNKNOWN_KEY `parst` is not a key of the document',
    '5:12 DOCUMENT_UNKNOWN_KEY `siez` is not a key of `parts.wheel`',
    '6:3 DOCUMENT_MISSING_KEY `parts.axle` has no `size`',
  ]);
});

test('suggests the nearest key and the nearest choice', () => {
  assert.equal(read('gemel: 1\npart: {}\n').diagnostics[0]?.hint, 'did you mean `parts`?');
  assert.equal(read('gemel: 1\nmode: fastt\n').diagnostics[0]?.hint, 'did you mean `fast`?');
});

test('one message where a union would give one a branch', () => {
  const { diagnostics } = read('gemel: 1\nmode: 7\n');
  assert.equal(diagnostics.length, 1);
  assert.equal(diagnostics[0]?.expected, '`fast` or `slow`');
});

test('repeated keys, tabs and unquoted % are told where they stand', () => {
  assert.deepEqual(problems('gemel: 1\ngemel: 1\n'), [
    '2:1 DOCUMENT_DUPLICATE_KEY `gemel` stands twice here',
  ]);
  assert.equal(read('gemel: 1\nmode: %\n').diagnostics[0]?.hint, 'write it in quotes: "%"');
  assert.equal(read('gemel: [1\n').diagnostics[0]?.code, 'DOCUMENT_SYNTAX');
});

test('an alias bomb is refused', () => {
  const lines = ['gemel: 1', 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`);
  assert.equal(read(lines.join('\n')).diagnostics[0]?.code, 'DOCUMENT_SYNTAX');
});

test('points into plain, quoted and folded text', () => {
  const texts = [
    'note: abc + def',
    'note: "abc + def"',
    "note: 'abc + def'",
    'note: >\n        abc\n        + def',
  ];
  for (const note of texts) {
    const text = `gemel: 1\nparts:\n  wheel:\n    size: 1\n    ${note}\n`;
    const { document } = read(text);
    const value = document?.value.parts?.['wheel']?.note ?? '';
    const start = value.indexOf('def');
    const place = document?.placeIn(['parts', 'wheel', 'note'], { start, end: start + 3 });
    assert.equal(
      text
        .split('\n')
        [(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1)
        .slice(0, place?.length),
      'def',
      note,
    );
  }
});

test('objects are checked like texts', () => {
  assert.equal(
    documentOf({ gemel: 1, parts: { wheel: { size: 2 } } }, schema, 'object').document?.value.gemel,
    1,
  );
  assert.equal(
    documentOf({ gemel: 1, part: 3 }, schema, 'object').diagnostics[0]?.code,
    'DOCUMENT_UNKNOWN_KEY',
  );
  assert.equal(documentOf(undefined, schema, 'object').diagnostics[0]?.code, 'DOCUMENT_TYPE');
});

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    'gemel: 1',
    'parts:',
    '  wheel: {',
    '}',
    '[',
    '"',
    '\t',
    '*a',
    '&a',
    '%',
    '- ',
    '? ',
    ': ',
    '\n',
    '|',
    '__proto__: 1',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((list) => list.join('\n')),
      ),
      (text) => {
        const { document, diagnostics } = read(text);
        assert.equal(document === undefined, diagnostics.length > 0);
        for (const it of diagnostics) assert.ok((it.place?.line ?? 0) >= 1 && (it.place?.column ?? 0) >= 1);
      },
    ),
    { numRuns: 500 },
  );
});

test('a text that is too long is refused before it is parsed', () => {
  const [problem, ...others] = read(`gemel: 1\n${'# padding\n'.repeat(420_000)}`).diagnostics;
  assert.deepEqual(others, []);
  assert.equal(problem?.code, 'DOCUMENT_TOO_LARGE');
  assert.equal(problem?.message, 'the document has 4200009 characters');
  assert.equal(problem?.expected, 'at most 4194304');
});
