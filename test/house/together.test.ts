/** Test files that share a process do not disturb each other. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../scripts/together.ts', import.meta.url));

const files = {
  'a.test.mjs': `
    import { beforeEach, test } from 'node:test';
    beforeEach(() => console.log('hook of a'));
    test('is clean', () => console.log('test of a'));`,
  'b.test.mjs': `
    import { mock, test } from 'node:test';
    test('leaves much', () => {
      mock.timers.enable({ apis: ['setInterval'] });
      process.env.LEFT = 'yes';
    });`,
  'c.test.mjs': `
    import { test } from 'node:test';
    test('is clean too', () => console.log('test of c'));`,
};

test('hooks are for the tests of their own file, and what a file leaves fails that file only', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-together-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  // Without it the process would take itself for one of this runner's.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--test-reporter=tap', program, join(folder, '*.test.mjs')],
    { env, encoding: 'utf8' },
  );
  assert.equal(status, 1);
  const lines = stdout.split('\n').map((line) => line.trim());
  assert.deepEqual(
    lines.filter((line) => / of [ac]$/.test(line)),
    ['hook of a', 'test of a', 'test of c'],
  );
  const failed = lines.filter((line) => line.startsWith('not ok')).map((line) => line.slice(-10));
  assert.deepEqual(failed, ['b.test.mjs']);
  assert.match(stdout, /leaves something other than it found it/);
  for (const left of ['environment LEFT', 'global setInterval']) assert.ok(stdout.includes(left), left);
});

test('no file at all is no success', () => {
  const { status, stderr } = spawnSync(process.execPath, [program, 'nowhere/*.test.ts'], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /there is no such file/);
});
