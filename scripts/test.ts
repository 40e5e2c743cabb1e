/**
 * Runs the tests: `all`, `unit` (all but the long ones), or the files named.
 *
 * Long are those of whole programs (system, examples, cli) and what is named `….long.test.ts`: each file has a process of its
 * own. The others share two processes, which take about as long as each other (`together.ts`).
 *
 * Node limits the time of a test, but not of one that computes for ever: no timer of its process fires
 * any more. So the whole run has a limit too. At the limit the runners are interrupted, and say what they were
 * in; one that does not hear it is ended.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const minuteMs = 60_000;

/** Arguments of Node for each of the processes that run side by side. */
type Phase = readonly (readonly string[])[];

interface Group {
  readonly phases: readonly Phase[];
  readonly limitMs: number;
}

const common = ['--test-reporter=spec', '--test-timeout=120000'];
const short = '**/!(*.long).test.ts';
const unit: Phase = [
  together(`test/{core,engine}/${short}`),
  together(`test/{adapters,app,bench,docs,house,models,studio}/${short}`),
];
const long = apart('test/**/*.long.test.ts', 'test/{cli,examples,system}/**/*.test.ts');

const groups: Readonly<Record<string, Group>> = {
  all: { phases: [unit, [long]], limitMs: 14 * minuteMs },
  unit: { phases: [unit], limitMs: 3 * minuteMs },
};

/** Node keeps what it compiled between runs, which takes a quarter off the time of many short processes. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

const named = process.argv.slice(2);
const { phases, limitMs } = groups[named[0] ?? 'all'] ?? {
  phases: [[apart(...named)]],
  limitMs: 14 * minuteMs,
};
const running = new Set<ChildProcess>();
let stopped = false;
const limit = setTimeout(() => {
  console.error(`the tests are interrupted after ${limitMs / minuteMs} minutes`);
  stop('SIGINT');
  setTimeout(() => stop('SIGKILL'), 10_000).unref();
}, limitMs);
// A SIGINT from the terminal reaches the runners by itself; they have the last word, and no others follow.
process.on('SIGINT', () => {
  stopped = true;
});
process.on('SIGTERM', () => stop('SIGTERM'));
process.exitCode = await inTurn();
clearTimeout(limit);

async function inTurn(): Promise<number> {
  const codes: number[] = [];
  for (const phase of phases) {
    if (stopped) return 1;
    codes.push(...(await Promise.all(phase.map(run))));
  }
  return Math.max(...codes);
}

function run(args: readonly string[]): Promise<number> {
  const runner = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
    stdio: 'inherit',
  });
  running.add(runner);
  return new Promise((resolve) => {
    runner.once('close', (code) => {
      running.delete(runner);
      resolve(code ?? 1);
    });
  });
}

function stop(signal: NodeJS.Signals): void {
  stopped = true;
  for (const runner of running) runner.kill(signal);
}

function together(...patterns: readonly string[]): readonly string[] {
  return [...common, 'scripts/together.ts', ...patterns];
}

/** Two files at a time suit the two cores that CI has. */
function apart(...patterns: readonly string[]): readonly string[] {
  return ['--test', ...common, '--test-concurrency=2', ...patterns];
}
