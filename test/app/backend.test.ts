/** Kernels by name: those asked for, or the usual ones and one line that says why. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createBackend } from '../../src/app/index.ts';
import { Graph } from '../../src/core/graph/index.ts';
import { fastestArithmetic, javascriptBackend } from '../../src/core/kernel/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gemel-backend-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('JavaScript kernels need nothing', async () => {
  assert.equal(await createBackend('javascript', assert.fail), javascriptBackend);
});

test('fused kernels round once, or one line says that this processor cannot', async () => {
  const lines: string[] = [];
  const backend = await createBackend('wasm-fused', (line) => lines.push(line));
  const graph = new Graph();
  const product = graph.binary('mul', graph.load(0), graph.load(1));
  const node = graph.binary('add', product, graph.load(2));
  // (1 + e)(1 - e) - 1 is -e², which a rounded product has lost.
  const memory = Float64Array.of(1 + 2 ** -30, 1 - 2 ** -30, -1);
  backend({ graph, writes: [{ slot: 0, node }] })({ memory, capacity: 1, from: 0, to: 1 });
  const fused = fastestArithmetic() === 'relaxed';
  assert.equal(memory[0], fused ? -(2 ** -60) : 0);
  assert.equal(lines.length, fused ? 0 : 1);
});

test('without a C compiler native kernels are the usual ones, and one line says so', async (context) => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  context.after(() => {
    // What is not there stays away: assigned, undefined would be a text.
    delete process.env['XDG_CACHE_HOME'];
    Object.assign(process.env, { PATH, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }) });
  });
  Object.assign(process.env, { PATH: scratch, XDG_CACHE_HOME: scratch });
  const lines: string[] = [];
  const backend = await createBackend('native', (line) => lines.push(line));
  const graph = new Graph();
  const program = { graph, writes: [{ slot: 0, node: graph.unary('sqrt', graph.load(0)) }] };
  const memory = Float64Array.of(16);
  for (let i = 0; i < 2; i++) backend(program)({ memory, capacity: 1, from: 0, to: 1 });
  assert.equal(memory[0], 2);
  assert.deepEqual(lines, [
    'native kernels cannot be had, others are used instead: no C compiler was found (looked for cc, gcc, clang)',
  ]);
});
