/** The WebAssembly backend and its host: modules are cached, and a host without SIMD is named as such. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../../src/core/graph/index.ts';
import type { Program } from '../../../../src/core/kernel/index.ts';
import { fastestArithmetic, webAssemblyBackend } from '../../../../src/core/kernel/index.ts';
import { encodeProgram } from '../../../../src/core/kernel/wasm/module.ts';

/** x ← sin(x) + value. */
function program(value: number): Program {
  const graph = new Graph();
  const node = graph.binary('add', graph.unary('sin', graph.load(0)), graph.constant(value));
  return { graph, writes: [{ slot: 0, node }] };
}

/** Carries something out with parts of the host's WebAssembly replaced. */
function onHost<T>(changed: object | undefined, act: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly');
  assert.ok(own);
  const value = changed && { ...changed, __proto__: own.value as object };
  Object.defineProperty(globalThis, 'WebAssembly', { ...own, value });
  try {
    return act();
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', own);
  }
}

test('the same program is compiled by the host once, another one anew', () => {
  let compiled = 0;
  class Module extends WebAssembly.Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      compiled++;
    }
  }
  onHost({ Module }, () => {
    const backend = webAssemblyBackend('strict');
    const memory = backend.allocate(1);
    for (const value of [101, 101, 102, 101]) {
      backend(program(value))({ memory: memory.fill(0), capacity: 1, from: 0, to: 1 });
      assert.equal(memory[0], value);
    }
  });
  assert.equal(compiled, 2);
});

test('a host without WebAssembly, or without its SIMD, is named, and has no fastest arithmetic', () => {
  onHost(undefined, () => {
    assert.throws(() => webAssemblyBackend('strict'), { code: 'KERNEL_UNAVAILABLE' });
    assert.equal(fastestArithmetic(), undefined);
  });
  const Module = class {
    constructor() {
      throw new WebAssembly.CompileError('Wasm SIMD unsupported');
    }
  };
  onHost({ Module }, () => {
    assert.throws(() => webAssemblyBackend('relaxed')(program(103)), {
      code: 'KERNEL_UNAVAILABLE',
      message: 'this machine does not run WebAssembly with relaxed SIMD',
    });
  });
});

test('a host without relaxed SIMD is fastest in strict arithmetic', () => {
  class Module extends WebAssembly.Module {
    constructor(bytes: BufferSource) {
      // 0xfd 0x87 0x02 is f64x2.relaxed_madd.
      const text = Buffer.from(bytes as Uint8Array).toString('latin1');
      if (text.includes('\xfd\x87\x02')) throw new WebAssembly.CompileError('invalid opcode');
      super(bytes);
    }
  }
  onHost({ Module }, () => assert.equal(fastestArithmetic(), 'strict'));
});

test('strict modules have no relaxed instruction, so they run wherever there is SIMD', () => {
  const graph = new Graph();
  const [x, y] = [graph.load(0), graph.load(1)];
  const node = graph.binary('add', graph.binary('mul', x, y), graph.binary('pow', x, y));
  const bytes = (arithmetic: 'strict' | 'relaxed') =>
    Buffer.from(encodeProgram({ graph, writes: [{ slot: 2, node }] }, arithmetic).bytes).toString('latin1');
  assert.match(bytes('relaxed'), /\xfd\x87\x02/);
  assert.doesNotMatch(bytes('strict'), /\xfd[\x80-\xff]\x02/);
});
