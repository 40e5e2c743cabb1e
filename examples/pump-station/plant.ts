/**
 * The plant: three pumps that send their telemetry over MQTT and know nothing of twins.
 *
 *   node examples/pump-station/plant.ts [--url mqtt://localhost:1883] [--seed 1]
 *
 * Switch a fault on (0 off … 1 severe) with any MQTT client, or with fault.ts:
 *   plant/pump-2/fault   {"bearing": 0.8}      also: clogged, impeller, sensor
 */

import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { faults, type Hidden, Pump } from './pump.ts';

const PERIOD_MS = 500;
/** A plant does not begin with those who look at it: its pumps are warm. */
const WARM_UP_SECONDS = 1800;
const TELL_AFTER_PERIODS = 10;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'mqtt://localhost:1883' },
    seed: { type: 'string', default: '1' },
  },
});

const hidden: readonly Hidden[] = [
  { shutoffHead: 52.6, pumpLoss: 9200, efficiency: 0.745, bearingTorque: 0.43, vibration: 1.75, wear: 0 },
  { shutoffHead: 51.4, pumpLoss: 8800, efficiency: 0.733, bearingTorque: 0.41, vibration: 1.85, wear: 0.01 },
  { shutoffHead: 50.8, pumpLoss: 9300, efficiency: 0.725, bearingTorque: 0.44, vibration: 1.95, wear: 0.03 },
];
const random = mulberry32(Number(options.seed));
const pumps = new Map(
  hidden.map((it, index) => [`pump-${index + 1}`, new Pump(it, { dutySeconds: 75 * index, random })]),
);
for (const pump of pumps.values()) pump.advance(WARM_UP_SECONDS);

const client = mqtt.connect(options.url, { clientId: 'pump-station-plant', reconnectPeriod: 500 });
let trouble = 'no answer';
client.on('connect', () => client.subscribe('plant/+/fault', { qos: 1 }));
client.on('error', ({ message }) => {
  trouble = message;
});
client.on('message', (topic, payload) => switchFaults(topic.split('/')[1] ?? '', payload.toString()));

let dueMs = performance.now();
let sent = 0;
let unsent = 0;
const timer = setInterval(() => {
  // As many periods as have really gone by: a busy machine must not slow the pumps' time down.
  for (; performance.now() >= dueMs; dueMs += PERIOD_MS) {
    for (const pump of pumps.values()) pump.advance(PERIOD_MS / 1000);
  }
  if (client.connected) send();
  else if (++unsent === TELL_AFTER_PERIODS) {
    console.error(`plant: no broker at ${options.url} (${trouble}); trying on`);
  }
}, PERIOD_MS);

process.once('SIGINT', stop);
process.once('SIGTERM', stop);
// Started by start.ts, it ends with it, even if that has ended before this line.
process.once('disconnect', stop);
if (process.send !== undefined && !process.connected) stop();

/** A controller does not queue for a broker that is away: what is old is of no use to it. */
function send(): void {
  unsent = 0;
  const time = new Date().toISOString();
  for (const [name, pump] of pumps) {
    client.publish(`gemel/${name}/telemetry`, JSON.stringify({ time, ...pump.telemetry() }), { qos: 1 });
    // The vibration sensor is a box of its own, and a slower one.
    if (sent % 2 === 0) client.publish(`plant/${name}/vibration`, String(pump.vibration()));
  }
  sent++;
}

function stop(): void {
  clearInterval(timer);
  client.end(true, () => process.exit(0));
}

function switchFaults(name: string, text: string): void {
  const pump = pumps.get(name);
  let wanted: unknown;
  try {
    wanted = JSON.parse(text);
  } catch {
    wanted = undefined;
  }
  if (pump === undefined || typeof wanted !== 'object' || wanted === null) {
    console.error(`plant: not a fault of a pump here: ${name} ${text.slice(0, 100)}`);
    return;
  }
  for (const [fault, level] of Object.entries(wanted)) {
    const known = faults.find((it) => it === fault);
    if (known === undefined || typeof level !== 'number' || !(level >= 0 && level <= 1)) {
      console.error(`plant: ${fault} takes a number from 0 to 1; known faults: ${faults.join(', ')}`);
    } else {
      pump.faults[known] = level;
    }
  }
}

/** A small seeded generator, uniform in [0, 1). Source  T. Ettinger, mulberry32 (public domain, 2017). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
