/**
 * What `npm start` runs: the engine with the pump station's twins, and the plant as a process of its own.
 * Ctrl-C ends both.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Options given to npm start (-- --port 9000) go to the engine; the plant only needs the broker's port.
const options = process.argv.slice(2);
const mqttPort = options[options.indexOf('--mqtt-port') + 1];
const url = `mqtt://localhost:${options.includes('--mqtt-port') ? mqttPort : 1883}`;

const engine = spawn(process.execPath, [here('../../src/cli/main.ts'), 'up', here('.'), ...options], { stdio: 'inherit' });
const plant = spawn(process.execPath, [here('plant.ts'), '--url', url], { stdio: ['ignore', 'inherit', 'ignore'] });

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => engine.kill(signal));
engine.on('exit', (code) => {
  plant.kill();
  process.exitCode = code ?? 1;
});
plant.on('exit', (code) => {
  if (engine.exitCode === null && code !== 0) console.error('the plant has stopped: its pumps send nothing any more');
});
