/**
 * The tank inside a program of one's own: what it prints agrees with Torricelli's law in closed form, and the
 * compiler knows the names of its model.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { copyExample, root } from './support.ts';

const file = join(root, 'examples/embedded/tank.ts');

test('it is under 30 lines, from the public entry alone', () => {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.trimEnd().split('\n').length < 30);
  assert.deepEqual(
    [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier),
    ['gemel'],
  );
});

test('the level agrees with the closed form', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=gemel-source', file], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
  const rows = [...stdout.matchAll(/^(\d+) min {2}level ([\d.]+) m {2}outflow ([\d.]+) l\/min$/gm)];
  assert.deepEqual(
    rows.map(([, minute]) => Number(minute)),
    [0, 5, 10, 15, 20, 25, 30],
  );
  for (const [, minute, level, outflow] of rows) {
    const expected = levelAfter(60 * Number(minute));
    assert.ok(
      Math.abs(Number(level) - expected) <= 0.0005,
      `${minute} min: ${level} m, expected ${expected} m`,
    );
    const litres = 60_000 * factor * Math.sqrt(expected);
    assert.ok(
      Math.abs(Number(outflow) - litres) <= 0.05,
      `${minute} min: ${outflow} l/min, expected ${litres}`,
    );
  }
});

test('a misspelt name does not compile', (t) => {
  const copy = copyExample(t, 'embedded');
  const folder = join(copy, '../..');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "extends": "./tsconfig.tools.json", "include": ["examples"], "compilerOptions": { "rootDir": null } }',
  );
  const text = readFileSync(file, 'utf8');
  assert.deepEqual(compile(folder), { status: 0, output: '' }, 'as it stands it compiles');
  const misspelt = {
    "state('level')": "state('lvel')",
    "set('inflow'": "set('inflw'",
    "output('out": "output('uot",
  };
  for (const [right, wrong] of Object.entries(misspelt)) {
    assert.ok(text.includes(right));
    writeFileSync(join(copy, 'tank.ts'), text.replace(right, wrong));
    const { status, output } = compile(folder);
    assert.notEqual(status, 0, `${wrong} compiled`);
    assert.match(output, /tank\.ts.*Argument of type '"(lvel|inflw|uotflow)"' is not assignable/);
  }
});

function compile(folder: string): { readonly status: number | null; readonly output: string } {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder], {
    encoding: 'utf8',
    timeout: 100_000,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Outflow in m³/s over the root of the level: contraction 0.62 of 4 cm², Torricelli's √(2 g h). */
const factor = 0.62 * 4e-4 * Math.sqrt(2 * 9.81);
const area = 1.5;
const inflow = 90 / 60_000;

/**
 * The tank's level: it begins at 1 m, without inflow for 15 minutes, then with 90 l/min.
 *
 * With u = √h and inflow q, A·2u·du/dt = q − c·u. For q = 0 the root falls linearly, u = u₀ − c·t/2A. Else
 * t = 2A·((u₀ − u)/c + q/c²·ln((q − c·u₀)/(q − c·u))), solved for u by bisection.
 */
function levelAfter(seconds: number): number {
  const emptying = Math.min(seconds, 900);
  const u0 = 1 - (factor * emptying) / (2 * area);
  const timeTo = (u: number) =>
    2 *
    area *
    ((u0 - u) / factor + (inflow / factor ** 2) * Math.log((inflow - factor * u0) / (inflow - factor * u)));
  let low = u0;
  let high = inflow / factor;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (timeTo(middle) < seconds - emptying) low = middle;
    else high = middle;
  }
  return low ** 2;
}
