/**
 * The package as a user gets it: packed, installed into an empty folder, run from there.
 *
 * Only this test sees what the others cannot: a file that is not published, a dependency that is only a
 * development one, declarations that do not resolve, TypeScript left where Node refuses it.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gemel-package-'));
const user = join(folder, 'user');
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
  NO_COLOR: '1',
};
const started = new Set<ChildProcess>();

after(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('the package, installed into an empty folder', { timeout: 300_000 }, async (t) => {
  const tarball = pack();
  const refusal = install(tarball);
  if (refusal !== undefined) return t.skip(`no package registry answers: ${refusal}`);

  await t.test('it carries JavaScript and declarations, no sources, tests or build information', () => {
    const installed = join(user, 'node_modules/gemel');
    const published = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    assert.ok(published.includes(join('dist', 'index.d.ts')));
    assert.deepEqual(
      published.filter((path) => /(?<!\.d)\.ts$|tsbuildinfo$|\.test\./.test(path)),
      [],
    );
    assert.deepEqual(
      readdirSync(installed)
        .filter((name) => /^(README|LICENSE|CHANGELOG)/.test(name))
        .sort(),
      ['CHANGELOG.md', 'LICENSE', 'README.md'],
    );
  });

  await t.test('a program imports it by name', () => {
    writeFileSync(
      join(user, 'program.mjs'),
      "import { defineModel } from 'gemel';\nconsole.log(typeof defineModel);\n",
    );
    assert.equal(succeed('node', ['program.mjs']).trim(), 'function');
    assert.match(
      fail('node', ['-e', "import('gemel/dist/core/units/index.js')"]),
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    );
  });

  await t.test('its declarations serve a strict TypeScript program', () => {
    const model = `{ gemel: 1, model: 'tank', version: '1.0.0', title: 'Tank', units: 'unchecked',
      states: { level: { unit: 'm', start: 1 } }, equations: { 'der(level)': '-level' } }`;
    writeFileSync(
      join(user, 'right.ts'),
      `import { defineModel } from 'gemel';\nexport const model = defineModel(${model});\n`,
    );
    writeFileSync(
      join(user, 'wrong.ts'),
      "import { noSuchName } from 'gemel';\nexport const model = noSuchName;\n",
    );
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', ''];
    const tsc = join(root, 'node_modules/.bin/tsc');
    assert.equal(succeed(tsc, [...options, 'right.ts']), '');
    assert.match(fail(tsc, [...options, 'wrong.ts']), /no exported member 'noSuchName'/);
  });

  await t.test('gemel init makes a project, and gemel up runs it until it is told to stop', async () => {
    assert.match(succeed('npx', ['--no-install', 'gemel', '--version']), /^\d+\.\d+\.\d+/);
    const project = join(user, 'plant');
    succeed('npx', ['--no-install', 'gemel', 'init', 'plant']);
    const httpPort = await usePorts(join(project, 'gemel.yaml'));
    // Started by its own file and not by npx, so that the signal below reaches it and not a shell before it.
    const child = spawn(join(user, 'node_modules/.bin/gemel'), ['up', 'plant'], { cwd: user, env });
    started.add(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    const state = await Promise.race([
      firstState(`http://127.0.0.1:${httpPort}/api/v1/twins`),
      exited.then((code) => assert.fail(`gemel up ended with ${code}:\n${output}`)),
    ]);
    assert.ok(Object.keys(state).length > 0);
    const fetched = await fetchPage(`http://127.0.0.1:${httpPort}/`);
    assert.ok(fetched.length > 5, `the page consists of ${fetched.join(', ')}`);
    child.kill('SIGTERM');
    assert.equal(await exited, 0, output);
    started.delete(child);
  });
});

/** Builds and packs, and returns the tarball's path. */
function pack(): string {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const name = /"filename":\s*"([^"]+)"/.exec(stdout)?.[1];
  assert.ok(name, stdout);
  return join(folder, name);
}

/** Installs the tarball; returns why not if that is the network's fault. */
function install(tarball: string): string | undefined {
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  const options = [
    '--omit=dev',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    '--fetch-timeout=30000',
  ];
  const { status, stderr } = spawnSync('npm', ['install', tarball, ...options], {
    cwd: user,
    env,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  const refusal =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|FETCH_ERROR|E5\d\d/.exec(
      stderr,
    );
  assert.ok(refusal, stderr);
  return refusal[0];
}

/** Puts free ports into a project, so that a Gemel that already runs here is not in the way. */
async function usePorts(file: string): Promise<number> {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const [httpPort, mqttPort] = await freePorts(2);
  document.setIn(['http', 'port'], httpPort);
  document.setIn(['mqtt', 'port'], mqttPort);
  writeFileSync(file, document.toString());
  assert.ok(httpPort);
  return httpPort;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve) => {
        server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port));
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}

/** Asks until the first twin has a state. Bounded by the test's own time limit. */
async function firstState(twins: string): Promise<Record<string, unknown>> {
  for (;;) {
    const list = await getJson(twins);
    const id = JSON.stringify(list)?.match(/"(?:id|twin)":"([^"]+)"/)?.[1];
    const state = id === undefined ? undefined : await getJson(`${twins}/${id}/state`);
    if (isRecord(state) && isRecord(state.states)) return state.states;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Fetches a page and everything it names, as a browser would, and returns the addresses. */
async function fetchPage(start: string): Promise<readonly string[]> {
  const waiting = [start];
  const seen = new Set<string>();
  for (const url of waiting) {
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await fetch(url);
    assert.equal(response.status, 200, url);
    const type = response.headers.get('content-type') ?? '';
    const text = await response.text();
    if (/\.[jt]s$/.test(url)) assert.match(type, /^text\/javascript/, url);
    const named = type.startsWith('text/html')
      ? /(?:src|<link[^>]* href)="([^"]+)"/g
      : /(?:from|import)\s*["'](\.[^"']+)["']/g;
    for (const [, reference = ''] of text.matchAll(named)) waiting.push(new URL(reference, url).href);
  }
  return [...seen];
}

async function getJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // not listening yet
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function succeed(command: string, args: readonly string[]): string {
  const { status, output } = runAsUser(command, args);
  assert.equal(status, 0, output);
  return output;
}

function fail(command: string, args: readonly string[]): string {
  const { status, output } = runAsUser(command, args);
  assert.notEqual(status, 0, `${command} ${args.join(' ')} succeeded`);
  return output;
}

function runAsUser(
  command: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: user, env, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
