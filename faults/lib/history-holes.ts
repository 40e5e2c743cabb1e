/** What the journal has of the sensors and the history has not, as its file stands there when nothing runs. */

import { join } from 'node:path';
import { openHistory } from '../../src/adapters/history/index.ts';
import { seriesNames } from '../../src/engine/index.ts';
import { keyOf } from './ledger.ts';
import { twinIds } from './project.ts';
import { recordedSamples } from './reference.ts';
import type { Trial } from './trial.ts';

const sensor = 'thermometer';
const foreverMs = 1e14;
const limit = 100_000_000;

/** How many acknowledged samples of sensors were looked for, and how many are holes: in the journal, and not in the history. */
export async function historyHoles(
  trial: Trial,
): Promise<{ readonly wanted: number; readonly missing: number }> {
  const recorded = await recordedSamples(trial.journal);
  const ofSensors = recorded.filter(({ signal }) => signal === sensor).map(keyOf);
  const wanted = [...new Set(ofSensors)].filter((key) => trial.ledger.acknowledged.has(key));
  const place = { file: join(trial.directory, '.gemel', 'history.sqlite') };
  const keep = { keepMs: foreverMs, keepSummariesMs: foreverMs };
  const history = openHistory(place, { ...keep, readOnly: true });
  const present = new Set<string>();
  for (const twin of twinIds) {
    const span = { twin, signal: seriesNames.measured(sensor), fromMs: 0, toMs: foreverMs };
    const { timesMs, values } = await history.points(span, limit);
    for (const [i, timeMs] of timesMs.entries())
      present.add(keyOf({ twin, signal: sensor, timeMs, value: values[i] ?? Number.NaN }));
  }
  await history.close();
  return { wanted: wanted.length, missing: wanted.filter((key) => !present.has(key)).length };
}
