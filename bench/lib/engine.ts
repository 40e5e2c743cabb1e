/** Gemel as a process of its own, with a project that is a copy: nothing is ever written into the examples. */

import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type Scope, until } from './scope.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(root, 'src/cli/main.ts');

export interface Engine {
  readonly child: Child;
  /** Without a slash at its end. */
  readonly http: string;
  readonly mqtt: URL;
}

/** Copies a project without the checkpoints of earlier runs. */
export function copyProject(directory: string, to: string): string {
  cpSync(join(root, directory), to, { recursive: true, filter: (path) => basename(path) !== '.gemel' });
  return to;
}

export interface StartingEngine {
  /** How long it may take until it says where it listens. */
  readonly withinMs?: number;
  /** Loaded before it, in every thread, and asked over the channel of the process. */
  readonly probe?: URL;
}

/** Runs a project on free ports and waits until it says where it listens. */
export async function startEngine(
  scope: Scope,
  project: string,
  { withinMs = 20_000, probe }: StartingEngine = {},
): Promise<Engine> {
  const flags = ['--json', '--port', '0', '--mqtt-port', '0', '--log-level', 'warn'];
  const probing = probe === undefined ? [] : ['--expose-gc', '--import', probe.href];
  const options = { messages: probe !== undefined };
  const child = scope.start(process.execPath, [...probing, program, 'up', project, ...flags], options);
  const line = await until('gemel up', () => /^\{.*\}$/m.exec(child.stdout())?.[0], {
    child,
    withinMs,
  });
  const { page, broker } = JSON.parse(line) as { readonly page: string; readonly broker: string };
  // One address for every server that is compared, so that none pays for looking up a name.
  return { child, http: page.replace('localhost', '127.0.0.1'), mqtt: new URL(broker) };
}
