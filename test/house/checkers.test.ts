/**
 * Each checker, with this repo's own configuration, is shown a small tree with planted breaches.
 *
 * A checker that passes because it looked at nothing, or because a rule's name was misspelt in its
 * configuration, looks just like a clean tree. So every rule that the house relies on is broken here once.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { root } from './source.ts';

const temporary: string[] = [];
after(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

test('the linter finds every planted breach', () => {
  const planted: Record<string, string> = {
    'typescript(no-explicit-any)': 'export const a: any = 1;',
    'typescript(no-floating-promises)': 'Promise.resolve(1);',
    'typescript(no-misused-promises)': 'if (Promise.resolve(true)) true.toString();',
    'typescript(await-thenable)': 'export const a = async () => await 1;',
    'typescript(no-unsafe-assignment)': "export const a: number = JSON.parse('1');",
    'typescript(switch-exhaustiveness-check)':
      "export function a(b: 'x' | 'y') { switch (b) { case 'x': return 1; } return 2; }",
    'typescript(consistent-type-imports)': "import { B } from './other.ts'; export const a = (b: B) => b;",
    'typescript(no-non-null-assertion)': 'export const a = (b?: string) => b!.length;',
    'typescript(ban-ts-comment)': "// @ts-ignore\nexport const a: number = 'x';",
    'eslint(eqeqeq)': 'export const a = (b: string) => b == `x`;',
    'eslint(no-unused-vars)': 'const a = 1;',
    'eslint(no-shadow)': 'const a = 1; export const b = (a: number) => a; a.toFixed();',
    'eslint(no-console)': "console.log('x');",
    'eslint(no-restricted-properties)': 'export const a = [Date.now(), Math.random()];',
    'eslint(no-restricted-globals)': 'export const a = () => performance.now();',
    'eslint(no-warning-comments)': '// TODO later\nexport const a = 1;',
    'eslint(max-params)': 'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1) => [b, c, d, e, f];',
    'eslint(max-lines)': 'export {};\n'.repeat(401),
    'import(no-default-export)': 'export default 1;',
    'import(no-cycle)': "import { a } from './cycle.ts'; export const b = () => a;",
    'unicorn(prefer-node-protocol)': "import 'fs';",
  };
  const tree = smallTree({ 'src/core/other.ts': 'export interface B { c: number }' });
  const names = Object.entries(planted).map(([rule, text], index) => {
    const path = rule === 'import(no-cycle)' ? 'src/core/planted.ts' : `src/core/planted${index}.ts`;
    write(tree, path, text);
    return [rule, path] as const;
  });
  write(tree, 'src/core/cycle.ts', "import { b } from './planted.ts'; export const a = () => b;");
  const { output, status } = run(tree, ['oxlint', '--type-aware', '-f', 'unix', 'src']);
  assert.notEqual(status, 0);
  for (const [rule, path] of names) {
    const found = output.split('\n').filter((line) => line.startsWith(`${path}:`));
    assert.ok(
      found.some((line) => line.includes(rule)),
      `${rule} was not found in ${path}, only:\n${found.join('\n')}`,
    );
  }
});

test('the linter passes a clean file', () => {
  const tree = smallTree({ 'src/core/clean.ts': '/** One. */\nexport const one = 1;\n' });
  const { output, status } = run(tree, ['oxlint', '--type-aware', 'src']);
  assert.match(output, /Found 0 warnings and 0 errors.\nFinished in .* on 1 file /);
  assert.equal(status, 0);
});

test('the compiler keeps core free of Node, of the page and of the layers above', () => {
  const tree = smallTree({
    'src/core/a.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
    'src/core/b.ts': "process.exit();\nconsole.log('b');\nsetTimeout(() => 0, 1);\ndocument.title = 'b';",
    'src/core/c.ts': "import { x } from '../engine/x.ts';\nexport const c = x;",
    'src/core/d.ts':
      'enum D { E }\nexport const d = (e: { f?: number }) => { e.f = undefined; return D.E; };',
    'src/engine/x.ts': 'export const x = 1;',
  });
  const { output, status } = run(tree, ['tsc', '-b', 'src/core']);
  assert.notEqual(status, 0);
  assert.match(output, /core\/a.ts\(1,30\).*TS2591|core\/a.ts\(1,30\).*TS2307/);
  for (const line of [1, 2, 3, 4]) assert.match(output, new RegExp(`core/b.ts\\(${line},1\\): error TS2`));
  assert.match(output, /x.ts' is not (listed within|under 'rootDir')/);
  assert.match(output, /core\/d.ts\(1,.*erasableSyntaxOnly/);
  assert.match(output, /core\/d.ts\(2,.*exactOptionalPropertyTypes/);
});

test('the formatter refuses a file in another format', () => {
  const tree = smallTree({ 'src/core/a.ts': 'export const a = "x"' });
  const { output, status } = run(tree, ['biome', 'format', '.']);
  assert.match(output, /^src\/core\/a.ts format/m);
  assert.notEqual(status, 0);
});

test('unused files, exports and dependencies are found', () => {
  const tree = smallTree({
    'src/index.ts': "export { used } from './used.ts';",
    'src/used.ts': 'export const used = 1;\nexport const unused = 2;',
    'src/orphan.ts': 'export const orphan = 1;',
    'package.json':
      '{ "name": "small", "type": "module", "exports": "./src/index.ts", "dependencies": { "yaml": "*" } }',
  });
  const { output, status } = run(tree, ['knip', '--no-progress']);
  assert.match(output, /Unused files \(1\)\nsrc\/orphan.ts/);
  assert.match(output, /Unused dependencies \(1\)\nyaml/);
  assert.match(output, /Unused exports \(1\)\nunused/);
  assert.notEqual(status, 0);
});

/** A tree of these files under the repo's own configuration, in a temporary folder. */
function smallTree(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'gemel-house-'));
  temporary.push(tree);
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const configuration = ['.oxlintrc.json', 'biome.json', 'knip.json', 'tsconfig.base.json'];
  for (const name of [...configuration, 'src/core/tsconfig.json', 'src/engine/tsconfig.json']) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    cpSync(join(root, name), join(tree, name));
  }
  write(tree, 'package.json', '{ "name": "small", "type": "module" }');
  for (const [path, text] of Object.entries(files)) write(tree, path, text);
  return tree;
}

function write(tree: string, path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${text}\n`);
}

function run(
  cwd: string,
  command: readonly string[],
): { readonly output: string; readonly status: number | null } {
  const [name = '', ...rest] = command;
  const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin', name), rest, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { output: `${stdout}${stderr}`, status };
}
