/**
 * What the package depends on: exact versions, declared where they are used, and a lock file that is whole.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { readTree, root } from './source.ts';

interface Described {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Described;
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Described & { readonly resolved?: string }>>;
};

test('what is published imports only what is installed with it', () => {
  const listed = Object.keys(description.dependencies ?? {});
  const imported = readTree(['src', 'studio']).flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier, target }) => !target && !isBuiltin(specifier))
      .map(({ specifier }) => ({ path, specifier })),
  );
  assert.ok(imported.length > 0);
  const unlisted = imported.filter(
    ({ specifier }) => !listed.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
  );
  assert.deepEqual(unlisted, []);
});

test('versions are exact: an update is a commit, not a surprise', () => {
  const all = { ...description.dependencies, ...description.devDependencies };
  assert.deepEqual(
    Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

// npm leaves out the platforms whose package it could not fetch, says nothing, and then refuses the lock file
// in `npm ci`. Choose a version of which every platform is there.
test('the lock file has every platform of every tool, and no addresses', () => {
  const entries = Object.entries(lock.packages);
  assert.ok(entries.length > 100);
  const missing = entries.flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
    ),
  );
  assert.deepEqual(missing, []);
  assert.deepEqual(
    entries.filter(([path, { integrity }]) => path && !integrity).map(([path]) => path),
    [],
  );
  assert.deepEqual(
    entries.filter(([, { resolved }]) => resolved).map(([path]) => path),
    [],
  );
});
