/**
 * `GET /state` of the tutorial machine, beside the same two routes in FastAPI and beside a bare Fastify route that
 * returns a constant. Requests a second with 32 connections, medians of interleaved rounds.
 *
 * FastAPI runs with Debian's packages and one worker, as plain functions and as coroutines: the faster one is the peer.
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject, startEngine } from './lib/engine.ts';
import { atLeastTimes, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { freePorts, until } from './lib/scope.ts';
import { interleave } from './lib/statistics.ts';
import { hasWrk, requestsPerSecond } from './lib/wrk.ts';

const peers = fileURLToPath(new URL('peers', import.meta.url));
const constantPeer = fileURLToPath(new URL('./peers/fastify-constant.ts', import.meta.url));
const python = '/usr/bin/python3';
const state = '/state';
const update = '/update?ambient=30';
const fields = ['temperature', 'vibration', 'rpm', 'timestamp'];

export const httpState: Bench = {
  name: 'http.state',
  summary: 'GET /state: requests a second beside FastAPI and a bare Fastify route',
  about:
    'Requests a second to a running twin with 32 connections, beside the same two routes in FastAPI (one worker, the faster of its two ways) and a bare Fastify route that returns a constant. ' +
    'Server and load share the machine, for all alike.',
  run,
};

async function run(context: Context): Promise<readonly Figure[]> {
  const { scope, quick, note } = context;
  if (!(await hasWrk(scope))) {
    note('http.state: skipped, wrk is not installed (apt-get install wrk)');
    return [];
  }
  const fastApi = await startFastApi(context);
  const constant = await startConstant(context);
  const project = copyProject('examples/tutorial-machine', join(scope.directory(), 'machine'));
  const gemel = (await startEngine(scope, project)).http;

  const servers = { gemel, ...fastApi, constant };
  for (const http of Object.values(servers)) await assertState(`${http}${state}`, 'GET');
  for (const http of Object.values({ gemel, ...fastApi })) await assertState(`${http}${update}`, 'POST');

  const seconds = quick ? 1 : 2;
  const rounds = quick ? 3 : 5;
  const load = (path: string, method: 'GET' | 'POST') =>
    mapValues(
      (http) => () => requestsPerSecond(scope, { url: `${http}${path}`, method, seconds }),
      path === state ? servers : { gemel, ...fastApi },
    );
  const gets = load(state, 'GET');
  for (const measure of Object.values(gets)) await measure(); // compiled and warm from here on
  const got = await interleave(rounds, gets);
  const posted = await interleave(Math.min(3, rounds), load(update, 'POST'));

  if (fastApi.def !== undefined) {
    note(`fastapi GET: def ${readable(got.def ?? 0)}/s, async def ${readable(got.async ?? 0)}/s`);
  }
  const unit = 'requests/s';
  const get = { name: 'http.state', value: got.gemel ?? 0, unit };
  const post = { name: 'http.state.update', value: posted.gemel ?? 0, unit };
  const fastest = (it: Record<string, number>) => ({
    name: 'fastapi',
    value: Math.max(it.def ?? 0, it.async ?? 0),
  });
  return [
    ...(fastApi.def === undefined ? [] : [atLeastTimes(10, { ...get, peer: fastest(got) })]),
    atLeastTimes(0.8, { ...get, peer: { name: 'fastify-constant', value: got.constant ?? 0 } }),
    ...(fastApi.def === undefined ? [post] : [{ ...post, peer: fastest(posted) }]),
  ];
}

/** Both kinds of routes; nothing if Debian's packages are not there. */
async function startFastApi({
  scope,
  note,
}: Context): Promise<{ readonly def?: string; readonly async?: string }> {
  const versions =
    'import fastapi, uvicorn, sys; print(fastapi.__version__, uvicorn.__version__, sys.version.split()[0])';
  const { code, stdout } = await scope.run(python, ['-c', versions]);
  if (code !== 0) {
    note('http.state: peer fastapi skipped, python3-fastapi and uvicorn are not installed');
    return {};
  }
  const [fastapi, uvicorn, version] = stdout.trim().split(' ');
  note(`fastapi ${fastapi}, uvicorn ${uvicorn}, Python ${version}, one worker`);
  const start = async (app: string) => {
    const [port] = await freePorts(1);
    const flags = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    const quiet = ['--log-level', 'warning', '--no-access-log'];
    const args = ['-m', 'uvicorn', `fastapi_tutorial:${app}`, ...flags, ...quiet];
    const env = { PYTHONDONTWRITEBYTECODE: '1' };
    const child = scope.start(python, args, { cwd: peers, env });
    const http = `http://127.0.0.1:${port}`;
    await until('uvicorn', async () => ((await answers(http)) ? true : undefined), { child });
    return http;
  };
  return { def: await start('app'), async: await start('async_app') };
}

async function startConstant({ scope }: Context): Promise<string> {
  const child = scope.start(process.execPath, [constantPeer]);
  return until('fastify', () => /^http:\S+/m.exec(child.stdout())?.[0], { child });
}

async function answers(http: string): Promise<boolean> {
  try {
    return (await fetch(`${http}${state}`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false; // not listening yet
  }
}

/** A server that answers something else would win or lose for the wrong reason. */
async function assertState(url: string, method: string): Promise<void> {
  const reply = (await (await fetch(url, { method })).json()) as Record<string, unknown>;
  const same =
    Object.keys(reply).join() === fields.join() && Object.values(reply).every((it) => typeof it === 'number');
  if (!same) throw new Error(`${method} ${url} answers ${JSON.stringify(reply).slice(0, 200)}`);
}

function mapValues<T>(
  map: (value: string) => T,
  values: Readonly<Record<string, string>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
