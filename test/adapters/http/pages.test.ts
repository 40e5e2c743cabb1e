/** The page, its modules with their types removed, and its libraries; nothing outside its directory. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createApp } from './harness.ts';

async function createStudio(t: TestContext): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'gemel-pages-'));
  t.after(() => rm(root, { recursive: true }));
  const studio = path.join(root, 'studio');
  await mkdir(path.join(studio, 'parts'), { recursive: true });
  await writeFile(path.join(root, 'secret.js'), 'secret');
  await writeFile(
    path.join(studio, 'index.html'),
    '<!doctype html><script type="module" src="/studio/main.ts"></script>',
  );
  await writeFile(
    path.join(studio, 'main.ts'),
    "import { one } from './parts/one.ts';\nexport const two: number = one;\n",
  );
  await writeFile(path.join(studio, 'parts', 'one.ts'), 'export const one: number = 1;\n');
  await writeFile(path.join(studio, 'built.js'), 'export const built = 1;\n');
  await writeFile(path.join(studio, 'style.css'), 'body{}');
  await writeFile(path.join(studio, 'icon.svg'), '<svg/>');
  await writeFile(path.join(studio, 'notes.txt'), 'not for browsers');
  await writeFile(path.join(studio, '.hidden.js'), 'hidden');
  await symlink(path.join(root, 'secret.js'), path.join(studio, 'link.js'));
  return studio;
}

test('shows index.html at the root, with headers that let it load only from here', async (t) => {
  const { get } = await createApp(t, { studio: await createStudio(t) });
  const { status, text, headers } = await get('/');
  assert.equal(status, 200);
  assert.match(text, /<!doctype html>/);
  assert.match(String(headers['content-security-policy']), /default-src 'self'.*frame-ancestors 'none'/);
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('browsers find the picture that they look for by themselves', async (t) => {
  const { get } = await createApp(t, { studio: await createStudio(t) });
  const { status, text, headers } = await get('/favicon.ico');
  assert.deepEqual([status, text, headers['content-type']], [200, '<svg/>', 'image/svg+xml']);
});

test('serves TypeScript as JavaScript, and again after it has changed', async (t) => {
  const studio = await createStudio(t);
  const { get } = await createApp(t, { studio });
  const { text, headers } = await get('/studio/main.ts');
  assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
  assert.match(text, /import \{ one \} from '\.\/parts\/one\.ts'/);
  assert.doesNotMatch(text, /: number/);
  assert.equal((await get('/studio/parts/one.ts')).status, 200);

  const { etag } = headers as { etag: string };
  const unchanged = await get('/studio/main.ts', { 'if-none-match': etag });
  assert.deepEqual([unchanged.status, unchanged.text], [304, '']);

  await writeFile(path.join(studio, 'main.ts'), 'export const three: number = 3;\n');
  await utimes(path.join(studio, 'main.ts'), 1, 1);
  assert.match((await get('/studio/main.ts', { 'if-none-match': etag })).text, /three/);
});

test('JavaScript stands for TypeScript once the package is built, and the other way round', async (t) => {
  const { get } = await createApp(t, { studio: await createStudio(t) });
  assert.match((await get('/studio/built.ts')).text, /built = 1/);
  assert.match((await get('/studio/main.js')).text, /two/);
});

test('serves nothing outside the directory, nothing hidden, and no other kinds of file', async (t) => {
  const { get } = await createApp(t, { studio: await createStudio(t) });
  const addresses = [
    '/studio/../secret.js',
    '/studio/%2e%2e/secret.js',
    '/studio/..%2fsecret.js',
    '/studio/parts/..%2f..%2fsecret.js',
    '/studio/%2e%2e%5csecret.js',
    '/studio//secret.js',
    '/studio/%00.js',
    '/studio/link.js',
    '/studio/.hidden.js',
    '/studio/notes.txt',
    '/studio/parts',
    '/studio/parts/',
    '/studio/',
    '/studio/nothing.ts',
    '/vendor/../package.json',
    '/vendor/uPlot.esm.js',
  ];
  for (const url of addresses) {
    const { status, text } = await get(url);
    assert.equal(status, 404, url);
    assert.doesNotMatch(text, /^secret|^hidden/, url);
  }
});

test('serves further modules of the page by their path', async (t) => {
  const studio = await createStudio(t);
  const { get } = await createApp(t, { modules: { '/src/core/': studio } });
  assert.equal((await get('/src/core/parts/one.ts')).status, 200);
  assert.equal((await get('/')).status, 404);
});

test('serves the chart library from the package', async (t) => {
  const { get } = await createApp(t);
  const script = await get('/vendor/uplot.js');
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.match(script.text.slice(0, 200), /uPlot/);
  assert.match((await get('/vendor/uplot.css')).text, /\.uplot/);
});
