/** What the tests of native kernels share: a private cache, fake compilers, and how far two numbers are apart. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createNativeBackend, type NativeOptions } from '../../../src/adapters/native/index.ts';
import { type Backend, javascriptBackend } from '../../../src/core/kernel/index.ts';

export const scratch = mkdtempSync(join(tmpdir(), 'gemel-native-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Why tests that need a real compiler are skipped, or false. */
export const withoutCompiler =
  ['cc', 'gcc', 'clang'].every((name) => spawnSync(name, ['--version']).status !== 0) &&
  'no C compiler here (apt-get install gcc)';

export interface Opened {
  readonly backend: Backend;
  /** Why the fallback was taken, each time that was told. */
  readonly reasons: readonly string[];
}

export async function open(options: Partial<NativeOptions> = {}): Promise<Opened> {
  const reasons: string[] = [];
  const backend = await createNativeBackend({
    fallback: javascriptBackend,
    onFallback: (reason) => reasons.push(reason),
    cacheDirectories: [join(scratch, 'cache')],
    ...options,
  });
  return { backend, reasons };
}

/** A program that answers to --version and does this when it is to compile; `$OUT` is the file to write. */
export function fakeCompiler(name: string, does: string): string {
  const path = join(scratch, name);
  const script = [
    '#!/bin/sh',
    `[ "$1" = --version ] && { echo "${name} 1.0"; exit 0; }`,
    'while [ $# -gt 0 ]; do [ "$1" = -o ] && OUT="$2"; shift; done',
    does,
  ];
  writeFileSync(path, `${script.join('\n')}\n`, { mode: 0o700 });
  return path;
}

/** How many doubles lie between two numbers; 0 if they are the same, NaN included; −0 and 0 are one apart. */
export function ulpsBetween(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  const difference = ordinal(a) - ordinal(b);
  return Number(difference < 0n ? -difference : difference);
}

const view = new DataView(new ArrayBuffer(8));

function ordinal(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -0x8000000000000000n - bits - 1n : bits;
}
