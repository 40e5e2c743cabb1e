/**
 * The log: JSON lines by pino where a program reads them, short lines where a person does. Both go to stderr, so that
 * what a command prints stays apart.
 */

import { type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly style: 'json' | 'people';
  readonly color?: 'always' | 'never';
  /** Takes one line, with its newline. Default: stderr. */
  readonly write?: (line: string) => void;
}

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export function createLog(options: LogOptions): Log {
  const { level, style, color = 'never' } = options;
  const write = options.write ?? ((line: string) => process.stderr.write(line));
  const settings = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, { write: style === 'json' ? write : (line) => write(formatLine(line, color)) });
}

const colorOf: Readonly<Record<string, number>> = { debug: 2, warn: 33, error: 31 };

/** `{"level":"warn","time":"…","msg":"broker away","url":"…"}` → `13:05:12  warn  broker away  url=…`. */
function formatLine(json: string, color: 'always' | 'never'): string {
  // The line was written by pino a moment ago: an object with these fields.
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${brief(value)}`);
  const word = level === 'info' ? '' : `${String(level)}: `;
  const text = `${clock}  ${word}${String(msg)}${rest.length > 0 ? `  (${rest.join(', ')})` : ''}`;
  const paint = color === 'always' ? colorOf[String(level)] : undefined;
  return paint === undefined ? `${text}\n` : `\u001b[${paint}m${text}\u001b[0m\n`;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
