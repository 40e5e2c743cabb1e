/** Semantic versions, held against the specification's own lists and npm's documented examples of ranges. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { compareVersions, nextVersion } from '../../../src/core/model/index.ts';
import { parseRange, parseVersion, VERSION_PATTERN } from '../../../src/core/model/version.ts';

/** Semantic Versioning 2.0.0, §11, both lists in one. */
const ascending = [
  '0.9.9',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '2.1.10',
  '2.10.0',
  '10.0.0',
];

test('versions have the order of the specification, whichever is compared with which', () => {
  for (const [i, a] of ascending.entries()) {
    for (const [k, b] of ascending.entries())
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - k));
  }
  assert.deepEqual(ascending.toReversed().toSorted(compareVersions), ascending);
});

test('build metadata has no part in the order, and long numbers are compared whole', () => {
  assert.equal(compareVersions('1.0.0+20130313144700', '1.0.0+exp.sha.5114f85'), 0);
  assert.ok(compareVersions('1.0.0-9007199254740993', '1.0.0-9007199254740992') > 0);
  assert.ok(compareVersions('1.0.0--', '1.0.0-99') > 0);
});

test('what the specification calls valid is read, and what it calls invalid is not', () => {
  // From the regular expression's page that semver.org links to (regex101.com/r/vkijKf).
  const valid =
    '0.0.4 1.2.3 1.1.2-prerelease+meta 1.1.2+meta 1.0.0-alpha.0valid 1.0.0-rc.1+build.123 1.2.3----RC-SNAPSHOT.12.9.1--.12 1.0.0-0A.is.legal';
  const invalid =
    '1 1.2 1.2.3-0123 1.1.2+.123 alpha 01.1.1 1.01.1 1.1.01 1.2-SNAPSHOT 1.2.31----RC..12.9.1 -1.0.3-gamma 1.0.0-alpha..1';
  for (const text of valid.split(' ')) assert.ok(parseVersion(text), text);
  for (const text of invalid.split(' ')) assert.equal(parseVersion(text), undefined, text);
});

test('a model has a version without build metadata, in lower case', () => {
  const pattern = new RegExp(VERSION_PATTERN);
  for (const text of ['1.0.0', '1.0.0-rc.1', '10.20.30-a-b.0']) assert.ok(pattern.test(text), text);
  for (const text of ['1.0', '01.0.0', '1.0.0+1', '1.0.0-RC', '1.0.0-01', '1.0.0-'])
    assert.ok(!pattern.test(text), text);
});

/** The examples of npm's semver, "Advanced Range Syntax" and "Prerelease Tags". */
for (const [range, inside, outside] of [
  ['>=1.2.7', '1.2.7 1.2.8 2.5.3 1.3.9', '1.2.6 1.1.0'],
  ['>=1.2.7 <1.3.0', '1.2.7 1.2.8 1.2.99', '1.2.6 1.3.0 1.1.0'],
  ['1.2.7 || >=1.2.9 <2.0.0', '1.2.7 1.2.9 1.4.6', '1.2.8 2.0.0'],
  ['^1.2.3', '1.2.3 1.9.0', '1.2.2 2.0.0'],
  ['^0.2.3', '0.2.3 0.2.9', '0.3.0'],
  ['^0.0.3', '0.0.3', '0.0.4'],
  ['~1.2.3', '1.2.3 1.2.9', '1.3.0'],
  ['>1.2.3-alpha.3', '1.2.3-alpha.7 3.4.5', '3.4.5-alpha.9'],
  ['< 2.0.0', '1.9.9', '2.0.0-rc.1 2.0.0'],
  ['=1.0.0', '1.0.0', '1.0.1'],
] as const) {
  test(`the range ${range} is that of npm`, () => {
    const isInside = parseRange(range);
    assert.ok(isInside);
    for (const version of inside.split(' ')) assert.ok(isInside.includes(version), version);
    for (const version of outside.split(' ')) assert.ok(!isInside.includes(version), version);
  });
}

test('a range with a lower end says which versions are older than all of it', () => {
  const isAfter = (range: string, version: string) => parseRange(range)?.isAfter(version);
  for (const range of ['^2.0.0', '>1.5.0', '~2.1.0 || 3.0.0', '>=2.0.0 <3.0.0'])
    assert.equal(isAfter(range, '1.5.0'), true);
  for (const range of ['<2.0.0', '^1.5.0', '>=1.0.0', '<1.0.0 || ^2.0.0'])
    assert.equal(isAfter(range, '1.5.0'), false);
});

test('what is no range is said to be none', () => {
  for (const text of ['', '1.x', 'latest', '>=', '1.0.0 ||', '1.0.0 - 2.0.0'])
    assert.equal(parseRange(text), undefined);
});

test('the next version follows the newest, and a pre-release leads to its version', () => {
  const versions = ['1.9.0', '1.10.2', '1.2.0'];
  assert.equal(nextVersion(versions, 'patch'), '1.10.3');
  assert.equal(nextVersion(versions, 'minor'), '1.11.0');
  assert.equal(nextVersion(versions, 'major'), '2.0.0');
  assert.equal(nextVersion([...versions, '2.0.0-rc.1'], 'minor'), '2.0.0');
});
