/** Templates, against a plain odometer that counts the same names by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandTemplate, fillTwin, twinLimit } from '../../src/app/template.ts';

function namesOf(template: string): readonly string[] {
  const expanded = expandTemplate(template);
  assert.ok('names' in expanded, 'problem' in expanded ? expanded.problem.message : '');
  return expanded.names;
}

function problemOf(template: string): string {
  const expanded = expandTemplate(template);
  assert.ok('problem' in expanded);
  return `${expanded.problem.message} [${expanded.problem.code}]`;
}

test('a plain name stands for itself', () => {
  assert.deepEqual(namesOf('press.1_a-b'), ['press.1_a-b']);
});

test('a range counts up, both ends included', () => {
  assert.deepEqual(namesOf('pump-{1..3}'), ['pump-1', 'pump-2', 'pump-3']);
  assert.deepEqual(namesOf('p{7..7}'), ['p7']);
});

test('a zero in front keeps the width', () => {
  assert.deepEqual(namesOf('p{08..11}'), ['p08', 'p09', 'p10', 'p11']);
  assert.deepEqual(namesOf('p{1..010}').slice(8), ['p009', 'p010']);
  assert.deepEqual(namesOf('p{0..2}'), ['p0', 'p1', 'p2']);
});

test('several ranges multiply, the last one fastest', () => {
  assert.deepEqual(namesOf('l{1..2}-p{1..2}'), ['l1-p1', 'l1-p2', 'l2-p1', 'l2-p2']);
});

test('what is no range, runs backwards, or names too many is refused with a reason', () => {
  assert.equal(problemOf('p{1-3}'), '`{1-3}` in `p{1-3}` is not a range [TWIN_NAME]');
  assert.equal(problemOf('p{1..3'), '`p{1..3` in `p{1..3` is not a range [TWIN_NAME]');
  assert.equal(problemOf('p{3..1}'), 'the range {3..1} runs backwards [TWIN_NAME]');
  assert.equal(problemOf('p{1..100001}'), '`p{1..100001}` names 100,001 twins [TWIN_LIMIT]');
  assert.match(problemOf('p{1..999999999}{1..999999999}{1..999999999}'), /TWIN_LIMIT/);
  assert.match(problemOf('a/b{1..2}'), /`a\/b1` is not a twin's name/);
  assert.match(problemOf(''), /`` is not a twin's name/);
  assert.match(problemOf('x'.repeat(129)), /at most 128 characters/);
  assert.equal(namesOf(`p{1..${twinLimit}}`).length, twinLimit);
});

test('property: any product of ranges is what an odometer counts, without repeats', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 4 }), (ranges) => {
      const template = `t${ranges.map(([from, more]) => `-{${from}..${from + more}}`).join('')}`;
      const wheel = ranges.map(([from]) => from);
      const counted: string[] = [];
      for (;;) {
        counted.push(`t${wheel.map((n) => `-${n}`).join('')}`);
        let at = wheel.length - 1;
        while (at >= 0 && wheel[at] === (ranges[at]?.[0] ?? 0) + (ranges[at]?.[1] ?? 0)) {
          wheel[at] = ranges[at]?.[0] ?? 0;
          at -= 1;
        }
        if (at < 0) break;
        wheel[at] = (wheel[at] ?? 0) + 1;
      }
      const names = namesOf(template);
      assert.deepEqual(names, counted);
      assert.equal(new Set(names).size, names.length);
    }),
    { seed: 20261122, numRuns: 100 },
  );
});

test('property: no text makes it hang or throw', () => {
  const piece = fc.constantFrom('{', '}', '..', '1', '0', '999999999', '-', 'p', '{1..3}', ' ', '\u0000');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const expanded = expandTemplate(pieces.join(''));
      assert.ok('names' in expanded || expanded.problem.message.length > 0);
    }),
    { seed: 20261122, numRuns: 500 },
  );
});

test('a topic takes the twin’s name wherever it is asked for', () => {
  assert.equal(fillTwin('plant/{twin}/x/{twin}', 'p1'), 'plant/p1/x/p1');
});
