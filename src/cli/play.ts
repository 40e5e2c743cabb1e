/** `gemel play`: sends a recorded table over MQTT in its own time, as a machine would. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { parseSpeed, type SendSummary } from '../adapters/table/index.ts';
import { playTable, readFile } from '../app/index.ts';
import { assignmentArgument, durationArgument } from './arguments.ts';
import { createProgress } from './progress.ts';
import { usageError } from './terminal.ts';

interface Options {
  readonly to: string;
  readonly topic: string;
  readonly speed: number | 'max';
  readonly from: number;
  readonly for?: number;
  readonly loop?: boolean;
  readonly map?: Readonly<Record<string, string>>;
  readonly time?: string;
  readonly timeUnit: 'auto' | 's' | 'ms' | 'iso';
  readonly timeField: string;
  readonly eventTime: 'now' | 'shifted' | 'recorded';
  readonly delimiter?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export function playCommand(): Command {
  return new Command('play')
    .summary('send a recorded table over MQTT, as a machine would')
    .description(
      'Sends each row of a table (CSV, also .gz) as a JSON object over MQTT, in its own time or faster.',
    )
    .argument('<file>', 'table with a header; one of its columns is the time')
    .requiredOption('--topic <topic>', 'where to; {column} in it makes a message for each column')
    .option('--to <url>', 'the broker', 'mqtt://localhost:1883')
    .option(
      '--speed <factor>',
      'times faster than recorded, such as 60x; max: as fast as the broker takes them',
      speedArgument,
      1,
    )
    .option('--from <duration>', 'leave out so much of the beginning', durationArgument('--from'), 0)
    .option('--for <duration>', 'send so much of the record; default: to its end', durationArgument('--for'))
    .option('--loop', 'begin again at the end, until stopped')
    .option(
      '--map <column=field>',
      'send this column as this field; may be repeated; default: all as they are',
      assignmentArgument('--map'),
    )
    .option('--time <column>', 'column of the time: default `time`, `timestamp` and the like, else the first')
    .addOption(
      new Option('--time-unit <unit>', 'how times are written')
        .choices(['auto', 's', 'ms', 'iso'])
        .default('auto'),
    )
    .option('--time-field <field>', 'field of the event time in the message; none: without', 'time')
    .addOption(
      new Option(
        '--event-time <which>',
        'now: when a row is due; shifted: its own steps, from now on; recorded: as in the table',
      )
        .choices(['now', 'shifted', 'recorded'])
        .default('now'),
    )
    .option('--delimiter <character>', 'between the cells: default , ; or tab, whichever fits')
    .option('--user <name>', 'user name for the broker')
    .option('--password-file <file>', 'file whose first line is the password')
    .option('--ca <file>', "certificate of the broker's authority (PEM)")
    .option('--certificate <file>', 'our certificate (PEM)')
    .option('--key <file>', "our certificate's key (PEM)")
    .option('--json', 'print what was sent as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gemel play record.csv.gz --topic gemel/pump-1/telemetry --speed 60x --loop
  gemel play rig.csv --topic rig/sensors --from 24h --for 1h --speed 60x
  gemel play rig.csv --topic gemel/rig/telemetry --map TS1=oil_temperature --map EPS1=motor_power

Empty cells and NaN are left out; other cells that are no numbers are counted and told. Ctrl-C ends it.`,
    )
    .action(playAction);
}

async function playAction(file: string, options: Options): Promise<void> {
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = createProgress(process.stderr);
  const { topic, map, time, timeUnit, timeField, delimiter, speed, eventTime, loop = false, json } = options;
  try {
    const { summary, address } = await playTable({
      broker: {
        ...brokerOf(options),
        onNote: (note) => {
          progress.done();
          process.stderr.write(`gemel: ${note}\n`);
        },
      },
      file,
      speed,
      eventTime,
      loop,
      fromSeconds: options.from,
      ...(options.for === undefined ? {} : { forSeconds: options.for }),
      mapping: {
        topic,
        timeUnit,
        timeField: timeField === 'none' ? null : timeField,
        ...(time === undefined ? {} : { timeColumn: time }),
        ...(map === undefined ? {} : { columns: map }),
      },
      ...(delimiter === undefined ? {} : { delimiter }),
      signal: abort.signal,
      onProgress: ({ fraction, rows, pass }) =>
        progress.update(fraction, `${rows} rows${pass > 1 ? `, pass ${pass}` : ''}`),
    });
    progress.done();
    process.stdout.write(json ? `${JSON.stringify(summary)}\n` : describe(summary, address));
  } finally {
    progress.done();
  }
}

function brokerOf({ to, user, passwordFile, ca, certificate, key }: Options) {
  return {
    url: to,
    ...(user === undefined ? {} : { user }),
    ...(passwordFile === undefined
      ? {}
      : { password: readFile(resolve(passwordFile)).split(/\r?\n/, 1)[0] ?? '' }),
    ...(ca === undefined ? {} : { ca: readFile(resolve(ca)) }),
    ...(certificate === undefined ? {} : { certificate: readFile(resolve(certificate)) }),
    ...(key === undefined ? {} : { key: readFile(resolve(key)) }),
  };
}

function speedArgument(written: string): number | 'max' {
  const speed = parseSpeed(written);
  if (speed === undefined)
    throw usageError(`--speed: \`${written}\` is not a speed`, 'write 60x, 0.5x or max');
  return speed;
}

function describe(summary: SendSummary, address: string): string {
  const { rows, messages, recordedSeconds, skipped, skippedCells, skippedRows, latestMs } = summary;
  const lines = [
    `${messages} messages of ${rows} rows (${Number(recordedSeconds.toFixed(1))} s recorded) to ${address}`,
  ];
  if (skippedCells > 0) {
    const shown = skipped.slice(0, 3).map(({ line, column, text }) => `line ${line} ${column} \`${text}\``);
    lines.push(`${skippedCells} cells were no numbers, ${skippedRows} rows had no time: ${shown.join(', ')}`);
  }
  if (latestMs > 1000)
    lines.push(`the broker was slower than the record: up to ${(latestMs / 1000).toFixed(1)} s late`);
  return `${lines.join('\n')}\n`;
}
