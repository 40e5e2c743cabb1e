/**
 * Runs the examples as their readers do: the program `gemel` as a process, on a copy of the example, so that no
 * checkpoint lands in the repository, and on free ports.
 *
 * Nothing here sleeps for a fixed time: whoever waits, waits for something, and gives up with what was there instead.
 * Every process started is stopped by its own id, also when the test's own process is told to end.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';

/** What a test or a suite gives to have things undone at its end. */
export interface Owner {
  after(undo: () => Promise<void> | void): void;
}

const undone = new WeakMap<Owner, (() => Promise<void> | void)[]>();

/** Has something undone at the owner's end, the last first: a project's folder goes when its engine has ended. */
function atTheEnd(owner: Owner, undo: () => Promise<void> | void): void {
  const known = undone.get(owner);
  if (known !== undefined) {
    known.push(undo);
    return;
  }
  const all = [undo];
  undone.set(owner, all);
  owner.after(async () => {
    for (const each of all.toReversed()) await each();
  });
}

/** A project in a folder of its own, removed when the owner ends. @param files - text by path. */
export function writeProject(owner: Owner, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-project-'));
  atTheEnd(owner, () => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));
const patienceMs = 60_000;

/**
 * Copies an example. The copy finds the product and its libraries where the example finds them.
 *
 * @returns the folder of the copy, removed when the owner ends.
 */
export function copyExample(owner: Owner, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-example-'));
  atTheEnd(owner, () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'examples'));
  const copy = join(folder, 'examples', name);
  cpSync(join(root, 'examples', name), copy, {
    recursive: true,
    filter: (path) => !/[/\\](\.gemel|node_modules|__pycache__)$/.test(path),
  });
  for (const link of [
    'src',
    'studio',
    'node_modules',
    'package.json',
    'tsconfig.tools.json',
    'tsconfig.base.json',
  ])
    symlinkSync(join(root, link), join(folder, link));
  return copy;
}

export interface Program {
  readonly pid: number;
  /** All that it wrote so far. */
  readonly output: () => string;
  readonly stdout: () => string;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Sends a signal and waits; one that does not end within ten seconds is killed, and that is an error. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export interface StartOptions {
  /** Default: Node. */
  readonly command?: string;
  /** In a process group of its own, as a terminal starts it: a signal to the negative id reaches its children too. */
  readonly ownGroup?: boolean;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a program, by default Node with a file. It is stopped when the owner ends. */
export function start(
  owner: Owner,
  args: readonly string[],
  { command = process.execPath, ownGroup = false }: StartOptions = {},
): Program {
  const child = spawn(command, args, {
    cwd: root,
    detached: ownGroup,
    env: { ...process.env, NO_COLOR: '1', PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(-1);
    });
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
  });
  void exited.then(() => running.delete(child));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const ended = await Promise.race([exited, pause(10_000, undefined, { ref: false })]);
    if (ended !== undefined) return ended;
    child.kill('SIGKILL');
    return assert.fail(`${args.join(' ')} did not end on ${signal}:\n${output}`);
  };
  atTheEnd(owner, async () => {
    await stop();
  });
  return { pid: child.pid ?? -1, output: () => output, stdout: () => stdout, exited, stop };
}

export const gemel = join(root, 'src/cli/main.ts');

export interface Engine extends Program {
  /** Such as `http://localhost:41234`. */
  readonly page: string;
  readonly mqttUrl: string;
  readonly mqttPort: number;
}

/** `gemel up` on a folder, on free ports; resolves once it says where it listens. */
export async function startEngine(
  owner: Owner,
  directory: string,
  options: readonly string[] = [],
): Promise<Engine> {
  const ports = options.includes('--mqtt-port') ? [] : ['--mqtt-port', '0'];
  const program = start(owner, [gemel, 'up', directory, '--port', '0', ...ports, '--json', ...options]);
  const line = await until('gemel up says where it listens', program, () => {
    const text = program.stdout();
    return text.includes('\n') ? text.slice(0, text.indexOf('\n')) : undefined;
  });
  const said = JSON.parse(line) as { readonly page: string; readonly broker: string };
  const mqttPort = Number(new URL(said.broker).port);
  return { ...program, page: said.page, mqttUrl: `mqtt://localhost:${mqttPort}`, mqttPort };
}

/** Asks again and again until there is an answer. Fails at once if the program that should give it has ended. */
export async function until<T>(
  what: string,
  program: Pick<Program, 'exited' | 'output'>,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let ended: number | string | undefined;
  void program.exited.then((code) => {
    ended = code;
  });
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (ended !== undefined) assert.fail(`${what}: the program ended with ${ended}:\n${program.output()}`);
    if (performance.now() > deadline) {
      assert.fail(`${what}: not within ${patienceMs / 1000} s:\n${program.output().slice(-4000)}`);
    }
    await pause(20);
  }
}

export interface Received {
  readonly topic: string;
  readonly text: string;
  /** Monotonic, not Unix time. */
  readonly atMs: number;
}

/** Collects all messages of a topic. The client is closed when the owner ends. */
export async function subscribe(owner: Owner, url: string, topic: string): Promise<readonly Received[]> {
  const messages: Received[] = [];
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 200, connectTimeout: 10_000 });
  atTheEnd(owner, () => client.endAsync(true));
  client.on('message', (where, payload) =>
    messages.push({ topic: where, text: payload.toString(), atMs: performance.now() }),
  );
  await client.subscribeAsync(topic, { qos: 1 });
  return messages;
}

/** Ports that were free on both loopback addresses a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server, 0)));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer();
    try {
      await listen(server, port, host);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL') continue;
      return false;
    } finally {
      server.close();
    }
  }
  return true;
}

function listen(server: ReturnType<typeof createServer>, port: number, host = 'localhost'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
