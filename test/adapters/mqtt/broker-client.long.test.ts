/** What only the client of an external broker does: brokers that are away, sessions, credentials, encryption. */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import {
  type BrokerClientOptions,
  connectPublisher,
  createBrokerClient,
  createEmbeddedBroker,
  type MqttNote,
  stableClientId,
} from '../../../src/adapters/mqtt/index.ts';
import {
  connectClient,
  createMosquitto,
  type Ear,
  freePort,
  type Mosquitto,
  until,
  withoutMosquitto,
} from './support.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function engine(options: Partial<BrokerClientOptions> & { url: string }) {
  const transport = createBrokerClient({
    clientId: stableClientId(randomUUID()),
    reconnect: { firstMs: 100, longestMs: 200 },
    ...options,
  });
  const taken: string[] = [];
  const notes: MqttNote[] = [];
  transport.onStatus((note) => notes.push(note));
  transport.onMessage(({ payload }) => {
    taken.push(Buffer.from(payload).toString());
    return undefined;
  });
  cleanups.push(() => transport.stop());
  return { transport, taken, notes };
}

async function mosquitto(...args: Parameters<typeof createMosquitto>): Promise<Mosquitto> {
  const broker = await createMosquitto(...args);
  cleanups.push(() => broker.stop());
  await broker.start();
  return broker;
}

async function client(...args: Parameters<typeof connectClient>): Promise<Ear> {
  const ear = await connectClient(...args);
  cleanups.push(() => ear.client.endAsync(true));
  return ear;
}

const up = (transport: ReturnType<typeof createBrokerClient>) =>
  until('the engine is connected', () => transport.status().state === 'up');

describe('a broker that is away', () => {
  test('at the start: the engine runs, says so, and is there when the broker is', async () => {
    const port = await freePort();
    const { transport, taken, notes } = engine({ url: `mqtt://127.0.0.1:${port}` });
    transport.subscribe(['data/#']);
    await transport.start();
    assert.equal(transport.status().state, 'away');
    assert.match(transport.status().detail, /nothing listens there/);
    assert.equal(notes[0]?.level, 'warning');
    transport.publish('gemel/a/events', 'early', { qos: 1, retain: false });
    const broker = createEmbeddedBroker({ port, hosts: ['127.0.0.1'], statusTopic: 'other/status' });
    await broker.start();
    cleanups.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${port}`;
    const { client: machine } = await client(url);
    await up(transport);
    await until('the subscription is there', () => {
      machine.publish('data/a', 'x');
      return taken.length > 0;
    });
    assert.equal(transport.status().counters.published, 1);
  });

  test('without end: memory stays bounded, the newest is kept, all else is counted', async () => {
    const { transport } = engine({
      url: `mqtt://127.0.0.1:${await freePort()}`,
      queue: { states: 10, events: 20 },
    });
    await transport.start();
    for (let index = 0; index < 1_000; index += 1) {
      transport.publish(`gemel/${index % 50}/state`, String(index), { qos: 0, retain: false });
      transport.publish('gemel/a/events', String(index), { qos: 1, retain: false });
    }
    const { queued, counters } = transport.status();
    assert.equal(queued, 30);
    assert.deepEqual([counters.droppedStates, counters.droppedEvents], [990, 980]);
  });

  test('a host that does not exist is said', async () => {
    const { transport } = engine({ url: 'mqtt://no-such-host.invalid' });
    await transport.start();
    assert.notEqual(transport.status().state, 'up');
    assert.match(transport.status().detail, /no such name|EAI_AGAIN|connecting/);
  });

  test('killed and restarted in mid-run: subscribed again, queued events sent', {
    skip: withoutMosquitto,
  }, async () => {
    const broker = await mosquitto();
    const { transport, taken, notes } = engine({ url: broker.url });
    transport.subscribe(['data/#']);
    await transport.start();
    for (let round = 1; round <= 3; round += 1) {
      await up(transport);
      const before = await client(broker.url, [], { reconnectPeriod: 0 });
      await until('messages come through', () => {
        before.client.publish('data/a', `round ${round}`);
        return taken.includes(`round ${round}`);
      });
      await broker.kill();
      await until('the loss is seen', () => transport.status().state === 'away');
      for (let index = 0; index < 600; index += 1) {
        transport.publish('gemel/a/events', `${round}.${index}`, { qos: 1, retain: true });
        transport.publish('gemel/a/state', `${round}.${index}`, { qos: 0, retain: true });
      }
      await broker.start();
      await up(transport);
      await until('the queue is sent', () => transport.status().queued === 0);
      const { heard } = await client(broker.url, ['gemel/#']);
      await until('the newest are there', () => heard.length === 3);
      assert.deepEqual(Object.fromEntries(heard.map(({ topic, text }) => [topic, text])), {
        'gemel/a/events': `${round}.599`,
        'gemel/a/state': `${round}.599`,
        'gemel/status': '{"status":"online"}',
      });
    }
    assert.equal(transport.status().counters.connections, 4);
    assert.equal(transport.status().counters.droppedEvents, 0);
    assert.ok(notes.some(({ message }) => message.startsWith('lost the broker')));
  });

  test('1,000 messages published while the engine is away arrive when it comes back', {
    skip: withoutMosquitto,
  }, async () => {
    const broker = await mosquitto();
    const clientId = stableClientId('the same project');
    const first = engine({ url: broker.url, clientId });
    first.transport.subscribe(['data/#']);
    await first.transport.start();
    const { client: machine, heard } = await client(broker.url, ['gemel/status']);
    await until('messages come through', () => {
      machine.publish('data/a', 'probe');
      return first.taken.length > 0;
    });
    await first.transport.stop();
    await until('it is offline', () => heard.at(-1)?.text === '{"status":"offline"}');
    const sent = Array.from({ length: 1_000 }, (_, index) => String(index));
    await Promise.all(sent.map((text) => machine.publishAsync('data/a', text, { qos: 1 })));

    const second = engine({ url: broker.url, clientId });
    second.transport.subscribe(['data/#']);
    await second.transport.start();
    await until('all are there', () => second.taken.filter((text) => text !== 'probe').length >= 1_000);
    assert.deepEqual(
      second.taken.filter((text) => text !== 'probe'),
      sent,
    );
    assert.ok(second.notes.some(({ message }) => message.includes('session continued')));
  });

  test('an engine that dies is said to be offline by the broker', { skip: withoutMosquitto }, async () => {
    const broker = await mosquitto();
    const { heard } = await client(broker.url, ['gemel/status']);
    const module = new URL('../../../src/adapters/mqtt/index.ts', import.meta.url).href;
    const script = `const { createBrokerClient } = await import(${JSON.stringify(module)});
      await createBrokerClient({ url: ${JSON.stringify(broker.url)}, clientId: 'gemelx' }).start();`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    await until('it is online', () => heard.at(-1)?.text === '{"status":"online"}');
    other.kill('SIGKILL');
    await once(other, 'exit');
    await until('it is offline', () => heard.at(-1)?.text === '{"status":"offline"}');
  });
});

describe('being let in', { skip: withoutMosquitto }, () => {
  test('a wrong password is said and tried again; the right one works', async (context) => {
    const passwords = { passwords: 'me:secret\n' };
    const broker = await createMosquitto(
      ['allow_anonymous false', 'password_file {directory}/passwords'],
      passwords,
    );
    cleanups.push(() => broker.stop());
    if (spawnSync('mosquitto_passwd', ['-U', path.join(broker.directory, 'passwords')]).status !== 0) {
      context.skip('mosquitto_passwd is not installed');
      return;
    }
    await broker.start();
    const wrong = engine({ url: broker.url, user: 'me', password: 'guess' });
    await wrong.transport.start();
    assert.match(wrong.transport.status().detail, /[Nn]ot authorized/);
    assert.ok(!wrong.transport.status().detail.includes('guess'));
    const right = engine({ url: broker.url.replace('//', '//me:secret@') });
    await right.transport.start();
    assert.equal(right.transport.status().state, 'up');
    await assert.rejects(connectPublisher({ url: broker.url }), { code: 'BROKER_UNREACHABLE' });
  });

  test('mqtts, ws and wss, with an authority of one’s own and a client certificate', async (context) => {
    const certificates = makeCertificates();
    if (certificates === undefined) {
      context.skip('openssl is not installed');
      return;
    }
    const { directory, ca, certificate, key } = certificates;
    const [secure, mutual, socket, secureSocket] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const tls = [
      `cafile ${directory}/ca.pem`,
      `certfile ${directory}/server.pem`,
      `keyfile ${directory}/server.key`,
    ];
    await mosquitto([
      `listener ${secure} 127.0.0.1`,
      ...tls,
      'allow_anonymous true',
      `listener ${mutual} 127.0.0.1`,
      ...tls,
      'require_certificate true',
      'allow_anonymous true',
      `listener ${socket} 127.0.0.1`,
      'protocol websockets',
      'allow_anonymous true',
      `listener ${secureSocket} 127.0.0.1`,
      'protocol websockets',
      ...tls,
      'allow_anonymous true',
    ]);
    for (const options of [
      { url: `mqtts://127.0.0.1:${secure}`, ca },
      { url: `mqtts://localhost:${mutual}`, ca, certificate, key },
      { url: `ws://127.0.0.1:${socket}/mqtt` },
      { url: `wss://127.0.0.1:${secureSocket}/mqtt`, ca },
    ]) {
      const { transport, taken } = engine(options);
      transport.subscribe(['data/#']);
      await transport.start();
      await up(transport);
      const publisher = await connectPublisher(options);
      await until('a message came through', () => {
        void publisher.publish('data/a', options.url, { qos: 1, retain: false });
        return taken.includes(options.url);
      });
      await publisher.stop();
      await transport.stop();
    }
    const stranger = engine({ url: `mqtts://127.0.0.1:${secure}` });
    await stranger.transport.start();
    assert.match(
      stranger.transport.status().detail,
      /not from an authority that is trusted: give that authority as `ca`/,
    );
    const nobody = engine({ url: `mqtts://127.0.0.1:${mutual}`, ca });
    await nobody.transport.start();
    await until('it is refused', () => nobody.transport.status().state === 'away');
  });
});

describe('a publisher for commands', () => {
  test('a broker that is not there is an error at once', async () => {
    await assert.rejects(connectPublisher({ url: `mqtt://127.0.0.1:${await freePort()}` }), {
      code: 'BROKER_UNREACHABLE',
      message: /nothing listens there/,
    });
  });

  test('resolves when the broker has the message', async () => {
    const broker = createEmbeddedBroker({ port: 0, hosts: ['127.0.0.1'] });
    let taken = 0;
    broker.subscribe(['data/#']);
    broker.onMessage(() => {
      taken += 1;
      return undefined;
    });
    await broker.start();
    cleanups.push(() => broker.stop());
    const publisher = await connectPublisher({ url: broker.status().addresses[0] ?? '' });
    await publisher.publish('data/a', '1', { qos: 1, retain: false });
    assert.equal(taken, 1);
    await assert.rejects(publisher.publish('data/#', '1', { qos: 1, retain: false }), {
      code: 'TOPIC_INVALID',
    });
    await publisher.stop();
  });
});

const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import paho.mqtt.client']).status === 0,
);

test('a plain paho-mqtt program in Python reads what the embedded broker sends', {
  skip: python === undefined && 'paho-mqtt is not installed (Debian: apt-get install python3-paho-mqtt)',
}, async () => {
  const broker = createEmbeddedBroker({ port: 0 });
  await broker.start();
  cleanups.push(() => broker.stop());
  const port = new URL(broker.status().addresses[0] ?? '').port;
  // paho-mqtt 2 wants to be told which form of callbacks is meant; 1.6 knows only the old one.
  const program = `
import json, sys
import paho.mqtt.client as mqtt
client = mqtt.Client() if not hasattr(mqtt, "CallbackAPIVersion") else mqtt.Client(mqtt.CallbackAPIVersion.VERSION1)
def on_message(client, userdata, message):
    print(json.dumps(json.loads(message.payload)))
    client.disconnect()
client.on_connect = lambda client, *rest: client.subscribe("twin/state")
client.on_message = on_message
client.connect("localhost", int(sys.argv[1]))
client.loop_forever()
`;
  const reader = spawn(python ?? 'python3', ['-c', program, port], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  reader.stdout.on('data', (text) => {
    said += String(text);
  });
  const ended = once(reader, 'exit');
  await until('it has read a state', () => {
    broker.publish('twin/state', '{"temperature":64.5,"rpm":1500}', { qos: 0, retain: false });
    return said.includes('\n');
  });
  await ended;
  // Before it leaves, a second message may have reached it.
  assert.deepEqual(JSON.parse(said.split('\n', 1)[0] ?? ''), { temperature: 64.5, rpm: 1500 });
});

/** An authority, and a certificate of it for this computer that serves as the client's too. */
function makeCertificates() {
  const directory = mkdtempSync(path.join(tmpdir(), 'gemel-certificates-'));
  cleanups.push(async () => rmSync(directory, { recursive: true, force: true }));
  const openssl = (...parameters: string[]) =>
    execFileSync('openssl', parameters, { cwd: directory, stdio: 'ignore' });
  const request = [
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  try {
    openssl(...request, '-x509', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
    const sign = ['-x509', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', '/CN=localhost'];
    const names = [
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    ];
    openssl(...request, ...sign, ...names, '-keyout', 'server.key', '-out', 'server.pem');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const read = (name: string) => readFileSync(path.join(directory, name), 'utf8');
  return { directory, ca: read('ca.pem'), certificate: read('server.pem'), key: read('server.key') };
}
