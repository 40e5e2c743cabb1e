/** Runs the program as users do: a process of its own, with what it prints and how it ends. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `gemel ARGS…`; whatever still runs when the tests are over is ended. */
export function start(args: readonly string[], cwd?: string): Running {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { child, ended };
}

/** Runs `gemel ARGS…` to its end. */
export function gemel(args: readonly string[], cwd?: string): Promise<Ended> {
  return start(args, cwd).ended;
}

/** What it prints first. Fails if it ends before. */
export async function firstLine({ child, ended }: Running): Promise<string> {
  const line = new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes('\n')) resolve(text);
    });
  });
  const first = await Promise.race([line, ended]);
  if (typeof first !== 'string') assert.fail(`it ended instead: ${first.stderr}`);
  return first;
}

const running = new Set<ChildProcess>();
const directories: string[] = [];

after(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory with these files, removed when the tests are over. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'gemel-cli-'));
  directories.push(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

/** First-order decay towards `ambient`: x(t) = ambient + (start − ambient)·exp(−t/tau). */
export const decayModel = `
gemel: 1
model: decay
version: 1.0.0
inputs:
  ambient: { unit: degC, min: -50, max: 100 }
parameters:
  tau: { unit: s, value: 50, min: 1 }
states:
  temperature: { unit: degC, start: 65 }
equations:
  excess: temperature - ambient
  der(temperature): -excess / tau
outputs:
  excess: { unit: K }
`;
