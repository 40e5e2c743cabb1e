/** Mosquitto as a broker outside, on a port of its own. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, freePorts, type Scope, until } from './scope.ts';

const program = '/usr/sbin/mosquitto';

export const withoutMosquitto = existsSync(program)
  ? undefined
  : 'there is no mosquitto here (apt-get install mosquitto)';

export class Mosquitto {
  readonly port: number;
  readonly #scope: Scope;
  readonly #file: string;
  #child: Child | undefined;

  private constructor(scope: Scope, port: number, file: string) {
    this.#scope = scope;
    this.port = port;
    this.#file = file;
  }

  /** With lines of its configuration besides those that every one has; `directory` is its own. */
  static async start(scope: Scope, more: (directory: string) => readonly string[]): Promise<Mosquitto> {
    const directory = scope.directory();
    const [port = 0] = await freePorts(1);
    const file = join(directory, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'set_tcp_nodelay true',
      'max_queued_messages 0',
      ...more(directory),
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const mosquitto = new Mosquitto(scope, port, file);
    await mosquitto.launch();
    return mosquitto;
  }

  async launch(): Promise<void> {
    const child = this.#scope.start(program, ['-c', this.#file]);
    this.#child = child;
    await until('mosquitto', () => (child.stderr().includes('running') ? true : undefined), { child });
  }

  /** SIGKILL takes what it had not written; SIGTERM leaves it time. */
  async end(how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child?.process.kill(how);
    await this.#child?.exited;
  }
}
