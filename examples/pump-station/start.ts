/**
 * What `npm start` runs: the engine with the pump station's twins, and the plant as a process of its own.
 *
 * The plant hangs on this process by a channel. It ends when the channel closes, however that comes about: by Ctrl-C,
 * by SIGTERM, or because this process was killed.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Options given to npm start (-- --port 9000) are the engine's; the plant only needs the broker's port.
const given = process.argv.slice(2);
const { values } = parseArgs({ args: given, options: { 'mqtt-port': { type: 'string' } }, strict: false });
const plant = fork(here('plant.ts'), ['--url', `mqtt://localhost:${String(values['mqtt-port'] ?? 1883)}`]);
// Ctrl-C ends both at once; only a plant that ends alone is worth a line.
plant.on('exit', () => {
  setTimeout(() => console.error('the plant has stopped: its pumps send nothing any more'), 1000).unref();
});

// One line with the address is enough here; what is worth a warning is told. A later --log-level wins.
process.argv.splice(2, given.length, 'up', here('.'), '--log-level', 'warn', ...given);
await import(here('../../src/cli/main.ts'));
// The engine ends the process itself; this point is only reached if it could not start.
plant.removeAllListeners('exit');
plant.disconnect();
