/** wrk, the load generator: 32 connections from one thread. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from './scope.ts';

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly seconds: number;
}

const connections = 32;

export async function hasWrk(scope: Scope): Promise<boolean> {
  return (await scope.run('wrk', ['--version'])).stdout.includes('wrk');
}

/** Requests a second. @throws Error if any was answered with an error or not at all. */
export async function requestsPerSecond(scope: Scope, { url, method, seconds }: Load): Promise<number> {
  const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`];
  if (method !== 'GET') {
    const script = join(scope.directory(), 'method.lua');
    writeFileSync(script, `wrk.method = "${method}"\n`);
    args.push('-s', script);
  }
  const { stdout, stderr } = await scope.run('wrk', [...args, url]);
  const [, rate] = /^Requests\/sec:\s+([\d.]+)/m.exec(stdout) ?? [];
  const trouble = /^\s*(Socket errors|Non-2xx).*$/m.exec(stdout)?.[0].trim();
  if (rate === undefined || trouble !== undefined) {
    throw new Error(`wrk on ${method} ${url}: ${trouble ?? (stderr || stdout)}`);
  }
  return Number(rate);
}
