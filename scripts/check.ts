/**
 * `npm run check`: format, lint, types, unused code, unit tests. Run before every commit.
 *
 * `node scripts/check.ts [STEP…]` runs only the steps named. Two run at a time, since most of the checkers
 * use one core; each prints nothing unless it fails. A checker that looked at too few files fails too: a
 * wrong path or a wrong pattern would otherwise pass for a clean tree.
 */

import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['src', 'studio', 'scripts', 'examples', 'bench', 'prove', 'faults', 'test'];

interface Step {
  readonly name: string;
  /** The script of package.json that does it, so that each command is written in one place. */
  readonly script: string;
  /** How many files the checker says it looked at, if it says so. */
  readonly counted?: RegExp;
}

interface Outcome {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
  readonly note: string;
  readonly output: string;
}

const steps: readonly Step[] = [
  { name: 'types', script: 'types' },
  { name: 'lint', script: 'lint', counted: /on (\d+) files/ },
  { name: 'format', script: 'format:check', counted: /Checked (\d+) files/ },
  { name: 'unused', script: 'unused' },
  { name: 'tests', script: 'test:unit' },
];

process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    console.error(`no step ${unknown}; there are ${steps.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const chosen = names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name));
  const outcomes = await inParallel(chosen, Math.min(2, availableParallelism()));
  for (const { name, ok, output } of outcomes) if (!ok) console.log(`── ${name} ──\n${output.trimEnd()}\n`);
  for (const outcome of outcomes) console.log(row(outcome));
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

async function inParallel(queue: readonly Step[], width: number): Promise<readonly Outcome[]> {
  const waiting = queue.entries();
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (const [index, step] of waiting) outcomes[index] = await run(step);
  };
  await Promise.all(Array.from({ length: width }, work));
  return outcomes;
}

function run(step: Step): Promise<Outcome> {
  const started = performance.now();
  const child = spawn('npm', ['run', '--silent', step.script], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const expected = step.counted ? countFiles() : 0;
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
    });
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      const { enough, note } = looked(step, output, expected);
      if (!enough) output += `\n${step.name}: the checker did not look at every file: ${note}`;
      resolve({ name: step.name, seconds, ok: code === 0 && enough, note, output });
    });
  });
}

/** How many TypeScript files there are to look at. */
function countFiles(): number {
  return folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).length;
}

/** Whether a checker that says how many files it saw has seen at least the number expected. */
function looked(
  step: Step,
  output: string,
  expected: number,
): { readonly enough: boolean; readonly note: string } {
  const passed = [...output.matchAll(/^ℹ pass (\d+)/gm)].map(([, count]) => Number(count));
  if (passed.length > 0) return { enough: true, note: `${passed.reduce((a, b) => a + b)} passed` };
  if (!step.counted) return { enough: true, note: '' };
  const seen = Number(step.counted.exec(output)?.[1] ?? 0);
  return { enough: seen >= expected, note: `${seen} files` };
}

function row({ name, seconds, ok, note }: Outcome): string {
  return `${ok ? '✔' : '✘'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd();
}
