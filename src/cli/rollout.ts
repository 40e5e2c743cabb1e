/** `gemel rollout`: brings new versions of models to the twins of an engine that runs, over its HTTP interface. */

import { Command, Option } from 'commander';
import { durationArgument, listArgument } from './arguments.ts';
import { request } from './engine-request.ts';
import { type RolloutReply, rolloutLines, rolloutText } from './rollout-text.ts';
import { usageError } from './terminal.ts';

interface Place {
  readonly url: string;
  readonly json?: boolean;
}

interface PartOptions {
  readonly twins?: readonly string[];
  readonly group?: string;
  readonly percent?: number;
}

interface StartOptions extends Place, PartOptions {
  readonly live?: boolean;
  readonly watch?: number;
  readonly share?: number;
  readonly rollback: 'worse' | 'never';
}

const base = '/api/v1/rollouts';

export function rolloutCommand(): Command {
  const command = new Command('rollout')
    .summary('bring a new version of a model to twins, watch it, take it back')
    .description(
      'Brings a new version of a model to twins of an engine that runs: in their shadow, where it is compared with what runs, then live.',
    )
    .addHelpText(
      'after',
      `
Examples:
  gemel rollout start warmer pump@1.1.0 --percent 10
  gemel rollout show warmer
  gemel rollout promote warmer
  gemel rollout widen warmer --percent 50
  gemel rollout rollback warmer --why "too warm"`,
    );
  const part = (name: string, summary: string, example: string): Command =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option('--url <url>', 'where the engine is', 'http://localhost:8080')
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExamples:\n${example}`);
  const which = (one: Command): Command =>
    one
      .option('--twins <names>', 'these twins, with commas between', listArgument('--twins'))
      .option('--group <name>', 'all twins of this group, or a percentage of them')
      .option('--percent <number>', 'so many percent of the twins', percentArgument('--percent'));

  which(
    part(
      'start',
      'begin: the new version runs in the shadow of the twins',
      '  gemel rollout start warmer pump@1.1.0 --percent 10\n  gemel rollout start warmer pump@1.1.0 --twins pump-1,pump-2 --live --watch 2h',
    ),
  )
    .argument('<name>', 'of the rollout')
    .argument('<model>', 'the new version, name@version')
    .option('--live', 'live at once')
    .option('--watch <duration>', 'how long it is watched once live, default 1h', durationArgument('--watch'))
    .option(
      '--share <percent>',
      'taken back from more twins than this, it is taken back from all; default 20',
      percentArgument('--share'),
    )
    .addOption(
      new Option('--rollback <when>', 'when it is taken back by itself')
        .choices(['worse', 'never'])
        .default('worse'),
    )
    .action(start);
  part('list', 'list the rollouts, newest first', '  gemel rollout list').action(list);
  part('show', 'show a rollout: its twins, and how the versions compare', '  gemel rollout show warmer')
    .argument('<name>', 'of the rollout')
    .action((name: string, options: Place) => show(name, options));
  part('promote', 'make the new version live', '  gemel rollout promote warmer')
    .argument('<name>', 'of the rollout')
    .action((name: string, options: Place) => act(name, 'promote', {}, options));
  which(part('widen', 'bring it to more twins', '  gemel rollout widen warmer --percent 50'))
    .argument('<name>', 'of the rollout')
    .action((name: string, options: Place & PartOptions) =>
      act(name, 'widen', { of: partOf(options) }, options),
    );
  part('rollback', 'make the old version live again', '  gemel rollout rollback warmer --why "too warm"')
    .argument('<name>', 'of the rollout')
    .option('--why <text>', 'the reason')
    .action((name: string, options: Place & { readonly why?: string }) =>
      act(name, 'rollback', options.why === undefined ? {} : { why: options.why }, options),
    );
  part(
    'end',
    'end it: a new version that is live stays, one in the shadow goes',
    '  gemel rollout end warmer',
  )
    .argument('<name>', 'of the rollout')
    .action((name: string, options: Place) => act(name, 'end', {}, options));
  return command;
}

async function start(id: string, model: string, options: StartOptions): Promise<void> {
  const { url, json, live, watch, share, rollback: when } = options;
  const body = {
    id,
    model,
    of: partOf(options),
    stage: live === true ? 'live' : 'shadow',
    rollback: {
      when,
      ...(watch !== undefined && { watchSeconds: watch }),
      ...(share !== undefined && { sharePercent: share }),
    },
  };
  print(await request<RolloutReply>(url, base, body), json);
}

async function list({ url, json }: Place): Promise<void> {
  const { rollouts } = await request<{ rollouts: readonly RolloutReply[] }>(url, base);
  process.stdout.write(json ? `${JSON.stringify(rollouts)}\n` : rolloutLines(rollouts));
}

async function show(name: string, { url, json }: Place): Promise<void> {
  print(await request<RolloutReply>(url, `${base}/${encodeURIComponent(name)}`), json);
}

async function act(name: string, what: string, body: object, { url, json }: Place): Promise<void> {
  print(await request<RolloutReply>(url, `${base}/${encodeURIComponent(name)}/${what}`, body), json);
}

function print(rollout: RolloutReply, json: boolean | undefined): void {
  process.stdout.write(json ? `${JSON.stringify(rollout)}\n` : rolloutText(rollout));
}

function partOf({ twins, group, percent }: PartOptions): object {
  if (twins !== undefined && group === undefined && percent === undefined) return { twins };
  if (twins === undefined && (group !== undefined || percent !== undefined)) {
    return { ...(percent !== undefined && { percent }), ...(group !== undefined && { group }) };
  }
  throw usageError('which twins? Give --twins, or --percent, or --group', 'such as --percent 10');
}

/** @throws GemelError `USAGE` */
function percentArgument(option: string): (written: string) => number {
  return (written) => {
    const value = Number(written.replace(/%$/, ''));
    if (written.trim() !== '' && value >= 0 && value <= 100) return value;
    throw usageError(`${option}: \`${written}\` is not a percentage from 0 to 100`);
  };
}
