/** `gemel history`: what a project recorded, as files, and files as what it recorded. */

import { Command, Option } from 'commander';
import { durationArgument, listArgument, timeArgument } from './arguments.ts';
import { exportHistory } from './history-export.ts';
import { importHistory } from './history-import.ts';

export function historyCommand(): Command {
  return new Command('history')
    .summary('write the history of a project into files, and files into it')
    .description('The history of a project, in its file or its database, as CSV and Parquet.')
    .addCommand(exportCommand())
    .addCommand(importCommand());
}

const formats = ['csv', 'parquet'] as const;

function exportCommand(): Command {
  return new Command('export')
    .summary('write samples into a CSV or Parquet file')
    .description('Writes samples: time, twin, signal, unit, value. The project may run meanwhile.')
    .argument('[project]', 'where gemel.yaml is', '.')
    .option('--twin <ids>', 'only of these twins, separated by commas', listArgument('--twin'))
    .option('--signal <names>', 'only these signals, separated by commas', listArgument('--signal'))
    .option('--from <time>', 'only from here on, as 2026-11-22T13:00:00Z', timeArgument('--from'))
    .option('--to <time>', 'only before this', timeArgument('--to'))
    .option(
      '--last <duration>',
      'how long before --to, or now, instead of --from',
      durationArgument('--last'),
    )
    .addOption(
      new Option('--format <format>', 'default: as the name of the file ends, or csv').choices(formats),
    )
    .option('--out <file>', 'where to; without it CSV is printed')
    .option('--json', 'print what was written as JSON; needs --out')
    .addHelpText(
      'after',
      `
Examples:
  gemel history export my-plant --twin pump-1 --last 7d > pump-1.csv
  gemel history export my-plant --out plant.parquet`,
    )
    .action(exportHistory);
}

function importCommand(): Command {
  return new Command('import')
    .summary('put the samples of a CSV or Parquet file into the history')
    .description(
      'Puts samples where their times belong: all of a file, or, if there is a problem with any row, none. Columns are time, signal, ' +
        'value and perhaps twin and unit; or time, perhaps twin, and a column for each signal, such as `level [mm]`.',
    )
    .argument('<file>', 'CSV or Parquet')
    .argument('[project]', 'where gemel.yaml is; the project must not run', '.')
    .option('--url <url>', 'an engine that runs, instead of a project that does not')
    .option('--twin <id>', 'the twin that all rows are of')
    .addOption(
      new Option('--format <format>', 'default: as the name of the file ends, or csv').choices(formats),
    )
    .option('--dry-run', 'only say what would come of it')
    .option('--json', 'print what came of it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gemel history import logger.csv my-plant --twin pump-1 --dry-run
  gemel history import plant.parquet --url http://localhost:8080`,
    )
    .action(importHistory);
}
