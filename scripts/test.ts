/**
 * Runs the tests: `all`, `unit` (all but the long ones), or the files named.
 *
 * Node limits the time of a test, but not of one that computes for ever: no timer of its process fires
 * any more. So the whole run has a limit too. At the limit the runner is interrupted, and says which file it
 * was in.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const minuteMs = 60_000;

const groups: Readonly<Record<string, { readonly pattern: string; readonly limitMs: number }>> = {
  all: { pattern: 'test/**/*.test.ts', limitMs: 14 * minuteMs },
  unit: { pattern: 'test/!(system|examples)/**/*.test.ts', limitMs: 3 * minuteMs },
};

/** The tests of a file run one after the other; two files at a time suit the two cores that CI has. */
const flags = ['--test', '--test-reporter=spec', '--test-timeout=120000', '--test-concurrency=2'];

/** Node keeps what it compiled between runs, which takes a quarter off the time of many short processes. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

const named = process.argv.slice(2);
const group = groups[named[0] ?? 'all'];
const limitMs = group?.limitMs ?? 14 * minuteMs;

const runner = spawn(process.execPath, [...flags, ...(group ? [group.pattern] : named)], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  stdio: 'inherit',
});
const limit = setTimeout(() => {
  console.error(`the tests are interrupted after ${limitMs / minuteMs} minutes`);
  runner.kill('SIGINT');
}, limitMs);
// A SIGINT from the terminal reaches the runner by itself; it has the last word.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => runner.kill('SIGTERM'));
runner.once('close', (code) => {
  clearTimeout(limit);
  process.exitCode = code ?? 1;
});
