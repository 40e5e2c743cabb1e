/**
 * What a benchmark starts and must end again: child processes and temporary directories.
 *
 * Every child leads a process group of its own, so that what it has started ends with it, by number and never by name.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StartOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Opens a channel for `process.send`. */
  readonly messages?: boolean;
}

export interface Child {
  readonly process: ChildProcess;
  /** What it has printed so far; bounded. */
  stdout(): string;
  stderr(): string;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
}

export interface Finished {
  /** From the call that starts it to its end. */
  readonly milliseconds: number;
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const longestOutput = 1_000_000;
const patienceMs = 5000;

export class Scope {
  readonly #children = new Set<Child>();
  readonly #directories = new Set<string>();
  #ending = false;

  constructor() {
    process.once('exit', this.#endAtOnce);
  }

  /** Starts a program and goes on. */
  start(command: string, args: readonly string[], options: StartOptions = {}): Child {
    this.#assertOpen();
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...(options.messages ? (['ipc'] as const) : [])],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => {
        if (texts[name].length < longestOutput) texts[name] += chunk.toString();
      });
    }
    const { promise: exited, resolve } = Promise.withResolvers<number | string>();
    const started: Child = { process: child, stdout: () => texts.stdout, stderr: () => texts.stderr, exited };
    this.#children.add(started);
    child.once('error', (error) => {
      texts.stderr += error.message;
      resolve('not started');
    });
    child.once('close', (code, signal) => {
      signalGroup(child, 'SIGKILL'); // what it left behind
      this.#children.delete(started);
      resolve(code ?? signal ?? 'ended');
    });
    return started;
  }

  /** Runs a program to its end, at most for a minute. */
  async run(command: string, args: readonly string[], options: StartOptions = {}): Promise<Finished> {
    const began = performance.now();
    const child = this.start(command, args, options);
    const timer = setTimeout(() => signalGroup(child.process, 'SIGKILL'), 60_000);
    const code = await child.exited;
    clearTimeout(timer);
    const milliseconds = performance.now() - began;
    return { milliseconds, code, stdout: child.stdout(), stderr: child.stderr() };
  }

  /** Ends a child: politely, then by force. */
  async stop(child: Child): Promise<void> {
    signalGroup(child.process, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child.process, 'SIGKILL'), patienceMs);
    await child.exited;
    clearTimeout(timer);
  }

  /** A new empty directory that is removed at the end. */
  directory(): string {
    this.#assertOpen();
    const path = mkdtempSync(join(tmpdir(), 'gemel-bench-'));
    this.#directories.add(path);
    return path;
  }

  /** Ends all children and removes all directories. Nothing can be started any more. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#children].map((child) => this.stop(child)));
    process.off('exit', this.#endAtOnce);
    this.#removeDirectories();
  }

  /** A benchmark that is being ended goes on until it notices: it must leave nothing new behind. */
  #assertOpen(): void {
    if (this.#ending) throw new Error('the benchmark is being ended');
  }

  readonly #endAtOnce = (): void => {
    for (const { process: child } of this.#children) signalGroup(child, 'SIGKILL');
    this.#removeDirectories();
  };

  #removeDirectories(): void {
    for (const path of this.#directories) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    this.#directories.clear();
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(address !== null && typeof address === 'object' ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Asks again and again until there is an answer. @throws Error if there is none in time, or the child has ended. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  { child, withinMs = 20_000, everyMs = 20 }: { child?: Child; withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (child && (child.process.exitCode !== null || child.process.signalCode !== null)) {
      throw new Error(`waiting for ${what}: the process has ended\n${child.stderr() || child.stdout()}`);
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: nothing within ${withinMs / 1000} s\n${child?.stderr() ?? ''}`);
    }
    await wait(everyMs);
  }
}
