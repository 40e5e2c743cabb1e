/** A PostgreSQL of the tests' own: a free port, a scratch directory, stopped and started as they like. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { PostgresAddress } from '../../src/adapters/history/index.ts';

/** Debian keeps the server's programs out of the path; the newest version counts. */
const programs = [
  ...globSync('/usr/lib/postgresql/*/bin').toSorted(
    (a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]),
  ),
  '/usr/local/bin',
  '/usr/bin',
].find((directory) => existsSync(path.join(directory, 'initdb')));

/** Why tests with PostgreSQL are skipped; false where it is installed. For the `skip` option of a test. */
export const withoutPostgres: string | false =
  programs === undefined ? 'PostgreSQL is not installed (Debian: apt-get install postgresql)' : false;

/** Not the word that the tests look for in what is told. */
const password = 'correct horse';

export interface PostgresServer {
  /** With user and password, a schema to be chosen. */
  readonly address: Required<Pick<PostgresAddress, 'url' | 'user' | 'password'>>;
  start(): Promise<void>;
  /** As an administrator does it: connections are cut, what is committed is kept. */
  stop(): Promise<void>;
  /** Asks the server, as an administrator of the database. */
  ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  remove(): Promise<void>;
}

/** Makes a server and starts it. The server refuses to be run by root, so root runs it as another user. */
export async function startPostgres(): Promise<PostgresServer> {
  if (programs === undefined) throw new Error(String(withoutPostgres));
  const directory = mkdtempSync(path.join(tmpdir(), 'gemel-postgres-'));
  const user = otherUser();
  const run = user === undefined ? {} : user;
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  chmodSync(directory, 0o700);
  const passwordFile = path.join(directory, 'password');
  writeFileSync(passwordFile, password);
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const data = path.join(directory, 'data');
  const initialise = [
    '-D',
    data,
    '-U',
    'gemel',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
  ];
  const locale = ['--locale=C', '--encoding=UTF8'];
  execFileSync(path.join(programs, 'initdb'), [...initialise, ...locale], {
    ...run,
    cwd: directory,
    stdio: 'pipe',
  });
  const port = await freePort();
  const address = { url: `postgres://127.0.0.1:${port}/postgres`, user: 'gemel', password };
  const binary = path.join(programs, 'postgres');
  let server: ChildProcess | undefined;
  // A test that is broken off must not leave it behind.
  process.once('exit', () => server?.kill('SIGQUIT'));
  process.once('SIGTERM', () => process.exit(143));

  const postgres: PostgresServer = {
    address,
    async start() {
      const options = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', directory, '-F'];
      const child = spawn(binary, options, { ...run, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
      server = child;
      let told = '';
      await new Promise<void>((resolve, reject) => {
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          told += text;
          if (told.includes('ready to accept connections')) resolve();
        });
        child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${told}`)));
      });
    },
    async stop() {
      const running = server;
      server = undefined;
      if (running === undefined) return;
      const ended = once(running, 'exit');
      running.kill('SIGINT');
      await ended;
    },
    async ask(sql) {
      const client = new pg.Client({
        ...address,
        connectionString: undefined,
        host: '127.0.0.1',
        port,
        database: 'postgres',
      });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async remove() {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}

function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (name: string, option: '-u' | '-g') =>
    Number(execFileSync('id', [option, name], { stdio: 'pipe' }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf(name, '-u'), gid: idOf(name, '-g') };
    } catch {
      // This system has no such user.
    }
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
