/** A project whose past is on the disk: a fleet on a clock in the test's hand writes real checkpoints and a real journal. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { createFileCheckpoints } from '../../../src/adapters/checkpoint/index.ts';
import { openHistory, recordFleet } from '../../../src/adapters/history/index.ts';
import { type FileJournal, openFileJournal } from '../../../src/adapters/journal/index.ts';
import { encodeRecord } from '../../../src/adapters/journal/format.ts';
import type { Backend } from '../../../src/core/kernel/index.ts';
import { loadProject, type Project } from '../../../src/app/index.ts';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  decodeSamples,
  type Fleet,
  type ManualClock,
} from '../../../src/engine/index.ts';
import { leakingTank, startMs } from '../../engine/support.ts';

/** Open loop, with a timer and a reset. */
const oven = `
gemel: 1
model: oven
version: 1.0.0
units: unchecked
solver: { step: 0.05 s }
inputs:
  power: { unit: W, default: 2 }
states:
  heat: { unit: J, start: 1, max: 30 }
  slow: { unit: "1", start: 0, every: 0.3 s }
equations:
  der(heat): power - 0.1 * heat * exp(-0.01 * heat)
  next(slow): slow + sin(heat)
when:
  hot: { condition: heat > 10, reset: { heat: 5 + 0.001 * slow } }
measurements:
  reading: { equals: heat + slow, unit: J }
`;

const projectFile = `
gemel: 1
models: [models/*.yaml]
twins:
  a: { model: leaking-tank, period: 1 s }
  b: { model: leaking-tank, period: 500 ms }
  c: { model: oven, period: 1 s }
  tank-{1..5}: { model: leaking-tank, period: 1 s }
`;

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

export function createProject(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'gemel-replay-'));
  directories.push(directory);
  mkdirSync(path.join(directory, 'models'));
  writeFileSync(path.join(directory, 'models', 'leaking-tank.yaml'), leakingTank);
  writeFileSync(path.join(directory, 'models', 'oven.yaml'), oven);
  writeFileSync(path.join(directory, 'gemel.yaml'), projectFile);
  return directory;
}

export function projectAt(directory: string): Project {
  const { project, diagnostics } = loadProject(directory);
  if (project === undefined) throw new Error(JSON.stringify(diagnostics));
  return project;
}

/** A process that lives in the project, until it is killed or stopped. */
export interface Life {
  readonly fleet: Fleet;
  readonly clock: ManualClock;
  readonly journal: FileJournal;
  /** Lets a second pass, with what is written meanwhile on the disk. */
  pass(milliseconds: number): Promise<void>;
  /** Nothing of it reaches the disk any more. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface LifeOptions {
  readonly shards?: number;
  readonly archiveMs?: number;
  readonly backend?: Backend;
  /** Whether a history is recorded as well. */
  readonly history?: boolean;
}

const keptForever = { keepMs: Number.POSITIVE_INFINITY, keepSummariesMs: Number.POSITIVE_INFINITY };

export async function live(
  project: Project,
  clock: ManualClock,
  { shards = 1, archiveMs = 20_000, backend, history = false }: LifeOptions = {},
): Promise<Life> {
  const { directory } = project.checkpoint;
  const checkpoints = createFileCheckpoints(directory, { archive: { everyMs: archiveMs } });
  const journal = await openFileJournal(path.join(directory, 'journal'), { keepMs: 86_400_000 });
  let isOver = false;
  let saving: Promise<unknown> = Promise.resolve();
  const place = { file: path.join(directory, 'history.sqlite') };
  const recorded = history ? openHistory(place, keptForever) : undefined;
  const fleet = await createFleet({
    models: project.models,
    twins: project.twins,
    clock,
    shards: Array.from({ length: shards }, () => createLocalShard(clock, backend)),
    journal,
    checkpoints: {
      load: () => checkpoints.load(),
      save: (bytes, made) => {
        const saved = isOver ? Promise.resolve() : checkpoints.save(bytes, made);
        saving = saved;
        return saved;
      },
      forget: async (before) => (isOver ? undefined : checkpoints.forget?.(before)),
    },
    checkpointEveryMs: 5000,
  });
  const recording = recorded && recordFleet(fleet, recorded, { everyMs: 5000 });
  const end = async () => {
    isOver = true;
    recording?.stop();
    await recorded?.close();
    await journal.close();
    await checkpoints.close();
  };
  return {
    fleet,
    clock,
    journal,
    async pass(milliseconds) {
      await journal.committed();
      await clock.advance(milliseconds);
      await saving;
      await journal.committed();
      // What follows a save has its turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
    kill: end,
    async stop() {
      await fleet.stop();
      await end();
    },
  };
}

function telemetry({ fleet, clock }: Life, twin: string, payload: object): void {
  fleet.deliver({
    topic: `gemel/${twin}/telemetry`,
    payload: new TextEncoder().encode(JSON.stringify(payload)),
    receivedMs: clock.nowMs(),
  });
}

/** What machines send in the second `k`, a fixed congruence deciding; much of it is late, some by several seconds. */
export function send(life: Life, k: number): void {
  const draw = (n: number) => ((k * 7919 + n * 104_729) % 1000) / 1000;
  const time = life.clock.nowMs() - 900 * draw(1);
  telemetry(life, 'a', { level: 100 + 3 * Math.sin(k / 9) + draw(2), time });
  telemetry(life, 'b', { level: 90 + draw(3), pump: 50 + 10 * draw(4), time: time - 4700 * draw(5) });
  if (k % 3 === 0) telemetry(life, 'c', { power: 3 * draw(6), reading: 4 + draw(7), time });
  for (let n = 1; n <= 5; n++) {
    if ((k + n) % 2 === 0)
      telemetry(life, `tank-${n}`, { level: 80 + 5 * n + draw(7 + n), time: time - 100 * n });
  }
}

export const clockAt = (timeMs: number): ManualClock => createManualClock(timeMs);

/** A project with 60 s of a past. */
export async function record({
  seconds = 60,
  ...options
}: LifeOptions & { readonly seconds?: number } = {}): Promise<string> {
  const directory = createProject();
  const life = await live(projectAt(directory), clockAt(startMs), options);
  for (let k = 1; k <= seconds; k++) {
    send(life, k);
    await life.pass(1000);
  }
  await life.stop();
  return directory;
}

/** Changes a value in the first record of a twin from a number on, so that its checksum fits again. */
export function alter(directory: string, twin: string, from: number): void {
  const folder = path.join(directory, '.gemel', 'journal');
  const file = path.join(folder, readdirSync(folder)[0] ?? '');
  const bytes = readFileSync(file);
  for (let at = 24, number = 1; at < bytes.length; number++) {
    const content = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at));
    const [first] = decodeSamples(content) ?? [];
    if (number >= from && first?.twin === twin) {
      const value = 5 + 2 + first.twin.length + first.signal.length + 8;
      content.writeDoubleLE(content.readDoubleLE(value) + 1e-9, value);
      encodeRecord(bytes, at, { number, content: Buffer.from(content) });
      writeFileSync(file, bytes);
      return;
    }
    at += 8 + content.length;
  }
  throw new Error(`no record of ${twin}`);
}
