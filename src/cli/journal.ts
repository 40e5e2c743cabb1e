/** `gemel journal`: what a project was told and made, as it is on the disk: looked at, verified, written out. None of it changes anything. */

import { Command } from 'commander';
import { inspectJournal, readJournal, type SegmentReport } from '../adapters/journal/index.ts';
import { decodeRecord, type JournalRecord, type RecordedSample } from '../engine/index.ts';
import { checkSpan, nameHint, timeArgument } from './arguments.ts';
import { findJournal } from './journal-place.ts';
import { createRecordView, iso, isWantedSample, type Wanted } from './journal-records.ts';

export function journalCommand(): Command {
  return new Command('journal')
    .summary('look at the record of what a project was told and made')
    .description(
      'Looks at the journal of a project: every accepted sample, command and published tick, in their order.',
    )
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
        .summary('the samples as a table, or every record as JSON')
        .description(
          'Prints the samples as CSV, values in SI: time, twin, signal, value, received. With --json every record, one object a line.',
        )
        .argument('[project]', 'directory of the project, or of its journal', '.')
        .option('--twin <id>', 'only of this twin')
        .option(
          '--from <time>',
          'only with an event time from here on, as 2026-11-22T13:00:00Z',
          timeArgument('--from'),
        )
        .option('--to <time>', 'only with an event time before this', timeArgument('--to'))
        .option('--json', 'print every record, one JSON object a line')
        .addHelpText(
          'after',
          '\nExamples:\n  gemel journal export my-plant --twin pump-1 > pump-1.csv\n' +
            '  gemel journal export my-plant --json --from 2026-11-22T13:00:00Z',
        )
        .action(exportAction),
    );
}

interface Options {
  readonly json?: boolean;
}

type ExportOptions = Options & Wanted;

async function inspectAction(project: string, { json = false }: Options): Promise<void> {
  const directory = findJournal(project);
  const segments = await inspectJournal(directory);
  const found = await countRecords(directory);
  const { samples, commands, ticks, fleets, alarms, gaps, unknown, received } = found;
  if (json) {
    print(JSON.stringify({ directory, segments, ...found, received: received ?? null }));
    return;
  }
  print(...segments.map(describe));
  const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
  const span = received === undefined ? '' : `, received ${received.from} to ${received.to}`;
  print(
    `${count(segments.length, 'segment')}, ${bytes.toLocaleString('en')} bytes, ${count(samples, 'sample')}${span}`,
  );
  const given = Object.values(commands).reduce((sum, one) => sum + one, 0);
  const kinds = Object.entries(commands).map(([kind, times]) => `${times} ${kind}`);
  const others = [
    ...(given > 0 ? [`${count(given, 'command')} (${kinds.join(', ')})`] : []),
    ...(ticks > 0 ? [count(ticks, 'tick')] : []),
    ...(fleets > 0 ? [count(fleets, 'description', ' of the fleet')] : []),
    ...(alarms > 0 ? [count(alarms, 'change', ' of alarms')] : []),
    ...(gaps > 0 ? [count(gaps, 'gap')] : []),
    ...(unknown > 0 ? [`${count(unknown, 'record')} that this version does not know`] : []),
  ];
  if (others.length > 0) print(others.join(', '));
}

/** How many there are of what. */
interface Counted {
  samples: number;
  /** By kind. */
  readonly commands: Record<string, number>;
  ticks: number;
  fleets: number;
  alarms: number;
  gaps: number;
  unknown: number;
  /** When the first and the last sample came. */
  received?: { readonly from: string; readonly to: string };
}

async function countRecords(directory: string): Promise<Counted> {
  const counted: Counted = { samples: 0, commands: {}, ticks: 0, fleets: 0, alarms: 0, gaps: 0, unknown: 0 };
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const { content } of readJournal(directory)) {
    const record = decodeRecord(content);
    if (record === undefined) counted.unknown++;
    else if (record.kind === 'tick') counted.ticks++;
    else if (record.kind === 'fleet') counted.fleets++;
    else if (record.kind === 'alarm') counted.alarms++;
    else if (record.kind === 'gap') counted.gaps++;
    else if (record.kind === 'command') {
      const { kind } = record.command;
      counted.commands[kind] = (counted.commands[kind] ?? 0) + 1;
    } else {
      counted.samples += record.samples.length;
      for (const { receivedMs } of record.samples) {
        firstMs = Math.min(firstMs, receivedMs);
        lastMs = Math.max(lastMs, receivedMs);
      }
    }
  }
  if (counted.samples > 0) counted.received = { from: iso(firstMs), to: iso(lastMs) };
  return counted;
}

async function verifyAction(project: string, { json = false }: Options): Promise<void> {
  const directory = findJournal(project);
  const segments = await inspectJournal(directory);
  const damaged = segments.filter(({ state }) => state === 'damaged');
  const records = segments.reduce((sum, one) => sum + one.records, 0);
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

async function exportAction(project: string, { json = false, ...wanted }: ExportOptions): Promise<void> {
  checkSpan(wanted);
  const { twin } = wanted;
  const directory = findJournal(project);
  if (!json) print('time,twin,signal,value,received');
  const view = createRecordView(wanted);
  const linesOf = (number: number, record: JournalRecord): string[] => {
    if (!json) return record.kind === 'samples' ? record.samples.flatMap((one) => rowOf(one, wanted)) : [];
    const shown = view(number, record);
    return shown === undefined ? [] : [JSON.stringify(shown)];
  };
  const twins = new Set<string>();
  let printed = 0;
  for await (const { number, content } of readJournal(directory)) {
    const record = decodeRecord(content);
    if (record === undefined) continue;
    if (record.kind === 'samples') for (const sample of record.samples) twins.add(sample.twin);
    const lines = linesOf(number, record);
    print(...lines);
    printed += lines.length;
  }
  if (printed === 0) process.stderr.write(`gemel: ${nothingOf(twin, twins)}\n`);
}

/** For somebody who gets an empty table. */
function nothingOf(twin: string | undefined, twins: ReadonlySet<string>): string {
  if (twin === undefined) return 'the journal has nothing of that time';
  if (twins.has(twin)) return `the journal has nothing of \`${twin}\` of that time`;
  return `the journal has no sample of \`${twin}\`\n   ${nameHint(twin, [...twins].slice(0, 20))}`;
}

function rowOf(sample: RecordedSample, wanted: Wanted): string[] {
  if (!isWantedSample(sample, wanted)) return [];
  const { twin, signal, timeMs, value, receivedMs } = sample;
  return [[iso(timeMs), quoted(twin), quoted(signal), value, iso(receivedMs)].join(',')];
}

function describe({ file, first, last, bytes, state, problem }: SegmentReport): string {
  const records = last < first ? 'no records' : `records ${first} to ${last}`;
  return `${file}  ${records}  ${bytes.toLocaleString('en')} bytes  ${state}${problem === undefined ? '' : `: ${problem}`}`;
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function count(number: number, what: string, more = ''): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}${more}`;
}

/** A name may have a comma or a quote in it. */
function quoted(name: string): string {
  return /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
