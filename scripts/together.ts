/**
 * Runs test files in one process: starting one takes longer than the tests of most files do.
 *
 * `node scripts/together.ts PATTERN…`. Each file is a suite, so that hooks at its top are for its own tests only. One
 * that leaves the environment, the working directory or a global object other than it found them fails, by its name:
 * otherwise a file after it would, without being at fault.
 */

import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, suite } from 'node:test';
import { pathToFileURL } from 'node:url';

const files = process.argv.slice(2).flatMap((pattern) => globSync(pattern));
assert.notEqual(files.length, 0, 'there is no such file');
// Those behind a getter Node makes once they are asked for.
const globals = Object.entries(Object.getOwnPropertyDescriptors(globalThis))
  .filter(([, property]) => 'value' in property)
  .map(([name]) => name);

for (const file of files.toSorted()) {
  suite(file, async () => {
    // Hooks run in the order in which they stand: this one before those of the file, the other after them.
    let found = new Map<string, unknown>();
    before(() => {
      found = surroundings();
    });
    await import(pathToFileURL(resolve(file)).href);
    after(() => {
      const now = surroundings();
      const names = [...new Set([...found.keys(), ...now.keys()])];
      const changed = names.filter((name) => !Object.is(found.get(name), now.get(name)));
      assert.deepEqual(changed, [], `${file} leaves something other than it found it`);
    });
  });
}

/** What all files share and a test may replace, by name. */
function surroundings(): Map<string, unknown> {
  return new Map<string, unknown>([
    ['the working directory', process.cwd()],
    ...Object.entries(process.env).map(([name, value]) => [`environment ${name}`, value] as const),
    ...globals.map((name) => [`global ${name}`, Reflect.get(globalThis, name) as unknown] as const),
  ]);
}
