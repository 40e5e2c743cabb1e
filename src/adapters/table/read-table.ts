/** Reads a recorded table, CSV plain or compressed with gzip, row by row and never whole. */

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { GemelError } from '../../core/diagnose/index.ts';
import { tableError } from './problem.ts';

export interface TableRow {
  /** The line of the file on which the row ends, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface ReadTableOptions {
  readonly file: string;
  /** Between the cells of a row. Default: whichever of `,` `;` and tab the header has most of. */
  readonly delimiter?: string;
  /** Told how many bytes of the file, as it lies on the disk, have been read so far. */
  readonly onBytes?: (bytes: number) => void;
}

/** A row longer than this is a file that is not a table. */
const longestRowBytes = 1_048_576;
/** Enough for the header. */
const peekBytes = 16_384;

/**
 * The rows of the table, header first. Empty lines are left out; every row has as many cells as the header.
 *
 * @throws GemelError `FILE_UNREADABLE`, `TABLE_INVALID` with the line.
 */
export async function* readTable(options: ReadTableOptions): AsyncGenerator<TableRow> {
  const { file } = options;
  let line = 0;
  try {
    const { zipped, text } = await lookInto(file);
    const raw = createReadStream(file);
    const parser = parse({
      bom: true,
      delimiter: options.delimiter ?? likelyDelimiter(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRowBytes,
    });
    // What goes wrong anywhere in the chain is thrown by the loop below; leaving the loop closes the chain.
    const ended = (): void => undefined;
    if (zipped) pipeline(raw, createGunzip(), parser, ended);
    else pipeline(raw, parser, ended);
    let width = 0;
    for await (const parsed of parser) {
      const { record, info } = parsed as { record: readonly string[]; info: { lines: number } };
      line = info.lines;
      if (width === 0) width = record.length;
      else if (record.length !== width) {
        throw tableError(file, { line, message: `${record.length} cells, where the header has ${width}` });
      }
      options.onBytes?.(raw.bytesRead);
      yield { line, cells: record };
    }
    if (width === 0) throw tableError(file, { line: 0, message: 'the file has no header' });
  } catch (error) {
    throw explain(file, line, error);
  }
}

/** What a file is, its first bytes tell more surely than its name. */
async function lookInto(file: string): Promise<{ readonly zipped: boolean; readonly text: string }> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(peekBytes), 0, peekBytes, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start.length === 0) throw tableError(file, { line: 0, message: 'the file is empty' });
    const zipped = start[0] === 0x1f && start[1] === 0x8b;
    const plain = zipped ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
    return { zipped, text: plain.toString('utf8') };
  } finally {
    await handle.close();
  }
}

/** @param text - the beginning of the file. */
function likelyDelimiter(text: string): string {
  const header = (text.split(/\r?\n/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

function explain(file: string, line: number, error: unknown): unknown {
  if (error instanceof GemelError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof CsvError) {
    // A quotation mark that is never closed is noticed at the end of the file.
    const noticed = code === 'CSV_QUOTE_NOT_CLOSED' ? undefined : error['lines'];
    const at = typeof noticed === 'number' ? noticed : line + 1;
    return tableError(file, { line: at, message: csvProblem(code, error.message) }, error);
  }
  if (code === 'Z_BUF_ERROR') {
    return tableError(file, { line, message: 'the compressed file is cut short after this line' }, error);
  }
  if (code.startsWith('Z_')) {
    return tableError(
      file,
      { line, message: `the compressed file is damaged after this line: ${error.message}` },
      error,
    );
  }
  if (code === 'ENOENT')
    return new GemelError('FILE_UNREADABLE', `there is no file ${file}`, { cause: error });
  return new GemelError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`, { cause: error });
}

function csvProblem(code: string, message: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quotation mark is opened and never closed';
    case 'INVALID_OPENING_QUOTE':
      return 'a quotation mark stands inside a cell that does not begin with one';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quotation mark is closed before the end of its cell';
    case 'CSV_MAX_RECORD_SIZE':
      return `a row is longer than ${longestRowBytes} bytes: this is not a table`;
    default:
      return message;
  }
}
