/** Kernels by name: those asked for, or JavaScript and one line that says why. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createBackend } from '../../src/app/index.ts';
import { Graph } from '../../src/core/graph/index.ts';
import { javascriptBackend } from '../../src/core/kernel/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-backend-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('JavaScript kernels need nothing', async () => {
  assert.equal(await createBackend('javascript', assert.fail), javascriptBackend);
});

test('without a C compiler native kernels are in JavaScript, and one line says so', async (context) => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  context.after(() => Object.assign(process.env, { PATH, XDG_CACHE_HOME }));
  Object.assign(process.env, { PATH: scratch, XDG_CACHE_HOME: scratch });
  const lines: string[] = [];
  const backend = await createBackend('native', (line) => lines.push(line));
  const graph = new Graph();
  const program = { graph, writes: [{ slot: 0, node: graph.unary('exp', graph.load(0)) }] };
  const memory = Float64Array.of(1);
  for (let i = 0; i < 2; i++) backend(program)({ memory, capacity: 1, from: 0, to: 1 });
  assert.equal(memory[0], Math.exp(Math.E));
  assert.deepEqual(lines, [
    'native kernels cannot be had, JavaScript is used instead: no C compiler was found (looked for cc, gcc, clang)',
  ]);
});
