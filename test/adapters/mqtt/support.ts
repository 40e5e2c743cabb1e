/** Helpers for tests that speak MQTT: ordinary clients, waiting for something to become true, and mosquitto. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** Polls until `condition` holds; fails with `what` after ten seconds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** An ordinary client, as a user would write it, that keeps what it hears. */
export interface Ear {
  readonly client: MqttClient;
  readonly heard: Heard[];
}

export async function connectClient(
  url: string,
  filters: readonly string[] = [],
  options: IClientOptions = {},
): Promise<Ear> {
  const heard: Heard[] = [];
  const client = mqtt.connect(url, { reconnectPeriod: 50, ...options });
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, text: payload.toString(), retain: packet.retain });
  });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  if (filters.length > 0) await client.subscribeAsync([...filters], { qos: 1 });
  return { client, heard };
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const program = ['/usr/sbin/mosquitto', 'mosquitto'].find(
  (candidate) => spawnSync(candidate, ['-h']).error === undefined,
);

/** Why tests with mosquitto are skipped; false where it is installed. For the `skip` option of a test. */
export const withoutMosquitto: string | false =
  program === undefined ? 'mosquitto is not installed (Debian: apt-get install mosquitto)' : false;

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  start(): Promise<void>;
  /** As a crash would: without a farewell to its clients. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Creates a mosquitto of its own directory and free port; `start` runs it.
 *
 * @param extra - lines of configuration after the listener of the port.
 */
export async function createMosquitto(extra: readonly string[] = [], files: Record<string, string> = {}) {
  const directory = mkdtempSync(path.join(tmpdir(), 'gemel-mosquitto-'));
  const port = await freePort();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  const lines = [
    // Without this, Debian's mosquitto holds small packets back: 1,130 instead of 44,800 messages a second.
    'set_tcp_nodelay true',
    'max_queued_messages 100000',
    'user root',
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    ...extra.map((line) => line.replaceAll('{directory}', directory)),
  ];
  writeFileSync(path.join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child = undefined;
    await ended;
  };
  const mosquitto: Mosquitto = {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    directory,
    async start() {
      const started = spawn(program ?? 'mosquitto', ['-c', path.join(directory, 'mosquitto.conf')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child = started;
      let said = '';
      started.stderr.on('data', (text) => {
        said += String(text);
      });
      await until(
        `mosquitto listens (it said: ${said})`,
        () => said.includes('running') || said.includes('Error'),
      );
    },
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return mosquitto;
}
