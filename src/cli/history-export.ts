/** `gemel history export`: samples of a project into a file. */

import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pagesOf, writeCsv, writeParquet } from '../adapters/history/index.ts';
import { displayName, isDirectory, openHistoryOf, reasonOf } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { didYouMeanSeries, type History, type HistoryExtract, type HistorySamples } from '../engine/index.ts';
import { checkSpan, nameHint } from './arguments.ts';
import { checkedProject } from './checked-project.ts';
import { count, formatOf, warn } from './history-file.ts';
import { usageError } from './terminal.ts';

interface Options {
  readonly twin?: readonly string[];
  readonly signal?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly last?: number;
  readonly format?: 'csv' | 'parquet';
  readonly out?: string;
  readonly json?: boolean;
}

export async function exportHistory(directory: string, options: Options): Promise<void> {
  const { out, json = false } = options;
  const format = formatOf(options.format, out);
  if (out === undefined && (format === 'parquet' || json))
    throw usageError(`${json ? '--json' : 'Parquet'} needs --out`, 'add for example --out plant.parquet');
  if (out !== undefined) mustBeWritable(out);
  const span = spanOf(options);
  const project = checkedProject(directory, 'nothing was exported');
  const stored = await openHistoryOf(project, 'read', warn);
  try {
    const extract = await extractOf(stored.history, options, span);
    const counted = { samples: 0, series: 0 };
    const pages = counting(pagesOf(stored.history, extract), counted);
    const chunks = Readable.from(format === 'csv' ? writeCsv(pages) : writeParquet(pages));
    if (out === undefined) {
      await pipeline(chunks, process.stdout, { end: false });
      return;
    }
    await write(chunks, out);
    if (json) process.stdout.write(`${JSON.stringify({ file: out, format, ...counted })}\n`);
    else
      process.stdout.write(
        `✓ ${count(counted.samples, 'sample')} of ${count(counted.series, 'signal')} in ${out}\n`,
      );
  } finally {
    await stored.close();
  }
}

function spanOf({ from, to, last }: Options): { readonly fromMs: number; readonly toMs: number } {
  if (from !== undefined && last !== undefined)
    throw usageError('give either --from or --last, not both: each says where the span begins');
  checkSpan({ from, to });
  const toMs = to ?? Number.MAX_VALUE;
  const fromMs = last === undefined ? (from ?? -Number.MAX_VALUE) : (to ?? Date.now()) - last * 1000;
  return { fromMs, toMs };
}

/** @throws GemelError `TWIN_UNKNOWN`, `SIGNAL_UNKNOWN` if the history has none of a name. */
async function extractOf(
  history: Pick<History, 'twins' | 'signals'>,
  { twin, signal }: Options,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<HistoryExtract> {
  const there = await history.twins();
  const strange = twin?.find((id) => !there.includes(id));
  if (strange !== undefined) {
    throw new GemelError('TWIN_UNKNOWN', `the history has nothing of a twin \`${strange}\``, {
      hint: nameHint(strange, there),
    });
  }
  const twins = twin ?? there;
  if (signal === undefined) return { twins, ...span };
  const signals = new Set(
    (await Promise.all(twins.map((id) => history.signals(id)))).flat().map((one) => one.signal),
  );
  const unknown = signal.find((name) => !signals.has(name));
  if (unknown !== undefined) {
    throw new GemelError('SIGNAL_UNKNOWN', `the history has no signal \`${unknown}\` of these twins`, {
      hint: didYouMeanSeries(unknown, [...signals]) ?? nameHint(unknown, [...signals]),
    });
  }
  return { twins, signals: signal, ...span };
}

async function* counting(
  pages: AsyncIterable<HistorySamples>,
  counted: { samples: number; series: number },
): AsyncGenerator<HistorySamples> {
  const seen = new Set<string>();
  for await (const page of pages) {
    seen.add(`${page.series.twin}\n${page.series.signal}`);
    counted.series = seen.size;
    counted.samples += page.points.timesMs.length;
    yield page;
  }
}

/**
 * A file takes the place of the one before once it is whole, so that nothing is lost if it cannot be. A pipe or a device is written as it is.
 *
 * @throws GemelError `FILE_UNREADABLE`
 */
async function write(chunks: Readable, out: string): Promise<void> {
  const isSpecial = (await stat(out).catch(() => undefined))?.isFile() === false;
  const into = isSpecial ? out : `${out}.part`;
  try {
    await pipeline(chunks, createWriteStream(into));
    if (!isSpecial) await rename(into, out);
  } catch (error) {
    if (!isSpecial) await rm(into, { force: true });
    if (error instanceof GemelError) throw error;
    throw unwritable(out, reasonOf(error));
  }
}

/** Before anything is read. @throws GemelError `FILE_UNREADABLE` */
function mustBeWritable(out: string): void {
  if (isDirectory(out)) throw unwritable(out, 'it is a directory');
  if (!isDirectory(dirname(resolve(out)))) throw unwritable(out, 'its directory does not exist');
}

function unwritable(out: string, why: string): GemelError {
  return new GemelError('FILE_UNREADABLE', `${displayName(out)} cannot be written: ${why}`);
}
