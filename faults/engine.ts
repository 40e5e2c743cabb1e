/**
 * A project that runs as with `gemel up`, and does what the harness tells it to: fail, wait, or die at a named point.
 *
 *   node faults/engine.ts DIRECTORY HTTP_PORT MQTT_PORT
 */

import { loadProject, openLog, readVersion, startProject } from '../src/app/index.ts';
import type { Fleet } from '../src/engine/index.ts';
import { breakableCheckpoints, breakableJournal, watchHistory, watchJournal } from './lib/breakable.ts';
import { Control } from './lib/control.ts';
import { exchangeInTurn } from './lib/exchange.ts';
import type { Order } from './lib/points.ts';

const [directory = '', ...ports] = process.argv.slice(2);
const [httpPort = 0, mqttPort = 0] = ports.map(Number);

const control = new Control();
const begun = Promise.withResolvers<Fleet>();
const tell = (message: object) => process.send?.(message);
let isExchanging = false;
process.on('message', (order: Order) => {
  control.take(order);
  if (order.kind === 'rest') isExchanging = false;
  if (order.kind !== 'swap') return;
  isExchanging = true;
  void begun.promise.then((fleet) => exchangeInTurn(fleet, () => isExchanging, tell));
});
process.on('disconnect', () => process.exit(1));
watchHistory(control);

const { project, diagnostics } = loadProject(directory);
if (project === undefined) throw new Error(JSON.stringify(diagnostics));
const running = await startProject(
  {
    ...project,
    http: { ...project.http, port: httpPort },
    // A project with a broker outside keeps it.
    mqtt: project.mqtt.kind === 'embedded' ? { ...project.mqtt, port: mqttPort } : project.mqtt,
  },
  {
    log: await openLog({ level: 'info', style: 'json', color: 'never' }),
    version: readVersion(),
    onFailure: (reason) => {
      console.error(reason);
      process.exit(1);
    },
    around: {
      checkpoints: { files: breakableCheckpoints(control) },
      journal: {
        files: breakableJournal(control),
        // Some seconds of the machines: segments come and go all the time.
        segmentBytes: 16_384,
        wrap: (journal) => watchJournal(journal, control),
      },
    },
  },
);
begun.resolve(running.fleet);
process.on('SIGTERM', () => {
  void running.stop().then((problems) => process.exit(problems.length > 0 ? 1 : 0));
});
