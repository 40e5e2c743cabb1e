/**
 * A past for `replay`: a project directory with the checkpoint and the journal of a fleet that has run, made on a clock that is
 * moved by hand, so that minutes take seconds.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileCheckpoints } from '../../src/adapters/checkpoint/index.ts';
import { openFileJournal } from '../../src/adapters/journal/index.ts';
import { loadProject, type Project } from '../../src/app/index.ts';
import { createFleet, createLocalShard, createManualClock } from '../../src/engine/index.ts';
import { readText, varied } from './twins.ts';

export interface PastOptions {
  readonly directory: string;
  readonly twins: number;
  readonly seconds: number;
}

const startMs = Date.UTC(2026, 10, 22, 13);
/** What the sensors read, SI. */
export const readings: Readonly<Record<string, number>> = {
  speed: 155.3,
  flow: 0.0418,
  current: 8.5,
  bearing: 50.4,
};

/** Every twin sends its four measurements once a second, each twin at a moment of its own. */
export async function recordPast({ directory, twins, seconds }: PastOptions): Promise<Project> {
  writeFileSync(join(directory, 'pump.yaml'), slowPump());
  writeFileSync(
    join(directory, 'gemel.yaml'),
    `gemel: 1\nmodels: [pump.yaml]\ntwins:\n  pump-{1..${twins}}: { model: bench-pump-filter, period: 1 s }\n`,
  );
  const { project } = loadProject(directory);
  if (project === undefined) throw new Error('the project of the benchmark does not load');
  const clock = createManualClock(startMs);
  const checkpoints = createFileCheckpoints(project.checkpoint.directory, {
    archive: { everyMs: 3_600_000 },
  });
  const journal = await openFileJournal(join(project.checkpoint.directory, 'journal'), {
    keepMs: 86_400_000,
  });
  const fleet = await createFleet({
    models: project.models,
    twins: project.twins,
    clock,
    shards: [createLocalShard(clock)],
    journal,
    checkpoints,
    checkpointEveryMs: 3_600_000,
  });
  for (let second = 0; second < seconds; second++) {
    for (let part = 0; part < 10; part++) {
      for (let twin = part; twin < twins; twin += 10) {
        const timeMs = clock.nowMs();
        const values = Object.entries(readings).map(([name, value], i) => [
          name,
          varied(value, twin, second * 4 + i),
        ]);
        fleet.setInputs(`pump-${twin + 1}`, Object.fromEntries(values), timeMs);
      }
      await journal.committed();
      await clock.advance(100);
    }
  }
  await fleet.stop();
  await journal.close();
  await checkpoints.close();
  return project;
}

/** The pump of the filter's benchmarks a hundred times as slow, so that its two steps an update make a second. */
export function slowPump(): string {
  return readText('bench/models/pump-filter.yaml')
    .replace('step: 5 ms', 'step: 500 ms')
    .replaceAll(/^( {2}der\(\w+\): )(.*)$/gm, '$1 0.01 * ($2)')
    .replaceAll(/noise: "([^"]+)"/g, (_, noise: string) => `noise: "${Number(noise) / 10}"`);
}
