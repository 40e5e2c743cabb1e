/** `gemel replay`: the past of a project, run again from what it kept, and compared with what it was. */

import { Command, Option } from 'commander';
import {
  type KernelName,
  kernels,
  loadProject,
  type Project,
  replayProject,
  type ReplayReport,
} from '../app/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';
import { checkSpan, listArgument, nameHint, timeArgument } from './arguments.ts';
import { createProgress } from './progress.ts';
import { describeReplay, iso } from './replay-text.ts';
import { colorOn, usageError } from './terminal.ts';

interface Options {
  readonly from?: number;
  readonly to?: number;
  readonly speed?: number;
  readonly twin?: readonly string[];
  readonly kernel?: KernelName;
  readonly with?: string;
  readonly json?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .summary('run the past of a project again, and compare')
    .description(
      'Runs the journal of a project through the engine again, from a checkpoint on, and compares what comes out with what was kept.',
    )
    .argument('[project]', 'directory of the project', '.')
    .option(
      '--from <time>',
      'begin with the newest checkpoint of before, as 2026-11-22T13:00:00Z or -2h; default: with the oldest',
      timeArgument('--from'),
    )
    .option('--to <time>', 'go on to this moment; default: to the end', timeArgument('--to'))
    .option(
      '--speed <factor>',
      'times as fast as the past, such as 60x; default: max, as fast as possible',
      speedArgument,
    )
    .option(
      '--twin <ids>',
      'print what these twins, separated by commas, are at the end, to the last digit',
      listArgument('--twin'),
    )
    .addOption(
      new Option('--kernel <name>', 'what computes; default: what did. Another one compares nothing').choices(
        kernels,
      ),
    )
    .option(
      '--with <model@version>',
      'try another version of a model in the shadow of its twins, and compare it with what they ran',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gemel replay my-plant
  gemel replay my-plant --from 2026-11-15T00:00:00Z --with pump@1.3.0
  gemel replay my-plant --from 2026-11-22T12:00:00Z --to 2026-11-22T13:00:00Z --twin pump-1

Nothing is changed, and it may be used while the engine runs.
Exit code: 0 everything is as it was, 1 something differs or cannot be read, 2 the command line was wrong.`,
    )
    .action(replayAction);
}

async function replayAction(directory: string, options: Options): Promise<void> {
  const { from, to, speed, kernel, twin: wanted = [], with: version, json = false } = options;
  checkSpan(options);
  const project = projectAt(directory);
  const progress = createProgress(process.stderr);
  let report: ReplayReport;
  try {
    report = await replayProject(project, {
      ...(speed !== undefined && { speed }),
      ...(from !== undefined && { fromMs: from }),
      ...(to !== undefined && { toMs: to }),
      ...(kernel !== undefined && { kernel }),
      ...(version !== undefined && { with: version }),
      onProgress: ({ fraction, atMs }) => progress.update(fraction, iso(atMs)),
    });
  } finally {
    progress.done();
  }
  const { states } = report;
  const stranger = wanted.find((id) => !states.has(id));
  if (stranger !== undefined)
    throw usageError(`--twin: there was no twin \`${stranger}\``, nameHint(stranger, [...states.keys()]));
  if (json) printJson(report, wanted);
  else process.stdout.write(`${[...describeReplay(report), ...describeStates(report, wanted)].join('\n')}\n`);
  const { differences, ticks, damaged, unread } = report;
  if (differences.length + ticks.other + damaged + unread.length > 0) process.exitCode = 1;
}

/** @throws GemelError `PROJECT_INVALID` and what `loadProject` throws. */
function projectAt(directory: string): Project {
  const { project, diagnostics, sources } = loadProject(directory, { secrets: 'skip' });
  if (project !== undefined) return project;
  process.stderr.write(renderDiagnostics(diagnostics, { sources, color: colorOn(process.stderr) }));
  throw new GemelError('PROJECT_INVALID', `${directory} is no project that can be replayed`);
}

function describeStates({ states }: ReplayReport, wanted: readonly string[]): string[] {
  return wanted.flatMap((id) => states.get(id)?.toJson() ?? []);
}

function printJson(report: ReplayReport, wanted: readonly string[]): void {
  const { states, differences, fromMs, toMs, ticks, ...numbers } = report;
  const { firstOtherMs, ...counts } = ticks;
  const shown = Object.fromEntries(
    wanted.map((id) => [id, JSON.parse(states.get(id)?.toJson() ?? 'null') as unknown]),
  );
  const printed = {
    from: iso(fromMs),
    to: iso(toMs),
    ...numbers,
    ticks: { ...counts, ...(firstOtherMs !== undefined && { firstOther: iso(firstOtherMs) }) },
    differences: differences.map(({ atMs, ...one }) => ({ ...one, at: iso(atMs) })),
    states: shown,
  };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}

function speedArgument(written: string): number {
  const factor = written === 'max' ? Number.POSITIVE_INFINITY : Number(written.replace(/x$/, ''));
  if (factor > 0) return factor;
  throw usageError(`--speed: \`${written}\` is not a speed`, 'write 60x, 0.5x or max');
}
