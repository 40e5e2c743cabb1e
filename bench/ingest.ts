/**
 * Samples over MQTT with QoS 1, acknowledged once they are in the journal on the disk: a second, from 4 connections that write many
 * messages at once, and from 100 that write each by itself.
 *
 * Beside it, in turns: the same engine without a journal, and what one writes oneself, Mosquitto with a client of mqtt.js that
 * only parses the messages. A message has four samples.
 */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Engine, startEngine } from './lib/engine.ts';
import type { IngestOrder, IngestReport } from './lib/messages.ts';
import { growth, scrape } from './lib/metrics.ts';
import { Mosquitto, withoutMosquitto } from './lib/mosquitto.ts';
import {
  atLeast,
  atLeastTimes,
  atMost,
  type Bench,
  type Context,
  type Figure,
  readable,
} from './lib/report.ts';
import { type Child, wait } from './lib/scope.ts';
import { interleave } from './lib/statistics.ts';

const twins = 2000;
const samplesAMessage = 4;

interface Load {
  readonly name: string;
  readonly connections: number;
  readonly window: number;
  readonly together: boolean;
  readonly samplesASecond: number;
  readonly delays: readonly Delay[];
}

/** How long acknowledgements take. */
interface Delay {
  readonly name: string;
  /** At half of the highest rate, if it is absent. */
  readonly samplesASecond?: number;
  readonly mostMs?: number;
}

const loads: readonly Load[] = [
  {
    name: 'ingest.mqtt',
    connections: 4,
    window: 1000,
    together: true,
    samplesASecond: 100_000,
    delays: [{ name: 'ack_p99', mostMs: 20 }],
  },
  {
    name: 'ingest.mqtt.connections',
    connections: 100,
    window: 20,
    together: false,
    samplesASecond: 20_000,
    delays: [{ name: 'ack_p99' }, { name: 'ack_p99.20k', samplesASecond: 20_000, mostMs: 50 }],
  },
];

export const ingest: Bench = {
  name: 'ingest',
  summary:
    'samples over MQTT with QoS 1 into the journal, beside no journal and beside Mosquitto with mqtt.js',
  about:
    '2,000 machines send messages of four samples with QoS 1, over 4 connections that write many at once and over 100 that write each by itself, as fast as they are acknowledged; then at half that rate and at a fixed one, for the delay of the acknowledgements. ' +
    'Peers: the same engine without its journal, and Mosquitto (set_tcp_nodelay) with a client of mqtt.js that only parses, which keeps nothing.',
  run,
};

async function run(context: Context): Promise<readonly Figure[]> {
  const durable = await startEngine(context.scope, writeProject(context, ''));
  const hasty = await startEngine(context.scope, writeProject(context, 'journal: { enabled: false }'));
  const broker = await startMosquitto(context);
  const figures: Figure[] = [];
  for (const load of loads) figures.push(...(await measure(load, { durable, hasty, broker }, context)));
  for (const engine of [durable, hasty]) await context.scope.stop(engine.child);
  return figures;
}

interface Candidates {
  readonly durable: Engine;
  readonly hasty: Engine;
  readonly broker: Broker | undefined;
}

async function measure(
  load: Load,
  { durable, hasty, broker }: Candidates,
  context: Context,
): Promise<readonly Figure[]> {
  const { quick, note } = context;
  const send = sender(load, context);
  const before = await scrape(durable.http);
  const rates = await interleave(quick ? 1 : 5, {
    durable: async () => (await send(durable.mqtt.href)).messagesPerSecond * samplesAMessage,
    hasty: async () => (await send(hasty.mqtt.href)).messagesPerSecond * samplesAMessage,
    broker: async () =>
      broker === undefined ? Number.NaN : (await readRate(broker, send)) * samplesAMessage,
  });
  const delays: Figure[] = [];
  for (const delay of load.delays) {
    const samplesASecond = delay.samplesASecond ?? rates.durable / 2;
    const { delayMs, cores } = await send(durable.mqtt.href, samplesASecond / samplesAMessage);
    const figure = { name: `${load.name}.${delay.name}`, value: delayMs.p99, unit: 'ms' };
    delays.push(delay.mostMs === undefined ? figure : atMost(delay.mostMs, figure));
    note(
      `${figure.name}: at ${readable(samplesASecond)} samples/s p50 ${readable(delayMs.p50)} ms, worst ${readable(delayMs.worst)} ms; ` +
        `the machines took ${readable(cores)} cores`,
    );
  }
  const window = { before, after: await scrape(durable.http) };
  const refused = [...window.after.keys()]
    .filter((key) => key.startsWith('gemel_samples_total{outcome="refused"'))
    .reduce((sum, key) => sum + growth(window, key), 0);
  note(
    `${load.name}: ${refused} samples refused of ${growth(window, 'gemel_samples_total{outcome="applied",reason=""}')}`,
  );
  const value = { name: `${load.name}.qos1`, value: rates.durable, unit: 'samples/s' };
  return [
    atLeastTimes(0.6, { ...value, peer: { name: 'journal-off', value: rates.hasty } }),
    atLeast(load.samplesASecond, {
      ...value,
      ...(broker !== undefined && { peer: { name: 'mosquitto+mqtt.js', value: rates.broker } }),
    }),
    ...delays,
  ];
}

type Send = (url: string, messagesPerSecond?: number) => Promise<IngestReport>;

function sender({ connections, window, together }: Load, { scope, quick }: Context): Send {
  const path = fileURLToPath(new URL('ingest-senders.ts', import.meta.url));
  return async (url, messagesPerSecond) => {
    const order: IngestOrder = {
      url,
      connections,
      twins,
      window,
      together,
      warmUpMs: quick ? 500 : 1000,
      measureMs: quick ? 2000 : 4000,
      ...(messagesPerSecond !== undefined && { messagesPerSecond }),
    };
    const { code, stdout, stderr } = await scope.run(process.execPath, [path, JSON.stringify(order)]);
    if (code !== 0) throw new Error(`the machines ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as IngestReport;
  };
}

function writeProject({ scope }: Context, more: string): string {
  const directory = scope.directory();
  const inputs = ['speed', 'flow', 'motor_power', 'bearing_temperature'];
  writeFileSync(
    join(directory, 'model.yaml'),
    [
      'gemel: 1',
      'model: machine',
      'version: 1.0.0',
      'inputs:',
      ...inputs.map((name) => `  ${name}: { unit: "1", default: 0 }`),
      'states:',
      '  seen: { unit: "1", start: 0 }',
      'equations:',
      `  der(seen): (${inputs.join(' + ')} - seen) / 10 [s]`,
    ].join('\n'),
  );
  writeFileSync(
    join(directory, 'gemel.yaml'),
    [
      'gemel: 1',
      'models: [model.yaml]',
      'workers: 1',
      'twins:',
      `  machine-{1..${twins}}: { model: machine }`,
      more,
    ].join('\n'),
  );
  return directory;
}

/** Mosquitto with its reader. */
interface Broker {
  readonly url: string;
  readonly reader: Child;
}

async function startMosquitto({ scope, note }: Context): Promise<Broker | undefined> {
  if (withoutMosquitto !== undefined) {
    note(`mosquitto+mqtt.js is left out: ${withoutMosquitto}`);
    return undefined;
  }
  // Without a limit to what waits for the reader: it is to be as fast as it can be, and to lose nothing.
  const { port } = await Mosquitto.start(scope, () => ['max_inflight_messages 1000', 'persistence false']);
  const url = `mqtt://127.0.0.1:${port}`;
  const path = fileURLToPath(new URL('peers/mqtt-reader.ts', import.meta.url));
  const reader = scope.start(process.execPath, [path, url], { messages: true });
  await once(reader.process, 'message');
  return { url, reader };
}

/** Messages a second that the reader has parsed while the machines send. */
async function readRate({ url, reader }: Broker, send: Send): Promise<number> {
  const sending = send(url);
  await wait(1500);
  reader.process.send('begin');
  const beganMs = performance.now();
  await wait(2000);
  const answer = once(reader.process, 'message');
  reader.process.send('report');
  const [{ received }] = (await answer) as [{ readonly received: number }];
  const rate = (received * 1000) / (performance.now() - beganMs);
  await sending;
  // What still waits for the reader would take from the next candidate.
  let before = -1;
  for (let count = received; count !== before; ) {
    before = count;
    await wait(200);
    const next = once(reader.process, 'message');
    reader.process.send('report');
    count = ((await next) as [{ readonly received: number }])[0].received;
  }
  return rate;
}
