/**
 * A restart of 10,000 filtered twins with a million records in the journal since the checkpoint: the four sensors of each send a message
 * a second, for 25 s, each at a moment of its own.
 *
 * Checkpoint and journal are made by the engine itself on a clock of its own, which is then left as a killed one leaves them. Timed is
 * `gemel up` on them, from its start as a process until every twin is with the clock.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createFileCheckpoints } from '../src/adapters/checkpoint/index.ts';
import { type FileJournal, openFileJournal } from '../src/adapters/journal/index.ts';
import { loadProject } from '../src/app/index.ts';
import { createFleet, createLocalShard, createManualClock } from '../src/engine/index.ts';
import { encodeSamples } from '../src/engine/journal/samples-record.ts';
import { startEngine } from './lib/engine.ts';
import { readings, slowPump } from './lib/recorded-past.ts';
import { type Metrics, scrape } from './lib/metrics.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { until, wait } from './lib/scope.ts';
import { varied } from './lib/twins.ts';

const seconds = 25;
const limitSeconds = 10;
/** What the twins have behind them at the checkpoint: enough for it to be of before their lateness. */
const beforeMs = 15_000;

/** A machine that is busy with other things may take longer than is wanted. */
const withinMs = 120_000;

export const recovery: Bench = {
  name: 'recovery',
  summary: '10,000 filtered twins and a million records of the journal since the checkpoint: a restart',
  about:
    'gemel up after a kill, from the start of the process until every twin is with the clock: a checkpoint of 10,000 filtered twins (8 states, 4 sensors, two Runge–Kutta steps a tick) and since then ' +
    'a million messages of a measurement each, 25 s of them; a worker a core. No peer: the limit is our own promise.',
  run,
};

async function run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
  const twins = quick ? 1000 : 10_000;
  const directory = scope.directory();
  writeProject(directory, twins);
  const endMs = await prepare(directory, twins, note);
  // The engine was away for a moment only, so that what is timed is the journal and not the ticks of a long pause.
  if (endMs > Date.now()) await wait(endMs - Date.now());
  const beganMs = performance.now();
  const awaySeconds = (Date.now() - endMs) / 1000;
  const engine = await startEngine(scope, directory, { withinMs });
  const readySeconds = (performance.now() - beganMs) / 1000;
  const isThere = (metrics: Metrics) => {
    const behind = metrics.get('gemel_behind_seconds') ?? Number.NaN;
    return metrics.get('gemel_twins{status="running"}') === twins && behind < 1 ? metrics : undefined;
  };
  const metrics = await until(
    'every twin to be with the clock',
    // While it catches up it may be slow to answer.
    async () => isThere(await scrape(engine.http).catch(() => new Map())),
    {
      child: engine.child,
      everyMs: 50,
      withinMs,
    },
  );
  const value = (performance.now() - beganMs) / 1000;
  const ticks = metrics.get('gemel_ticks_total') ?? Number.NaN;
  const processor = metrics.get('process_cpu_seconds_total') ?? Number.NaN;
  note(
    `${readable(readySeconds)} s until it serves, ${readable(processor)} s of processor; ${readable(ticks)} ticks of twins; ` +
      `away for ${readable(awaySeconds)} s before`,
  );
  await scope.stop(engine.child);
  const figure = { name: 'recovery', value, unit: 's' };
  return [quick ? figure : atMost(limitSeconds, figure)];
}

/** Leaves a checkpoint and a journal. @returns when the last message came. */
async function prepare(directory: string, twins: number, note: Context['note']): Promise<number> {
  const { project } = loadProject(directory);
  if (project?.journal === undefined) throw new Error('the project of the benchmark is not valid');
  const beganMs = performance.now();
  // As far ahead as making it takes.
  const endMs = Math.ceil((Date.now() + twins * 4) / 1000) * 1000;
  const clock = createManualClock(endMs - seconds * 1000 - beforeMs);
  const checkpoints = createFileCheckpoints(project.checkpoint.directory);
  const journal = await openFileJournal(project.journal.directory, { waitingBytes: 2 ** 30 });
  await createFleet({ ...project, clock, shards: [createLocalShard(clock)], checkpoints, journal });
  await clock.advance(beforeMs);
  const before = journal.last;
  await write(journal, twins, clock.nowMs());
  const took = readable((performance.now() - beganMs) / 1000);
  note(`prepared in ${took} s: ${journal.last - before} records`);
  await journal.close();
  await checkpoints.close();
  return endMs;
}

/** A message a second of each sensor, in the order of their moments. */
async function write(journal: FileJournal, twins: number, fromMs: number): Promise<void> {
  const sensors = Object.entries(readings);
  for (let second = 0; second < seconds; second++) {
    for (const [i, [signal, reading]] of sensors.entries()) {
      for (let twin = 0; twin < twins; twin++) {
        const timeMs = Math.round(fromMs + 1000 * (second + (i + twin / twins) / sensors.length));
        const value = varied(reading, twin, second * sensors.length + i);
        const sample = { twin: `pump-${twin + 1}`, signal, timeMs, value, receivedMs: timeMs + 2 };
        journal.append(encodeSamples([sample]));
      }
    }
    await journal.committed();
  }
}

function writeProject(directory: string, twins: number): void {
  writeFileSync(join(directory, 'pump.yaml'), slowPump());
  writeFileSync(
    join(directory, 'gemel.yaml'),
    [
      'gemel: 1',
      'models: [pump.yaml]',
      'history: { enabled: false }',
      // The main thread has little to do in a restart; while running it has, so that the default is a worker less than cores.
      `workers: ${Math.min(4, availableParallelism())}`,
      `twins: { "pump-{1..${twins}}": { model: bench-pump-filter, period: 1 s } }`,
      '',
    ].join('\n'),
  );
}
