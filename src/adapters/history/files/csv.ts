/** Samples as CSV: `time,twin,signal,unit,value`, a row a sample; and CSV of either layout as rows. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import { GemelError } from '../../../core/diagnose/index.ts';
import type { HistorySamples } from '../../../engine/index.ts';
import type { Table } from './rows.ts';
import { isoOf } from './times.ts';

/** Rows read at a time; in between others have their turn. */
const rowsAtOnce = 1000;

export async function* writeCsv(pages: AsyncIterable<HistorySamples>): AsyncGenerator<string> {
  yield 'time,twin,signal,unit,value\n';
  for await (const { series, points } of pages) {
    const { timesMs, values } = points;
    const of = `${quoted(series.twin)},${quoted(series.signal)},${quoted(series.unit)}`;
    let rows = '';
    for (let i = 0; i < timesMs.length; i++) rows += `${isoOf(timesMs[i] ?? 0)},${of},${values[i]}\n`;
    yield rows;
  }
}

/** @throws GemelError `HISTORY_FILE`, also while rows are read. */
export async function readCsv(bytes: AsyncIterable<Uint8Array>): Promise<Table> {
  const parser = parse({ bom: true, trim: true, skip_empty_lines: true, max_record_size: 1_000_000 });
  const rows = batches(Readable.from(bytes, { objectMode: false }), parser);
  const first = await rows.next();
  const [columns, ...rest] = first.done === true ? [] : first.value;
  if (columns === undefined) throw notATable('it is empty');
  return { columns, rows: chained(rest, rows) };
}

/** Many records at a time: to wait for each would take longer than to read it. */
async function* batches(source: Readable, parser: Parser): AsyncGenerator<string[][]> {
  // What goes wrong is found below.
  pipeline(source, parser).catch(() => undefined);
  while (!parser.readableEnded) {
    if (parser.errored !== null) throw notATable(whyNot(parser.errored));
    const rows: string[][] = [];
    for (let row = read(parser); row !== null; row = read(parser)) {
      rows.push(row);
      if (rows.length === rowsAtOnce) break;
    }
    if (rows.length > 0) {
      yield rows;
      await setImmediate();
    } else await changeOf(parser);
  }
}

function read(parser: Parser): string[] | null {
  // The parser gives rows of texts, or null where there is none yet.
  return parser.read() as string[] | null;
}

/** Resolves once there is more to read, or no more will be. */
function changeOf(parser: Parser): Promise<void> {
  const events = ['readable', 'end', 'close', 'error'] as const;
  return new Promise((resolve) => {
    const changed = () => {
      for (const event of events) parser.off(event, changed);
      resolve();
    };
    for (const event of events) parser.on(event, changed);
  });
}

async function* chained(first: string[][], rest: AsyncIterable<string[][]>): AsyncGenerator<string[][]> {
  if (first.length > 0) yield first;
  yield* rest;
}

/** The parser's own words would quote the file, and what is no text may not be printed. */
function whyNot(error: Error): string {
  if (!(error instanceof CsvError)) return error.message;
  const line = typeof error['lines'] === 'number' ? `line ${error['lines']}` : 'a line';
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return `${line} has more or fewer cells than the first: commas separate them, and decimals have a point`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quote that is opened on ${line} is never closed`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${line} has a quote where none may be`;
    case 'CSV_MAX_RECORD_SIZE':
      return `${line} is longer than a megabyte`;
    default:
      return `${line} cannot be read (${error.code})`;
  }
}

function notATable(why: string): GemelError {
  return new GemelError('HISTORY_FILE', `the file is no table: ${why}`);
}

/** A name may have a comma or a quote in it. */
function quoted(name: string): string {
  return /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
