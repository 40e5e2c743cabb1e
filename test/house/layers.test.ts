/**
 * The layers and the style of the source tree.
 *
 * Each rule is also shown one planted breach: a checker that reads no files, or reads them wrongly, passes
 * silently, and that has happened to better-known ones.
 */

import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import test from 'node:test';
import { rules } from './rules.ts';
import type { Breach, Rule } from './rules.ts';
import { parseSource, readTree, root } from './source.ts';

const folders = ['src', 'studio', 'scripts', 'examples', 'bench', 'prove', 'faults', 'test'];
const files = readTree(folders);

test('every TypeScript file is read, and imports are seen in them', () => {
  const present = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  assert.equal(files.length, present.filter((path) => !path.includes('node_modules')).length);
  assert.ok(files.length > 50, `only ${files.length} files were read`);
  assert.ok(files.flatMap(({ imports }) => imports).length > files.length, 'hardly any import was seen');
});

for (const [name, rule] of Object.entries(rules)) {
  test(`the tree keeps the rule ${name}`, () => {
    assert.equal(print(files.flatMap(rule)), '');
  });
}

const planted: Record<keyof typeof rules, readonly (readonly [path: string, text: string])[]> = {
  layerOrder: [
    ['src/core/units/a.ts', "import { x } from '../../engine/index.ts';"],
    ['src/engine/a.ts', "export { x } from '../adapters/mqtt/index.ts';"],
    ['src/adapters/mqtt/a.ts', "import type { X } from '../../app/index.ts';"],
    ['src/app/a.ts', "const x = await import('../cli/index.ts');"],
    ['src/cli/a.ts', "import { x } from '../index.ts';"],
    ['src/cli/a.ts', "import { x } from '../../bench/run.ts';"],
    ['src/index.ts', "import { x } from './app/index.ts';"],
  ],
  coreOrder: [
    ['src/core/units/a.ts', "import {\n  x,\n} from '../equation/index.ts';"],
    ['src/core/surprise/a.ts', ''],
  ],
  engineOrder: [
    ['src/engine/block/a.ts', "import type { X } from '../shard/index.ts';"],
    ['src/engine/block/a.ts', "export { x } from '../index.ts';"],
    ['src/engine/block/a.ts', "import { x } from '../clock.ts';"],
    ['src/engine/surprise/a.ts', ''],
    ['src/engine/a.ts', ''],
  ],
  adaptersApart: [['src/adapters/http/a.ts', "import { x } from '../mqtt/index.ts';"]],
  onePlaceComposes: [
    ['src/app/a.ts', "import '../adapters/http/index.ts';\nimport '../adapters/mqtt/index.ts';"],
  ],
  throughTheIndex: [
    ['src/core/model/a.ts', "import { x } from '../units/table.ts';"],
    ['src/engine/shard/a.ts', "import { x } from '../block/ticker.ts';"],
    ['src/engine/index.ts', "export { x } from './shard/queue.ts';"],
    ['src/adapters/http/a.ts', "import { x } from '../../engine/shard/queue.ts';"],
    ['src/adapters/http/a.ts', "import { x } from '../../engine/shard/index.ts';"],
    ['src/index.ts', "export { x } from './core/units/table.ts';"],
  ],
  pureCore: [
    ['src/core/units/a.ts', "import { readFileSync } from 'node:fs';"],
    ['src/core/units/a.ts', "import mqtt from 'mqtt';"],
    ['src/core/units/a.ts', 'export const x = Date.now();'],
    ['src/engine/a.ts', 'export const x = [Math.random()];'],
    ['src/engine/a.ts', 'export const x = new Date().toISOString();'],
    ['src/engine/a.ts', 'export const x = Date();'],
    ['src/engine/a.ts', 'export const x = () => performance.now();'],
    ['src/engine/a.ts', "if (true) console.log('x');"],
  ],
  besideSrc: [
    ['studio/a.ts', "import { x } from '../src/engine/index.ts';"],
    ['examples/embedded/a.ts', "import { x } from '../../src/index.ts';"],
    ['scripts/a.ts', "import { x } from '../src/index.ts';"],
  ],
  plainExports: [
    ['src/core/units/a.ts', "export * from './b.ts';"],
    ['src/core/units/a.ts', "export * as all from './b.ts';"],
    ['src/core/units/a.ts', 'export default 1;'],
    ['src/core/units/a.ts', "export { x as default } from './b.ts';"],
  ],
  opensWithComment: [['src/core/units/a.ts', 'export const x = 1;\n// what it is for\n']],
  fixedSeeds: [['test/core/units/a.test.ts', "import fc from 'fast-check';\nfc.assert(x);"]],
};

for (const [name, cases] of Object.entries(planted)) {
  test(`a planted breach of ${name} is found`, () => {
    const rule: Rule | undefined = Object.entries(rules).find(([key]) => key === name)?.[1];
    assert.ok(rule);
    for (const [path, text] of cases)
      assert.equal(rule(parseSource(path, text)).length, 1, `${path}: ${text}`);
  });
}

test('what the rules allow is not a breach', () => {
  const allowed: readonly (readonly [path: string, text: string])[] = [
    ['src/core/model/a.ts', "import { x } from '../units/index.ts';\nimport { y } from './b.ts';"],
    [
      'src/engine/shard/a.ts',
      "import { x } from '../block/index.ts';\nimport { y } from '../../core/model/index.ts';",
    ],
    ['src/core/document/a.ts', "import { parse } from 'yaml';\nimport { Type } from 'typebox';"],
    ['src/app/compose.ts', "import '../adapters/http/index.ts';\nimport '../adapters/mqtt/index.ts';"],
    ['src/app/a.ts', "import { x } from '../adapters/mqtt/index.ts';\nconsole.log(Date.now(), x);"],
    ['src/core/units/a.ts', "// import 'node:fs'\nexport const x = \"import 'node:fs'\";"],
    ['src/engine/index.ts', "export { x } from './shard/index.ts';"],
    ['src/engine/shard/a.ts', 'export const x = (ms: number) => new Date(ms).toISOString();'],
    ['examples/embedded/a.ts', "import { x } from 'gemel';"],
    ['src/cli/main.ts', '#!/usr/bin/env node\n/** The command. */\n'],
  ];
  for (const [path, text] of allowed) {
    const file = parseSource(path, text.startsWith('#!') ? text : `// what it is for\n${text}`);
    assert.equal(print(Object.values(rules).flatMap((rule: Rule) => rule(file))), '');
  }
});

function print(breaches: readonly Breach[]): string {
  return breaches.map(({ path, line, says }) => `${path}:${line} ${says}`).join('\n');
}
