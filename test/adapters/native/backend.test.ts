/** What happens around the compiler: it is missing, fails, hangs, writes garbage; the cache is cut short or not ours. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Graph } from '../../../src/core/graph/index.ts';
import type { Program } from '../../../src/core/kernel/index.ts';
import { fakeCompiler, open, scratch, withoutCompiler } from './support.ts';
import { heapGrowth, nextToNothing } from '../../core/kernel/heap.ts';

/** slot 0 ← slot 0 + `addend`. */
function adding(addend: number): Program {
  const graph = new Graph();
  return {
    graph,
    writes: [{ slot: 0, node: graph.binary('add', graph.load(0), graph.constant(addend)) }],
  };
}

/** Runs the program once on 1: 1 + addend, whoever computed it. */
function computed(kernel: ReturnType<Awaited<ReturnType<typeof open>>['backend']>): number | undefined {
  const memory = Float64Array.of(1);
  kernel({ memory, capacity: 1, from: 0, to: 1 });
  return memory[0];
}

async function refusedBy(compiler: string, more: { compileLimitMs?: number } = {}): Promise<string> {
  const { backend, reasons } = await open({ compilers: [compiler], ...more });
  assert.equal(computed(backend(adding(1))), 2);
  assert.equal(computed(backend(adding(2))), 3);
  assert.equal(reasons.length, 1, 'the reason is told once');
  return reasons[0] ?? '';
}

test('without a compiler the fallback computes, and the reason is told', async () => {
  assert.equal(await refusedBy('no-such-compiler'), 'no C compiler was found (looked for no-such-compiler)');
});

test('a compiler that fails is quoted, shortened, without its directories', async () => {
  const compiler = fakeCompiler(
    'fails',
    `echo "note: something" >&2; echo "/tmp/x/kernel.c:3: error: ${'bad '.repeat(100)}" >&2; exit 1`,
  );
  const reason = await refusedBy(compiler);
  assert.match(reason, /fails failed: kernel\.c:3: error: bad bad .*…$/);
  assert.ok(reason.length < 300 + compiler.length);
  assert.match(await refusedBy(fakeCompiler('mute', 'exit 3')), /it said nothing \(exit code 3\)$/);
});

test('a compiler that hangs is ended', async () => {
  const compiler = fakeCompiler('hangs', 'sleep 30 >&2');
  const startMs = performance.now();
  assert.match(await refusedBy(compiler, { compileLimitMs: 200 }), /hangs took longer than 0\.2 s$/);
  assert.ok(performance.now() - startMs < 10_000);
});

test('a compiler that writes garbage, or nothing, is found out', async () => {
  const garbage = fakeCompiler('garbage', 'echo garbage > "$OUT"');
  assert.match(await refusedBy(garbage), /^the compiled library does not load: /);
  const nothing = fakeCompiler('nothing', 'exit 0');
  assert.match(await refusedBy(nothing), /ENOENT/);
});

test('a foreign function interface that does not load is a reason too', async () => {
  const { backend, reasons } = await open({ load: () => Promise.reject(new Error('no prebuilt binary')) });
  assert.equal(computed(backend(adding(1))), 2);
  assert.deepEqual(reasons, ['koffi does not load: no prebuilt binary']);
});

test('a program that is too large for C goes to the fallback', { skip: withoutCompiler }, async () => {
  const graph = new Graph();
  let node = graph.load(0);
  for (let i = 0; i < 50_001; i++) node = graph.unary(i % 2 ? 'floor' : 'neg', node);
  const { backend, reasons } = await open();
  assert.equal(typeof backend({ graph, writes: [{ slot: 0, node }] }), 'function');
  assert.match(reasons[0] ?? '', /50002 operations/);
});

test('what was compiled once is not compiled again', { skip: withoutCompiler }, async () => {
  const directory = join(scratch, 'twice');
  const log = join(scratch, 'calls');
  const compiler = fakeCompiler(
    'counts',
    `echo called >> ${log}; exec cc -shared -fPIC -o "$OUT" ${scratch}/k.c`,
  );
  writeFileSync(
    join(scratch, 'k.c'),
    'void kernel(double *m, long long c, long long f, long long t) { m[0] += 1 + 0 * (c + f + t); }\n',
  );
  for (let i = 0; i < 2; i++) {
    const { backend, reasons } = await open({ compilers: [compiler], cacheDirectories: [directory] });
    assert.equal(computed(backend(adding(1))), 2);
    assert.deepEqual(reasons, []);
  }
  assert.equal(readFileSync(log, 'utf8'), 'called\n');
  const names = readdirSync(directory).sort();
  assert.deepEqual(
    names.map((name) => name.replace(/^[0-9a-f]{40}/, 'KEY')),
    ['KEY.c', 'KEY.sha256', 'KEY.so'],
  );
  for (const path of ['', ...names]) assert.equal(statSync(join(directory, path)).mode & 0o077, 0, path);
});

test('a library that was cut short is compiled anew', { skip: withoutCompiler }, async () => {
  const directory = join(scratch, 'cut');
  const first = await open({ cacheDirectories: [directory] });
  assert.equal(computed(first.backend(adding(41))), 42);
  const library = join(directory, readdirSync(directory).find((name) => name.endsWith('.so')) ?? '');
  const bytes = readFileSync(library);
  // A new file: the old one is mapped into this process.
  const other = join(directory, 'other');
  writeFileSync(other, bytes, { mode: 0o700 });
  truncateSync(other, 100);
  const { renameSync } = await import('node:fs');
  renameSync(other, library);
  const again = await open({ cacheDirectories: [directory] });
  assert.equal(computed(again.backend(adding(41))), 42);
  assert.deepEqual(again.reasons, []);
  assert.equal(statSync(library).size, bytes.length);
});

test('a cache that others could enter is closed; one that cannot be had is passed over', {
  skip: withoutCompiler,
}, async () => {
  const wide = join(scratch, 'wide');
  mkdirSync(wide);
  chmodSync(wide, 0o777);
  writeFileSync(join(scratch, 'a-file'), '');
  const { backend, reasons } = await open({ cacheDirectories: [join(scratch, 'a-file', 'below'), wide] });
  assert.equal(computed(backend(adding(1))), 2);
  assert.deepEqual(reasons, []);
  assert.equal(statSync(wide).mode & 0o777, 0o700);
  assert.ok(readdirSync(wide).length > 0);
  const none = await open({ cacheDirectories: [join(scratch, 'a-file', 'below')] });
  assert.equal(computed(none.backend(adding(1))), 2);
  assert.match(none.reasons[0] ?? '', /^there is no place for compiled kernels: /);
});

test('a kernel allocates next to nothing once it is warm', { skip: withoutCompiler }, async () => {
  const { backend } = await open();
  const kernel = backend(adding(1));
  const lanes = { memory: new Float64Array(20).fill(0.1), capacity: 20, from: 0, to: 20 };
  const bytes = heapGrowth(() => kernel(lanes));
  assert.ok(bytes < nextToNothing, `${bytes} bytes`);
});
