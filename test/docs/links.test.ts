/** Every relative link of every page leads to a file, and to an anchor that is there. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { anchorsOf, pages, problemOf, readPage, relativeLinks } from './page.ts';

test('the pages are found, and links in them', () => {
  assert.ok(pages.includes('docs/model-language.md') && pages.includes('CONTRIBUTING.md'), pages.join());
  assert.ok(pages.flatMap((path) => relativeLinks(path, readPage(path))).length > 20);
});

for (const path of pages) {
  test(`the links of ${path} lead somewhere`, () => {
    const broken = relativeLinks(path, readPage(path)).flatMap((link) => {
      const problem = problemOf(link);
      return problem === undefined ? [] : [`${path}:${link.line} (${link.target}): ${problem}`];
    });
    assert.deepEqual(broken, []);
  });
}

test('a planted link that leads nowhere is found', () => {
  const page =
    '# One `two`: three\n\n[a](#one-two-three) [b](nowhere.md) [c](#four)\n```\n[d](code.md)\n```\n';
  assert.ok(anchorsOf(page).has('one-two-three'));
  const links = relativeLinks('docs/units.md', page);
  assert.deepEqual(
    links.map(({ target }) => target),
    ['#one-two-three', 'nowhere.md', '#four'],
  );
  assert.equal(
    problemOf({ page: 'docs/units.md', line: 1, target: 'nowhere.md' }),
    'docs/nowhere.md does not exist',
  );
  assert.equal(
    problemOf({ page: 'docs/units.md', line: 1, target: 'errors.md#NOT_A_CODE' }),
    'docs/errors.md has no anchor NOT_A_CODE',
  );
});
