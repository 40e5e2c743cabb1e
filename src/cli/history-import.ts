/** `gemel history import`: a file into the history of a project that does not run, or of an engine that does. */

import { stat } from 'node:fs/promises';
import { futureMs, recordedSignals, tableOf, takeFile, writeCsv } from '../adapters/history/index.ts';
import { displayName, openHistoryOf, reasonOf, type StoredHistory } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import type { History, HistorySamples, HistorySignal, HistoryTaken } from '../engine/index.ts';
import { checkedProject } from './checked-project.ts';
import { columns } from './columns.ts';
import { request, sendFile } from './engine-request.ts';
import { count, formatOf, warn } from './history-file.ts';
import { findModel } from './model-source.ts';

interface Options {
  readonly url?: string;
  readonly twin?: string;
  readonly format?: 'csv' | 'parquet';
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function importHistory(file: string, directory: string, options: Options): Promise<void> {
  const { url, twin, dryRun = false, json = false } = options;
  await mustBeThere(file);
  const stored = url === undefined ? await openProject(directory, dryRun) : engineAt(url);
  let taken: HistoryTaken;
  try {
    const { history, recorded, keepMs } = stored;
    const nowMs = Date.now();
    const rest = {
      latestMs: nowMs + futureMs,
      keptSinceMs: nowMs - keepMs,
      dryRun,
      ...(twin !== undefined && { twin }),
    };
    const format = formatOf(options.format, file);
    taken = await takeFile(() => tableOf(file, format), { history, recorded, ...rest });
    // What an engine keeps only it can say.
    taken = { ...taken, old: taken.old + (stored.engine?.old ?? 0) };
  } finally {
    await stored.close();
  }
  if (json) process.stdout.write(`${JSON.stringify({ file, dryRun, ...taken })}\n`);
  else tell(taken, dryRun);
  if (taken.problems.length > 0) process.exitCode = 1;
}

type Destination = Pick<StoredHistory, 'recorded' | 'keepMs' | 'close'> & {
  readonly history: Pick<History, 'signals' | 'insert'>;
  /** What it said of the samples so far. */
  readonly engine?: { readonly old: number };
};

/** To see what would come of it, the project may run. */
async function openProject(directory: string, dryRun: boolean): Promise<Destination> {
  const project = checkedProject(directory, 'nothing was imported');
  return openHistoryOf(project, dryRun ? 'read' : 'write', warn);
}

/** Each twin's samples go there as CSV, since that is what every engine takes. */
function engineAt(url: string): Destination {
  const pathOf = (twin: string) => `/api/v1/twins/${encodeURIComponent(twin)}`;
  const engine = { old: 0 };
  return {
    engine,
    keepMs: Number.POSITIVE_INFINITY,
    recorded: () => undefined,
    close: async () => undefined,
    history: {
      async signals(twin) {
        const there = await ifKnown(
          request<{ signals: readonly HistorySignal[] }>(url, `${pathOf(twin)}/history`),
        );
        const names = new Set(there?.signals.map(({ signal }) => signal));
        const more = there === undefined ? [] : await recordedAt(url, pathOf(twin));
        return [...(there?.signals ?? []), ...more.filter(({ signal }) => !names.has(signal))];
      },
      async insert(samples) {
        let late = 0;
        for (const [twin, its] of Map.groupBy(samples, ({ series }) => series.twin)) {
          const path = `${pathOf(twin)}/history`;
          const taken = await sendFile<{ late: number; old: number }>(url, path, await csvOf(its));
          late += taken.late;
          engine.old += taken.old;
        }
        return { late };
      },
    },
  };
}

/** What the engine will record of a twin, also if it has not yet; nothing for a twin that was removed. */
async function recordedAt(url: string, path: string): Promise<readonly HistorySignal[]> {
  const twin = await ifKnown(request<{ model: string }>(url, path));
  if (twin === undefined) return [];
  return recordedSignals(await findModel(twin.model, { directory: undefined, url }));
}

/** Undefined if there is no such twin. */
async function ifKnown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GemelError && error.code === 'TWIN_UNKNOWN') return undefined;
    throw error;
  }
}

async function csvOf(samples: readonly HistorySamples[]): Promise<string> {
  let text = '';
  for await (const rows of writeCsv(inTurn(samples))) text += rows;
  return text;
}

async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** @throws GemelError `FILE_UNREADABLE` */
async function mustBeThere(file: string): Promise<void> {
  const why = await stat(file).then(
    (found) => (found.isDirectory() ? 'it is a directory' : undefined),
    (error: unknown) => reasonOf(error),
  );
  if (why !== undefined)
    throw new GemelError('FILE_UNREADABLE', `${displayName(file)} cannot be read: ${why}`);
}

function tell(
  { rows, samples, late, old, series, problems, moreProblems }: HistoryTaken,
  dryRun: boolean,
): void {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  for (const { row, detail } of problems) print(row === 0 ? detail : `row ${row}: ${detail}`);
  if (moreProblems > 0) print(`and ${moreProblems.toLocaleString('en')} more`);
  if (problems.length > 0) {
    print(
      `✗ nothing was imported: ${count(problems.length + moreProblems, 'problem')} in ${count(rows, 'row')}`,
    );
    return;
  }
  const table = series.map(({ twin, signal, unit, samples: its, fromMs, lastMs }) => [
    twin,
    its.toLocaleString('en'),
    `${signal} [${unit}], ${iso(fromMs)} to ${iso(lastMs)}`,
  ]);
  for (const line of columns(table)) print(line);
  const what = `${count(samples, 'sample')} in ${count(rows, 'row')}`;
  print(dryRun ? `✓ ${what} can be imported` : `✓ imported ${what}`);
  if (late > 0)
    print(
      `  ${late.toLocaleString('en')} of them were not kept: those beside them are older than what is kept`,
    );
  if (old > late)
    print(
      `  ${old.toLocaleString('en')} of them are older than \`history.keep\`: soon only their summaries will be there`,
    );
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
