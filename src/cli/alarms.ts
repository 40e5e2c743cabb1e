/** `gemel alarms`: the alarms of an engine that runs, and what somebody says about them. */

import { Command, Option } from 'commander';
import type { AlarmView } from '../engine/index.ts';
import { durationArgument } from './arguments.ts';
import { request } from './engine-request.ts';
import { usageError } from './terminal.ts';

interface Place {
  readonly url: string;
  readonly json?: boolean;
}

interface ListOptions extends Place {
  readonly twin?: string;
  readonly state?: string;
  readonly severity?: string;
}

interface ActOptions extends Place {
  readonly by?: string;
  readonly note?: string;
  readonly why?: string;
  readonly for?: number;
}

interface Page {
  readonly alarms: readonly AlarmView[];
  readonly total: number;
}

/** As many as one page of the interface has. */
const mostShown = 1000;

export function alarmsCommand(): Command {
  const command = new Command('alarms')
    .summary('list, acknowledge and shelve alarms of a running engine')
    .description('Lists the alarms of an engine that runs, what asks most first.')
    .option('--url <url>', 'where the engine is', 'http://localhost:8080')
    .option('--json', 'print JSON')
    .option('--twin <id>', 'only of this twin; * for those of the process')
    .option('--state <state>', 'only in this state, such as unacknowledged, shelved or normal')
    .addOption(new Option('--severity <severity>', 'only these').choices(['warning', 'critical']))
    .addHelpText(
      'after',
      `
Examples:
  gemel alarms --severity critical
  gemel alarms ack pump-1~when~too_hot --by Ann --note "on my way"
  gemel alarms shelve pump-1~when~too_hot --by Ann --for 1h --why "sensor is being replaced"`,
    )
    .action(list);
  const act = (name: string, summary: string): Command => {
    const one = command.command(`${name} <alarm>`).summary(summary).description(summary);
    return one
      .option('--by <name>', 'who does it')
      .addHelpText('after', '\n--url and --json are as with gemel alarms.');
  };
  act('ack', 'say that you have seen an alarm')
    .option('--note <text>', 'what there is to say')
    .action((id: string, _options, self: Command) => doAct(id, 'acknowledge', self));
  act('shelve', 'put an alarm aside for some time')
    .option('--for <duration>', 'for how long, such as 1h', durationArgument('--for'))
    .option('--why <text>', 'the reason')
    .action((id: string, _options, self: Command) => doAct(id, 'shelve', self));
  act('unshelve', 'take an alarm off the shelf').action((id: string, _options, self: Command) =>
    doAct(id, 'unshelve', self),
  );
  return command;
}

async function list({ url, json, twin, state, severity }: ListOptions): Promise<void> {
  const query = new URLSearchParams({
    limit: String(mostShown),
    ...(twin !== undefined && { twin }),
    ...(state !== undefined && { state }),
    ...(severity !== undefined && { severity }),
  });
  const page = await request<Page>(url, `/api/v1/alarms?${query.toString()}`);
  process.stdout.write(json ? `${JSON.stringify(page.alarms)}\n` : describe(page));
}

async function doAct(
  id: string,
  act: 'acknowledge' | 'shelve' | 'unshelve',
  command: Command,
): Promise<void> {
  const { url, json, by, note, why, for: seconds } = command.optsWithGlobals<ActOptions>();
  if (by === undefined) throw usageError('--by is missing', 'say who does it: --by Ann');
  if (act === 'shelve' && (seconds === undefined || why === undefined))
    throw usageError('--for and --why are needed', 'such as --for 1h --why "sensor is being replaced"');
  const body = {
    by,
    ...(note !== undefined && { note }),
    ...(why !== undefined && { why }),
    ...(seconds !== undefined && { seconds }),
  };
  const alarm = await request<AlarmView>(url, `/api/v1/alarms/${encodeURIComponent(id)}/${act}`, body);
  process.stdout.write(json ? `${JSON.stringify(alarm)}\n` : line(alarm));
}

function describe({ alarms, total }: Page): string {
  if (total === 0) return 'no alarms\n';
  const more = total > alarms.length ? `${total - alarms.length} more are not shown\n` : '';
  return alarms.map(line).join('') + more;
}

function line({ severity, state, id, message, cause, raised, acknowledged, shelved }: AlarmView): string {
  const who = state === 'acknowledged' && acknowledged !== undefined ? ` by ${acknowledged.by}` : '';
  const until =
    state === 'shelved' && shelved !== undefined ? ` until ${shelved.until} by ${shelved.by}` : '';
  const why = cause === undefined ? '' : ` (${cause})`;
  return `${severity.padEnd(8)} ${raised}  ${id}  ${state}${who}${until}\n         ${message}${why}\n`;
}
