/** What there is for a replay: which checkpoint to begin with, which later ones to compare with, and how far the journal goes. */

import { findCheckpoints, readCheckpointFile } from '../../adapters/checkpoint/index.ts';
import { readExtent, readPages } from '../../adapters/journal/index.ts';
import { GemelError } from '../../core/diagnose/index.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeCommand,
  decodeFleet,
  decodeSamples,
  neededBy,
  type RecordedModel,
  settingsOf,
  type TwinSettings,
} from '../../engine/index.ts';
import type { CheckpointSource } from './work.ts';

export interface ReplaySpan {
  /** Begin with the newest checkpoint of before; default: the oldest that there is. */
  readonly fromMs?: number;
  /** Default: to the end of the journal. */
  readonly toMs?: number;
}

export interface ReplayBeginning {
  readonly start: CheckpointSource;
  readonly checkpoint: Checkpoint;
  /** In order, up to the end. */
  readonly checks: readonly CheckpointSource[];
  readonly toMs: number;
  /** The last record there is. */
  readonly last: number;
  /** Checkpoints that it would have begun with, but cannot be read. */
  readonly skipped: readonly string[];
}

/** @throws GemelError `REPLAY_UNAVAILABLE` */
export async function findBeginning(
  { checkpoints, journal }: { readonly checkpoints: string; readonly journal: string },
  { fromMs, toMs: untilMs = Number.POSITIVE_INFINITY }: ReplaySpan,
): Promise<ReplayBeginning> {
  const all = await sourcesIn(checkpoints);
  const [oldest] = all;
  if (oldest === undefined)
    throw unavailable(`${checkpoints} has no checkpoint that was made with a journal`);
  // The best first.
  const candidates = fromMs === undefined ? all : all.filter(({ savedMs }) => savedMs <= fromMs).toReversed();
  if (candidates.length === 0)
    throw unavailable(
      `there is no checkpoint of before ${iso(fromMs ?? 0)}; the oldest is of ${iso(oldest.savedMs)}`,
    );
  const { start, content, skipped } = await firstReadable(candidates);
  const end = await endOf(journal, start.needs).catch(() => undefined);
  if (end === undefined)
    throw unavailable(`${journal} has not the records that come after ${iso(start.savedMs)}`);
  const later = all.filter(({ savedMs, needs }) => savedMs > start.savedMs && needs >= start.needs);
  const lastMs = Math.max(end.receivedMs, start.savedMs, ...later.map(({ savedMs }) => savedMs));
  if (fromMs !== undefined && fromMs > lastMs)
    throw unavailable(`nothing is recorded of ${iso(fromMs)}: the record ends at ${iso(lastMs)}`);
  const toMs = Math.min(untilMs, lastMs);
  if (!(toMs > start.savedMs))
    throw unavailable(`nothing was recorded between ${iso(start.savedMs)} and ${iso(toMs)}`);
  return {
    start,
    checkpoint: decodeCheckpoint(content),
    checks: later.filter(({ savedMs }) => savedMs <= toMs),
    toMs,
    last: end.number,
    skipped,
  };
}

/** @throws GemelError `REPLAY_UNAVAILABLE` if none of them can be read. */
async function firstReadable(
  candidates: readonly CheckpointSource[],
): Promise<Pick<ReplayBeginning, 'start' | 'skipped'> & { readonly content: Uint8Array }> {
  const skipped: string[] = [];
  for (const start of candidates) {
    const content = start.content ?? (await readCheckpointFile(start.file));
    if (content !== undefined) return { start, content, skipped };
    skipped.push(start.file);
  }
  const which = skipped.length === 1 ? `the checkpoint ${skipped[0]}` : `all ${skipped.length} checkpoints`;
  throw unavailable(`${which} of that time cannot be read: damaged, or gone`);
}

/** The twins of a checkpoint and the models that they had, as the journal says it. */
export async function readFleet(
  journal: string,
  { fleetRecord = Number.POSITIVE_INFINITY, parts }: Checkpoint,
): Promise<{ readonly models: readonly RecordedModel[]; readonly twins: readonly TwinSettings[] }> {
  const models = new Map<string, RecordedModel>();
  const twins = new Map<string, TwinSettings>();
  const missing = new Set(parts.flatMap((part) => part.twins));
  const last = Math.max(...parts.map((part) => part.journal ?? 0));
  for await (const { first, count, bytes, spans } of readPages(journal, fleetRecord)) {
    for (let i = Math.max(0, fleetRecord - first); i < count && first + i <= last; i++) {
      const content = bytes.subarray(spans[2 * i], spans[2 * i + 1]);
      const fleet = decodeFleet(content);
      // Twins that were added since its newest description are somewhere behind it.
      if (fleet === undefined && missing.size === 0) break;
      const command = fleet === undefined ? decodeCommand(content) : undefined;
      const added = command?.kind === 'add' ? [command.twin] : [];
      for (const model of fleet?.models ?? []) models.set(model.id, model);
      for (const twin of [...(fleet?.twins ?? []), ...added]) {
        twins.set(twin.id, settingsOf(twin));
        missing.delete(twin.id);
      }
    }
    if (missing.size === 0 || first + count > last) break;
  }
  const there = parts.flatMap((part) => part.twins.flatMap((id) => twins.get(id) ?? []));
  return { models: [...models.values()], twins: there };
}

/** All checkpoints that can be read, the oldest first. */
async function sourcesIn(directory: string): Promise<CheckpointSource[]> {
  const found = await findCheckpoints(directory);
  const sources: CheckpointSource[] = [];
  for (const { file, savedMs, needs } of found) {
    if (savedMs !== undefined && needs !== undefined) {
      sources.push({ file, savedMs, needs });
      continue;
    }
    const newest = await readNewest(file);
    if (newest !== undefined && !sources.some((one) => one.savedMs === newest.savedMs)) sources.push(newest);
  }
  return sources.toSorted((a, b) => a.savedMs - b.savedMs);
}

/** One of the two that are overwritten all the time. */
async function readNewest(file: string): Promise<CheckpointSource | undefined> {
  const content = await readCheckpointFile(file);
  const decoded = content && decodeCheckpoint(content);
  const { parts = [] } = decoded ?? {};
  if (content === undefined || !parts.some(({ journal }) => journal !== undefined)) return undefined;
  const savedMs = Math.max(...parts.map((part) => part.savedMs));
  // As precise as the names of those that are archived.
  const needs = Math.min(neededBy(parts), decoded?.fleetRecord ?? Number.POSITIVE_INFINITY);
  return { file, content, savedMs: Math.floor(savedMs), needs };
}

/** The last record, and when the last sample came; undefined if the journal does not reach back to record `from`. */
async function endOf(
  journal: string,
  from: number,
): Promise<{ readonly number: number; readonly receivedMs: number } | undefined> {
  let receivedMs = Number.NEGATIVE_INFINITY;
  const extent = await readExtent(journal, ({ count, bytes, spans }) => {
    let newest = count - 1;
    while (newest >= 0 && bytes[spans[2 * newest] ?? 0] !== 1) newest--;
    if (newest < 0) return;
    const samples = decodeSamples(bytes.subarray(spans[2 * newest], spans[2 * newest + 1])) ?? [];
    receivedMs = Math.max(receivedMs, ...samples.map((sample) => sample.receivedMs));
  });
  if (extent === undefined || extent.first > from) return undefined;
  return { number: extent.last, receivedMs };
}

function unavailable(why: string): GemelError {
  return new GemelError('REPLAY_UNAVAILABLE', why, {
    hint: 'see docs/replay.md for what is kept, and for how long',
  });
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
