/**
 * The third composition: a project's past, run again from its checkpoints and its journal, and compared with what it was. It
 * only reads, and takes no lock, so that it may go on beside the engine that writes.
 *
 * Twins share no state, so they are spread over threads. The journal is read and verified once, for all of them.
 */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import { compileModelDocument, type Model } from '../../core/model/index.ts';
import {
  createSnapshot,
  createSnapshotView,
  type Difference,
  type History,
  type ReplayTrialResult,
  type ShownTwin,
  type Snapshot,
  type TwinSettings,
} from '../../engine/index.ts';
import type { OpenHistory } from '../../adapters/history/index.ts';
import { createBackend } from '../backend.ts';
import { type KernelName, kernels } from '../options.ts';
import { readModels } from '../project-models.ts';
import type { Project } from '../project.ts';
import { findBeginning, readFleet, type ReplaySpan } from './beginning.ts';
import { wholeParts } from './feed.ts';
import type { FrameCount } from './frames.ts';
import { type CheckpointCount, Outcome, type ReplayProgress } from './outcome.ts';
import { Threads } from './threads.ts';
import type { ReplayWork } from './work.ts';

export interface ReplayOptions extends ReplaySpan {
  /** How many times as fast as the past. Default: as fast as possible. */
  readonly speed?: number;
  /** What computes. Default: what did. With another one nothing is compared. */
  readonly kernel?: KernelName;
  /** Default: one for every 250 twins, at most one a core. */
  readonly workers?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** `Model.id` of another version, to be tried in the shadow of the twins of its model, in one thread. */
  readonly with?: string;
}

export interface ReplayReport {
  /** Where it began: when that checkpoint was made. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What computed then, and what did now. */
  readonly recordedKernel: string;
  readonly kernel: string;
  readonly twins: number;
  readonly samples: number;
  readonly commands: number;
  /** Records of the journal that are lost, and samples that were not whole. */
  readonly damaged: number;
  /** Checkpoints that are damaged, or gone since. */
  readonly unread: readonly string[];
  /** Recorded ticks: of blocks, and of their twins. */
  readonly ticks: Readonly<FrameCount>;
  readonly checkpoints: CheckpointCount;
  /** The first of each twin that differs. */
  readonly differences: readonly Difference[];
  /** Of real time that it took, from the call on, and how many times as fast as the past that was. */
  readonly seconds: number;
  readonly speed: number;
  /** What each twin is at the end, by id. */
  readonly states: ReadonlyMap<string, Snapshot>;
  /** How the other version did. */
  readonly tried?: ReplayTrialResult;
}

const twinsPerThread = 250;

/**
 * Runs the past of a project again.
 *
 * @throws GemelError `REPLAY_UNAVAILABLE` if there is nothing to begin with; `REPLAY_KERNEL` if what computed then is not
 *   here and no other was asked for.
 */
export async function replayProject(project: Project, options: ReplayOptions = {}): Promise<ReplayReport> {
  const began = performance.now();
  if (project.journal === undefined) {
    throw new GemelError(
      'REPLAY_UNAVAILABLE',
      'this project keeps no journal (`journal: { enabled: false }`)',
    );
  }
  const threads = new Threads();
  try {
    // As many as the project's own twins need. Others may have been added since.
    threads.upTo(threadsFor(project.twins.length, options));
    return await replayOn(threads, { project, journal: project.journal.directory, began }, options);
  } finally {
    await threads.end();
  }
}

interface ReplayedProject {
  readonly project: Project;
  /** Directory. */
  readonly journal: string;
  /** When the replay was asked for, by `performance.now`. */
  readonly began: number;
}

async function replayOn(
  threads: Threads,
  { project, journal, began }: ReplayedProject,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const places = { checkpoints: project.checkpoint.directory, journal };
  const { start, checkpoint, checks, toMs, last, skipped } = await findBeginning(places, options);
  const recorded = [...new Set(checkpoint.parts.flatMap(({ kernel = [] }) => kernel))].join(', ');
  const kernel = options.kernel ?? (await kernelOf(recorded));
  const { arithmetic } = await createBackend(kernel, () => undefined);
  const { models, twins } = await readFleet(journal, checkpoint);
  if (twins.length === 0) {
    const why = `the journal does not say what the twins of ${start.file} were`;
    throw new GemelError('REPLAY_UNAVAILABLE', why);
  }
  const trial = await trialOf(project, options);
  const own = spread(twins, threadsFor(twins.length, options));
  const parts = await wholeParts(journal, checkpoint);
  const works = own.map((part, thread) => ({
    kernel,
    models,
    twins: part,
    others: own.flatMap((other) => (other === part ? [] : other.map(({ id }) => id))),
    thread,
    threads: own.length,
    parts,
    toMs,
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    ...(trial && { trial }),
  }));
  const past = {
    journal,
    first: Math.min(...parts.map((part) => part.journal ?? 0)) + 1,
    last,
    checks: arithmetic === recorded && !trial ? checks : [],
  };
  const compiled = models.flatMap(({ id, document }) => compileModelDocument(document, id).model ?? []);
  const history = pastHistory(project);
  const fromMs = start.savedMs;
  const outcome = new Outcome(own.length, {
    fromMs,
    toMs,
    models: compiled,
    ...(history && { history }),
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  try {
    await threads.run(works, past, outcome);
  } finally {
    await history?.close();
  }
  const seconds = (performance.now() - began) / 1000;
  const { tried } = outcome;
  if (tried?.twins.length === 0) {
    const why = `no twin ran another version of ${tried.model} then`;
    throw new GemelError('REPLAY_UNAVAILABLE', why);
  }
  const isCompared = arithmetic === recorded;
  const ticks = outcome.frames.counts;
  return {
    fromMs,
    toMs,
    recordedKernel: recorded,
    kernel: arithmetic,
    twins: twins.length,
    ...outcome.totals,
    unread: [...skipped, ...outcome.unread],
    ticks: isCompared ? ticks : uncompared(ticks),
    checkpoints: outcome.checkpoints(),
    differences: isCompared ? outcome.differences() : [],
    seconds,
    speed: (toMs - fromMs) / 1000 / seconds,
    states: statesOf(outcome.shown, compiled),
    ...(tried && { tried }),
  };
}

/** Of another kernel: its last bits say nothing. */
function uncompared({ compared, unknown }: FrameCount): FrameCount {
  return { compared: 0, twins: 0, other: 0, firstOtherMs: undefined, unknown: compared + unknown };
}

/** @throws GemelError `MODEL_UNKNOWN` */
async function trialOf(
  project: Project,
  { with: version, fromMs = Number.NEGATIVE_INFINITY }: ReplayOptions,
): Promise<ReplayWork['trial']> {
  if (version === undefined) return undefined;
  const models = await readModels(project.directory, () => undefined);
  const model = models.find(({ id }) => id === version);
  if (model !== undefined) return { id: model.id, document: model.document, sinceMs: fromMs };
  const known = models.map(({ id }) => id);
  const hint = didYouMean(version, known) ?? `there are: ${known.join(', ')}`;
  throw new GemelError('MODEL_UNKNOWN', `there is no model ${version}`, { hint });
}

/** The backend that computes as was computed then. @throws GemelError `REPLAY_KERNEL` */
async function kernelOf(recorded: string): Promise<KernelName> {
  for (const name of kernels) {
    const { arithmetic } = await createBackend(name, () => undefined);
    if (arithmetic === recorded) return name;
  }
  throw new GemelError(
    'REPLAY_KERNEL',
    `the twins were computed by \`${recorded}\`, which this computer does not have`,
    { hint: 'replay it where it was recorded, or with `--kernel wasm`: then nothing can be compared' },
  );
}

function threadsFor(twins: number, { with: version, workers }: ReplayOptions): number {
  // What one version gains on the other is added up in the order of time.
  if (version !== undefined) return 1;
  return workers ?? Math.max(1, Math.min(availableParallelism(), Math.ceil(twins / twinsPerThread)));
}

/** Neighbours stay together: they share blocks. */
function spread(all: readonly TwinSettings[], parts: number): TwinSettings[][] {
  const size = Math.ceil(all.length / parts);
  return Array.from({ length: parts }, (_, i) => all.slice(i * size, (i + 1) * size)).filter(
    ({ length }) => length > 0,
  );
}

interface PastHistory extends Pick<History, 'points'> {
  close(): Promise<void>;
}

/** The history of the project, if it keeps one: it is only read, and opened when somebody asks. */
function pastHistory({ history }: Project): PastHistory | undefined {
  if (history === undefined || ('file' in history.place && !existsSync(history.place.file))) return undefined;
  const { place } = history;
  let opened: Promise<OpenHistory> | undefined;
  const open = async (): Promise<OpenHistory> => {
    const { openHistory } = await import('../../adapters/history/index.ts');
    const forever = Number.POSITIVE_INFINITY;
    return openHistory(place, { keepMs: forever, keepSummariesMs: forever });
  };
  return {
    async points(span, limit) {
      opened ??= open();
      return (await opened).points(span, limit);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

function statesOf(shown: readonly ShownTwin[], models: readonly Model[]): ReadonlyMap<string, Snapshot> {
  const states = new Map<string, Snapshot>();
  for (const model of models) {
    const view = createSnapshotView(model);
    for (const { twins, values } of shown.filter((one) => one.model === model.id)) {
      // A lane without a name is in somebody's shadow.
      for (const [lane, twin] of twins.entries())
        if (twin !== '') states.set(twin, createSnapshot(twin, view, { values, lanes: twins.length }, lane));
    }
  }
  return states;
}
