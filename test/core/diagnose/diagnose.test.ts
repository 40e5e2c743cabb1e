/** Diagnostics: the catalogue, errors, suggestions, the picture in a terminal and the data for programs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  assertInvariant,
  catalogue,
  catalogueThemes,
  type Diagnostic,
  diagnosticsToJson,
  GemelError,
  renderDiagnostics,
  suggest,
} from '../../../src/core/diagnose/index.ts';

fc.configureGlobal({ seed: 20261122 });

function render(source: string, ...diagnostics: Diagnostic[]): string {
  return renderDiagnostics(diagnostics, { sources: new Map([['pump.yaml', source]]), color: 'never' });
}

function at(line: number, column: number, length: number, file = 'pump.yaml') {
  return { file, line, column, length };
}

function problem(more: Partial<Diagnostic> = {}): Diagnostic {
  return { code: 'NAME_UNKNOWN', severity: 'error', message: 'no `speeed` here', ...more };
}

test('each theme of the catalogue is alphabetical, and no code is in two of them', () => {
  const lists = catalogueThemes.map(({ codes }) => Object.keys(codes));
  for (const codes of lists) assert.deepEqual(codes, codes.toSorted());
  assert.deepEqual(lists.flat(), Object.keys(catalogue));
});

test('each entry has a short title and two sentences', () => {
  for (const [code, { title, cause, remedy }] of Object.entries(catalogue)) {
    assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    assert.ok(title.split(' ').length <= 6 && !title.endsWith('.'), title);
    assert.match(cause, /^[A-Z].*\.$/);
    assert.match(remedy, /^[A-Z].*\.$/);
  }
});

test('an error carries its code, hint, diagnostics and cause', () => {
  const cause = new Error('below');
  const error = new GemelError('MODEL_INVALID', 'pump is invalid', {
    hint: 'h',
    diagnostics: [problem()],
    cause,
  });
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'GemelError');
  assert.equal(error.message, 'pump is invalid');
  assert.deepEqual([error.code, error.hint, error.diagnostics.length], ['MODEL_INVALID', 'h', 1]);
  assert.equal(error.cause, cause);
  const bare = new GemelError('TWIN_UNKNOWN', 'no twin');
  assert.deepEqual([bare.hint, bare.diagnostics, 'cause' in bare], [undefined, [], false]);
});

test('a broken invariant throws and says that it is not the caller who is at fault', () => {
  assertInvariant(true, 'never seen');
  assert.throws(
    () => assertInvariant(false, 'slots overlap'),
    /broken invariant: slots overlap.*fault in Gemel/,
  );
});

test('suggests the nearest name, with capitals, underscores and hyphens folded', () => {
  const names = ['oil_temperature', 'cooler', 'motor_power', 'kW', 'inertia'];
  assert.equal(suggest('oil_temprature', names), 'oil_temperature');
  assert.equal(suggest('oilTemperature', names), 'oil_temperature');
  assert.equal(suggest('motor-power', names), 'motor_power');
  assert.equal(suggest('inretia', names), 'inertia'); // a swap counts once
  assert.equal(suggest('KW', names), 'kW');
  assert.equal(suggest('wibble', names), undefined);
  assert.equal(suggest('x', ['y', 'z']), undefined);
  assert.equal(suggest('', names), undefined);
});

test('suggests neither the name itself nor anything for a name of unreasonable length', () => {
  assert.equal(suggest('cooler', ['cooler']), undefined);
  assert.equal(suggest('a'.repeat(100_000), ['a'.repeat(99_999)]), undefined);
});

test('suggests the original after one edit in a name of at least six letters', () => {
  const name = fc.stringMatching(/^[a-z]{6,20}$/);
  fc.assert(
    fc.property(
      name,
      fc.nat(),
      fc.stringMatching(/^[a-z]$/),
      fc.constantFrom(0, 1),
      (original, where, letter, cut) => {
        const index = where % (original.length + 1 - cut);
        const misspelt = original.slice(0, index) + letter + original.slice(index + cut);
        fc.pre(misspelt !== original);
        assert.equal(suggest(misspelt, ['0123456789', original]), original);
      },
    ),
  );
});

test('draws the place, the message, the hint and the code', () => {
  const source = 'gemel: 1\nequations:\n  der(speed): (torque_motor - torque_load) / heat_capacity\n';
  const picture = render(source, {
    code: 'EQUATION_UNITS',
    severity: 'error',
    message: 'the left side is rad/s², the right side is N·m / (J/K)',
    place: at(3, 46, 13),
    hint: 'did you mean `inertia` (kg·m²)?',
  });
  assert.equal(
    picture,
    [
      'pump.yaml:3:46  unit mismatch',
      '   der(speed): (torque_motor - torque_load) / heat_capacity',
      '                                              ^^^^^^^^^^^^^',
      '   the left side is rad/s², the right side is N·m / (J/K)',
      `   did you mean \`inertia\` (kg·m²)?${' '.repeat(84 - 34 - 16)}[EQUATION_UNITS]`,
      '',
      '1 problem in pump.yaml',
      '',
    ].join('\n'),
  );
});

test('says what was expected and found, and puts the code after the message when there is no hint', () => {
  const lines = render('x: 1', problem({ place: at(1, 4, 1), expected: 'a text', found: 'a number' })).split(
    '\n',
  );
  assert.equal(lines[3], '   no `speeed` here');
  assert.match(lines[4] ?? '', /^ {3}expected a text, found a number {2,}\[NAME_UNKNOWN\]$/);
  assert.match(
    render('x', problem()),
    /^unknown name\n {3}no `speeed` here {2,}\[NAME_UNKNOWN\]\n\n1 problem\n$/,
  );
});

test('sorts by file, line and column, keeps equal places in order, and counts at the end', () => {
  const picture = renderDiagnostics(
    [
      problem({ message: 'sixth' }),
      problem({ message: 'fifth', place: at(1, 1, 1, 'b.yaml') }),
      problem({ message: 'fourth', place: at(10, 1, 1, 'a.yaml'), severity: 'warning' }),
      problem({ message: 'second', place: at(9, 7, 1, 'a.yaml') }),
      problem({ message: 'third', place: at(9, 7, 1, 'a.yaml') }),
      problem({ message: 'first', place: at(9, 2, 1, 'a.yaml') }),
    ],
    { sources: new Map(), color: 'never' },
  );
  assert.deepEqual(picture.match(/first|second|third|fourth|fifth|sixth/g), [
    'first',
    'second',
    'third',
    'fourth',
    'fifth',
    'sixth',
  ]);
  assert.match(picture, /\n\n5 problems and 1 warning in 2 files\n$/);
  assert.match(picture, /a\.yaml:10:1 {2}warning: unknown name/);
  assert.match(render('', problem({ severity: 'warning' })), /\n1 warning\n$/);
  assert.equal(render(''), '');
});

/** The characters of the second line that stand above the carets of the third. */
function marked(picture: string): string {
  const [, line = '', carets = ''] = picture.split('\n');
  return line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1);
}

test('carets stand under the place after tabs, and the line ending does not count', () => {
  assert.equal(marked(render('\t\ta:\tspeeed + 1\r\n', problem({ place: at(1, 6, 6) }))), 'speeed');
  assert.equal(render('ab\r\n', problem({ place: at(1, 2, 9) })).split('\n')[2], '    ^');
});

test('wide characters take two columns and combining ones none', () => {
  const [, , carets] = render('温度e\u0301: speeed', problem({ place: at(1, 7, 6) })).split('\n');
  assert.equal(carets, `   ${' '.repeat(2 + 2 + 1 + 2)}^^^^^^`);
});

test('a long line is cut around the place', () => {
  for (const before of [0, 50, 90, 300, 5_000, 1_000_000]) {
    for (const after of [0, 50, 90, 300, 5_000, 1_000_000]) {
      const source = `${'a+'.repeat(before / 2)}speeed${'+b'.repeat(after / 2)}`;
      const picture = render(source, problem({ place: at(1, before + 1, 6) }));
      const shown = picture.split('\n')[1] ?? '';
      assert.equal(marked(picture), 'speeed');
      assert.ok(shown.length <= 100, `${shown.length}`);
      if (before + after > 100) assert.ok(shown.length >= 99, `${before} ${after} ${shown.length}`);
      assert.equal(shown.startsWith('   …'), !source.startsWith(shown.slice(3, 6)));
      assert.equal(shown.endsWith('…'), !source.endsWith(shown.slice(-3)));
    }
  }
});

test('a place longer than the page keeps its beginning', () => {
  const picture = render('x'.repeat(50_000), problem({ place: at(1, 1001, 40_000) }));
  assert.match(picture.split('\n')[1] ?? '', /^ {3}…x+…$/);
  assert.ok((picture.split('\n')[2] ?? '').length <= 100);
});

test('control characters of a document do not reach the terminal', () => {
  const picture = render(
    'a\u001b[2Jb\u202ec',
    problem({ place: at(1, 1, 1), message: 'bad \u001b[31m\nname' }),
  );
  assert.doesNotMatch(picture.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.match(picture, /bad ␛\[31m name/);
});

test('colours mark the place, and without them the text is the same', () => {
  const options = { sources: new Map([['pump.yaml', 'a: speeed']]) };
  const list = [
    problem({ place: at(1, 4, 6), hint: 'did you mean `speed`?' }),
    problem({ severity: 'warning' }),
  ];
  const plain = renderDiagnostics(list, { ...options, color: 'never' });
  const colored = renderDiagnostics(list, { ...options, color: 'always' });
  assert.match(colored, /\u001b\[31m\^{6}\u001b\[0m/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is looked for
  assert.equal(colored.replace(/\u001b\[\d+m/g, ''), plain);
});

test('no place, source or text makes the picture fail', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.nat(30));
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(
      text,
      text,
      number,
      number,
      number,
      fc.boolean(),
      (source, message, line, column, length, known) => {
        const place = at(line, column, length, known ? 'pump.yaml' : 'other.yaml');
        const picture = render(source, problem({ place, message, expected: message, hint: source }));
        for (const shown of picture.split('\n').slice(1, 3)) assert.ok(shown.length < 1000);
      },
    ),
  );
});

test('as data, a diagnostic is flat and leaves out what is not known', () => {
  assert.deepEqual(
    diagnosticsToJson([
      problem(),
      problem({ severity: 'warning', place: at(3, 4, 5), expected: 'e', found: 'f', hint: 'h' }),
    ]),
    [
      { code: 'NAME_UNKNOWN', severity: 'error', message: 'no `speeed` here' },
      {
        code: 'NAME_UNKNOWN',
        severity: 'warning',
        message: 'no `speeed` here',
        file: 'pump.yaml',
        line: 3,
        column: 4,
        length: 5,
        expected: 'e',
        found: 'f',
        hint: 'h',
      },
    ],
  );
});
