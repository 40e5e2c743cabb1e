/**
 * A history as CSV, made page by page as the reader takes it, so that a year costs no more memory than an hour.
 *
 * Times are ISO 8601 in UTC with milliseconds; names of signals have no commas or quotes, so nothing needs quoting.
 */

import type { History, HistorySignal, HistorySpan } from '../../../engine/index.ts';
import type { Parts, SpanMs } from './request.ts';

export interface CsvRequest {
  readonly twin: string;
  readonly signals: readonly HistorySignal[];
  readonly span: SpanMs;
}

const pageRows = 5000;
/** Parts are asked for one by one from their samples, which costs more. */
const pageParts = 2000;

/** A row a sample: `time,signal,value`, signal by signal. */
export async function* sampleRows(
  history: History,
  { twin, signals, span }: CsvRequest,
): AsyncGenerator<string> {
  yield 'time,signal,value\n';
  for (const { signal } of signals) {
    let { fromMs } = span;
    for (;;) {
      const { timesMs, values } = await history.points({ twin, signal, fromMs, toMs: span.toMs }, pageRows);
      let rows = '';
      for (const [i, timeMs] of timesMs.entries()) rows += `${iso(timeMs)},${signal},${values[i]}\n`;
      if (rows !== '') yield rows;
      if (timesMs.length < pageRows) break;
      fromMs = justAfter(timesMs.at(-1) ?? span.toMs);
    }
  }
}

/** A row a time, a column a signal; empty where a signal had no sample yet. */
export async function* tableRows(
  history: History,
  { twin, signals, span }: CsvRequest,
  everyMs: number,
): AsyncGenerator<string> {
  yield `time,${signals.map(({ signal }) => signal).join(',')}\n`;
  const rows = Math.ceil((span.toMs - span.fromMs) / everyMs);
  for (let row = 0; row < rows; row += pageRows) {
    const fromMs = span.fromMs + row * everyMs;
    const toMs = Math.min(span.toMs, fromMs + pageRows * everyMs);
    const columns = await Promise.all(
      signals.map(({ signal }) =>
        history.valuesAt({ twin, signal, fromMs, toMs } satisfies HistorySpan, everyMs),
      ),
    );
    let text = '';
    for (let i = 0; i < Math.min(pageRows, rows - row); i++) {
      text += iso(fromMs + i * everyMs);
      for (const column of columns) text += `,${shown(column[i])}`;
      text += '\n';
    }
    yield text;
  }
}

/** A row a part that has samples, signal by signal. */
export async function* partRows(
  history: History,
  { twin, signals }: CsvRequest,
  { span, everyMs, holdMs }: Parts,
): AsyncGenerator<string> {
  yield `begins,signal,count,least,most,mean${holdMs === undefined ? '' : ',quality'}\n`;
  const lengths = { everyMs, ...(holdMs !== undefined && { holdMs }) };
  // A part less than a millionth long is one that was rounded.
  const parts = Math.ceil((span.toMs - span.fromMs) / everyMs - 1e-6);
  for (const { signal } of signals) {
    for (let part = 0; part < parts; part += pageParts) {
      const fromMs = span.fromMs + part * everyMs;
      const toMs = part + pageParts < parts ? span.fromMs + (part + pageParts) * everyMs : span.toMs;
      const found = await history.buckets({ twin, signal, fromMs, toMs }, lengths);
      let rows = '';
      for (const [i, beginMs] of found.fromMs.entries()) {
        const { count, least, most, mean, quality } = found;
        const numbers = [count[i], least[i], most[i], mean[i], ...(quality ? [quality[i]] : [])];
        rows += `${iso(beginMs)},${signal},${numbers.join(',')}\n`;
      }
      if (rows !== '') yield rows;
    }
  }
}

function shown(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value);
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** A time so little later that no two samples lie between. */
function justAfter(timeMs: number): number {
  return timeMs + Math.max(Math.abs(timeMs) * 2 ** -52, Number.MIN_VALUE);
}
