/**
 * Switches a fault of the plant on or off.
 *
 *   node examples/pump-station/fault.ts pump-2 bearing 0.8
 *   node examples/pump-station/fault.ts pump-2 bearing 0
 */

import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { faults } from './pump.ts';

const { values, positionals } = parseArgs({
  options: { url: { type: 'string', default: 'mqtt://localhost:1883' } },
  allowPositionals: true,
});
const [pump, fault, level] = positionals;

if (pump === undefined || !faults.some((it) => it === fault) || !(Number(level) >= 0 && Number(level) <= 1)) {
  console.error(`usage: fault.ts pump-1|pump-2|pump-3 ${faults.join('|')} LEVEL   (0 off … 1 severe)`);
  process.exitCode = 2;
} else {
  const client = await mqtt.connectAsync(values.url, { connectTimeout: 5000, reconnectPeriod: 0 });
  await client.publishAsync(`plant/${pump}/fault`, JSON.stringify({ [fault ?? '']: Number(level) }), {
    qos: 1,
  });
  await client.endAsync();
  console.log(`${pump}: ${fault} ${Number(level) === 0 ? 'off' : `at ${level}`}`);
}
