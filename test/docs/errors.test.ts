/** docs/errors.md against the catalogue, and the catalogue against the sources and the tests. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { generatedPages, regenerated } from '../../scripts/docs.ts';
import { catalogue } from '../../src/core/diagnose/index.ts';
import { anchorsOf, readPage, root } from './page.ts';

const page = readPage('docs/errors.md');
const codes = Object.keys(catalogue);

/** Codes that were published and that nothing raises any more. They keep their meaning, and their place on the page. */
const retired: readonly string[] = [];

for (const path of generatedPages) {
  test(`${path} is what npm run docs writes`, () => {
    const text = readPage(path);
    assert.equal(regenerated(path, text), text);
  });
}

test('a generated part that was changed by hand, or has lost its marker, is noticed', () => {
  const changed = page.replace('not a quantity', 'no quantity');
  assert.equal(regenerated('docs/errors.md', changed), page);
  assert.throws(() => regenerated('docs/errors.md', page.replace('<!-- end of codes -->', '')), /no part/);
});

test('every code has an anchor of its own', () => {
  const anchors = anchorsOf(page);
  assert.deepEqual(
    codes.filter((code) => !anchors.has(code)),
    [],
  );
});

test('the picture shows both mistakes of the example', () => {
  assert.match(page, /models\/pump\.yaml:13:46 {2}unit mismatch/);
  assert.match(page, /models\/pump\.yaml:14:25 {2}unknown name/);
  assert.match(page, /2 problems in models\/pump\.yaml/);
});

test('the example of HTTP has the title that the catalogue gives', () => {
  const json = /"type": "urn[\s\S]*?^}/m.exec(page)?.[0] ?? '';
  const problem: unknown = JSON.parse(`{${json}`);
  assert.ok(typeof problem === 'object' && problem !== null && 'code' in problem && 'title' in problem);
  assert.deepEqual([problem.code, problem.title], ['TWIN_UNKNOWN', catalogue.TWIN_UNKNOWN.title]);
});

/** The texts of files, comments left out, so that a code that is only spoken of does not count. */
function textsOf(pattern: string, left: (path: string) => boolean): string[] {
  return globSync(pattern, { cwd: root })
    .filter(left)
    .map((path) => readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''));
}

/** The codes that stand in none of the texts. */
function missingFrom(texts: readonly string[], pattern: (code: string) => RegExp): string[] {
  const living = codes.filter((code) => !retired.includes(code));
  return living.filter((code) => !texts.some((text) => pattern(code).test(text)));
}

test('every code is raised somewhere', () => {
  // The table of HTTP statuses names codes that others raise.
  const texts = textsOf(
    'src/**/*.ts',
    (path) => !path.includes('/diagnose/catalogue') && path !== 'src/adapters/http/problem.ts',
  );
  assert.ok(texts.length > 100, `only ${texts.length} files were read`);
  assert.deepEqual(
    missingFrom(texts, (code) => new RegExp(`'${code}'`)),
    [],
  );
});

test('every code is provoked by some test', () => {
  const tests = textsOf('test/**/*.{ts,txt}', (path) => !path.startsWith('test/docs/'));
  const examples = textsOf('docs/*.md', () => true).flatMap(
    (text) => text.match(/^```yaml fails=\w+$/gm) ?? [],
  );
  assert.ok(tests.length > 40 && examples.length > 5, `${tests.length} tests, ${examples.length} examples`);
  assert.deepEqual(
    missingFrom([...tests, ...examples], (code) => new RegExp(`\\b${code}\\b`)),
    [],
  );
});
