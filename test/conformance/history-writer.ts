/** A process to be killed: writes a sample at a time without end, and prints the number of each once it is kept. */

import { writeSync } from 'node:fs';
import type { HistoryPlace } from '../../src/adapters/history/index.ts';
import { openPlace } from './history-place.ts';

const place = JSON.parse(process.argv[2] ?? '') as HistoryPlace;
const history = openPlace(place, { store: { blockSamples: 8, pendingRows: 20 } });
// Until it is ready it may refuse nothing, so the first question waits for it.
await history.signals('tank-1');
for (let i = 0; ; i++) {
  const points = { timesMs: Float64Array.of(i * 1000), values: Float64Array.of(i) };
  await history.insert([{ series: { twin: 'tank-1', signal: 'level', unit: 'm' }, points }]);
  writeSync(1, `${i}\n`);
}
