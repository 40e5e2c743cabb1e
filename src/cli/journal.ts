/** `gemel journal`: what a project keeps of its samples: looked at, verified, written out. None of it changes anything. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { inspectJournal, readJournal, type SegmentReport } from '../adapters/journal/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { decodeSamples, type RecordedSample } from '../engine/index.ts';
import { usageError } from './terminal.ts';

export function journalCommand(): Command {
  return new Command('journal')
    .summary('look at what a project keeps of its samples')
    .description('Looks at the journal of a project: every accepted sample, in the order of arrival.')
    .addCommand(
      new Command('inspect')
        .summary('what there is: segments, records, times')
        .description('Lists the segments of a journal with their records.')
        .argument('[project]', 'directory of the project, or of its journal', '.')
        .option('--json', 'print it as JSON')
        .addHelpText('after', '\nExample:\n  gemel journal inspect my-plant')
        .action(inspectAction),
    )
    .addCommand(
      new Command('verify')
        .summary('whether every record is as it was written')
        .description('Checks every record against its checksum. Exit code 1 if any is damaged or missing.')
        .argument('[project]', 'directory of the project, or of its journal', '.')
        .option('--json', 'print it as JSON')
        .addHelpText('after', '\nExample:\n  gemel journal verify my-plant')
        .action(verifyAction),
    )
    .addCommand(
      new Command('export')
        .summary('the samples as a table')
        .description('Prints the samples as CSV, values in SI: time, twin, signal, value, received.')
        .argument('[project]', 'directory of the project, or of its journal', '.')
        .option('--twin <id>', 'only of this twin')
        .option(
          '--from <time>',
          'only with an event time from here on, as 2026-11-22T13:00:00Z',
          timeArgument('--from'),
        )
        .option('--to <time>', 'only with an event time before this', timeArgument('--to'))
        .option('--json', 'print one JSON object a line instead')
        .addHelpText('after', '\nExample:\n  gemel journal export my-plant --twin pump-1 > pump-1.csv')
        .action(exportAction),
    );
}

interface Options {
  readonly json?: boolean;
}

interface ExportOptions extends Options {
  readonly twin?: string;
  readonly from?: number;
  readonly to?: number;
}

async function inspectAction(project: string, { json = false }: Options): Promise<void> {
  const directory = find(project);
  const segments = await inspectJournal(directory);
  let samples = 0;
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const { receivedMs } of samplesIn(directory)) {
    samples++;
    firstMs = Math.min(firstMs, receivedMs);
    lastMs = Math.max(lastMs, receivedMs);
  }
  const span = samples === 0 ? undefined : { from: iso(firstMs), to: iso(lastMs) };
  if (json) {
    print(JSON.stringify({ directory, segments, samples, received: span ?? null }));
    return;
  }
  print(...segments.map(describe));
  const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
  const received = span === undefined ? '' : `, received ${span.from} to ${span.to}`;
  print(
    `${count(segments.length, 'segment')}, ${bytes.toLocaleString('en')} bytes, ${count(samples, 'sample')}${received}`,
  );
}

async function verifyAction(project: string, { json = false }: Options): Promise<void> {
  const directory = find(project);
  const segments = await inspectJournal(directory);
  const damaged = segments.filter(({ state }) => state === 'damaged');
  const records = segments.reduce((sum, { first, last }) => sum + Math.max(0, last - first + 1), 0);
  if (json) print(JSON.stringify({ directory, good: damaged.length === 0, records, segments }));
  else {
    for (const segment of segments) if (segment.state !== 'good') print(describe(segment));
    print(
      damaged.length === 0
        ? `✓ ${count(records, 'record')} in ${count(segments.length, 'segment')}, each as it was written`
        : `✗ ${count(damaged.length, 'damaged segment')}; ${count(records, 'record')} can be read`,
    );
  }
  if (damaged.length > 0) process.exitCode = 1;
}

async function exportAction(project: string, options: ExportOptions): Promise<void> {
  const { json = false, twin, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  if (!json) print('time,twin,signal,value,received');
  for await (const sample of samplesIn(find(project))) {
    if (twin !== undefined && sample.twin !== twin) continue;
    if (!(sample.timeMs >= from && sample.timeMs < to)) continue;
    const { signal, value } = sample;
    const [time, received] = [iso(sample.timeMs), iso(sample.receivedMs)];
    if (json) print(JSON.stringify({ time, twin: sample.twin, signal, value, received }));
    else print([time, quoted(sample.twin), quoted(signal), value, received].join(','));
  }
}

/** @throws GemelError `FILE_UNREADABLE` */
function find(project: string): string {
  const directory = resolve(project);
  const candidates = [join(directory, '.gemel', 'journal'), join(directory, 'journal'), directory];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new GemelError('FILE_UNREADABLE', `${project} cannot be read: it does not exist`);
}

async function* samplesIn(directory: string): AsyncGenerator<RecordedSample> {
  for await (const { content } of readJournal(directory)) yield* decodeSamples(content) ?? [];
}

function timeArgument(option: string): (written: string) => number {
  return (written) => {
    const timeMs = Date.parse(written);
    if (Number.isFinite(timeMs)) return timeMs;
    throw usageError(`${option}: \`${written}\` is not a time`, 'write it as 2026-11-22T13:00:00Z');
  };
}

function describe({ file, first, last, bytes, state, problem }: SegmentReport): string {
  const records = last < first ? 'no records' : `records ${first} to ${last}`;
  return `${file}  ${records}  ${bytes.toLocaleString('en')} bytes  ${state}${problem === undefined ? '' : `: ${problem}`}`;
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** A name may have a comma or a quote in it. */
function quoted(name: string): string {
  return /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
