/**
 * Runs the tests: `all`, `unit` (all but the long ones), or the files named.
 *
 * Long are those of whole programs (system, examples, cli) and what is named `….long.test.ts`. Of the others those that only compute
 * share a process, since starting one takes longer than most of them; the rest have one each.
 *
 * Node limits the time of a test, but not of one that computes for ever: no timer of its process fires
 * any more. So the whole run has a limit too. At the limit the runner is interrupted, and says which file it
 * was in.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const minuteMs = 60_000;

interface Group {
  /** Side by side. */
  readonly runs: readonly { readonly patterns: readonly string[]; readonly flags: readonly string[] }[];
  readonly limitMs: number;
}

/** Two files at a time suit the two cores that CI has. */
const apart = ['--test-concurrency=2'];
const together = ['--test-isolation=none'];
const short = '**/!(*.long).test.ts';

const groups: Readonly<Record<string, Group>> = {
  all: { runs: [{ patterns: ['test/**/*.test.ts'], flags: apart }], limitMs: 14 * minuteMs },
  unit: {
    runs: [
      { patterns: [`test/{core,engine,house,docs,models,studio,bench}/${short}`], flags: together },
      { patterns: [`test/{adapters,app}/${short}`], flags: apart },
    ],
    limitMs: 3 * minuteMs,
  },
};

/** Node keeps what it compiled between runs, which takes a quarter off the time of many short processes. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

const named = process.argv.slice(2);
const group = groups[named[0] ?? 'all'] ?? {
  runs: [{ patterns: named, flags: apart }],
  limitMs: 14 * minuteMs,
};
const runners = group.runs.map(({ patterns, flags }) =>
  spawn(
    process.execPath,
    ['--test', '--test-reporter=spec', '--test-timeout=120000', ...flags, ...patterns],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
      stdio: 'inherit',
    },
  ),
);
const limit = setTimeout(() => {
  console.error(`the tests are interrupted after ${group.limitMs / minuteMs} minutes`);
  for (const runner of runners) runner.kill('SIGINT');
}, group.limitMs);
// A SIGINT from the terminal reaches the runners by itself; they have the last word.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => {
  for (const runner of runners) runner.kill('SIGTERM');
});
const codes = await Promise.all(
  runners.map(
    (runner) => new Promise<number>((resolve) => runner.once('close', (code) => resolve(code ?? 1))),
  ),
);
clearTimeout(limit);
process.exitCode = Math.max(...codes);
