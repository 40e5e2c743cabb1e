/** A process to be killed: writes a sample a time without end, and prints the number of each once it is written. */

import { writeSync } from 'node:fs';
import { HistoryStore } from '../../../src/adapters/history/store.ts';

const store = new HistoryStore(process.argv[2] ?? '', { blockSamples: 8 });
const series = store.series({ twin: 'tank-1', signal: 'level', unit: 'm' });
for (let i = 0; ; i++) {
  store.write({
    series: Uint32Array.of(series),
    timesMs: Float64Array.of(i * 1000),
    values: Float64Array.of(i),
  });
  // A loop without end never comes to a stream that waits to be written.
  writeSync(1, `${i}\n`);
}
