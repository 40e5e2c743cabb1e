/** `gemel estimate`: what a record says of the states of its machine, also of those that nothing measures. */

import { Command, Option } from 'commander';
import { createBackend, type KernelName, kernels } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { isFiltered, type RecordEstimate, runRecord } from '../core/estimate/index.ts';
import type { Model } from '../core/model/index.ts';
import { describeStop } from '../core/solve/index.ts';
import { durationArgument } from './arguments.ts';
import { csvOf, jsonOf, plotOf, summaryOf } from './estimate-text.ts';
import { loadModelFile } from './model-file.ts';
import { plotAsSvg, plotInTerminal } from './plot/index.ts';
import { mapOption, readRecord, type RecordFileOptions } from './record.ts';
import { writeResult } from './results.ts';
import { colorOn } from './terminal.ts';

interface Options extends RecordFileOptions {
  readonly smooth?: boolean;
  readonly tick?: number;
  readonly csv?: string;
  readonly json?: boolean;
  readonly plot?: string | true;
  readonly kernel: KernelName;
}

export function estimateCommand(): Command {
  return new Command('estimate')
    .summary('say from a record where the states of its machine were')
    .description(
      "Runs the model's filter over a record of its machine: every state with its uncertainty, also those that nothing " +
        'measures, and how well the sensors agree with the model.',
    )
    .argument('<model>', 'model file; its measurements need `noise`')
    .argument('<data>', 'record: CSV with a header, also .gz')
    .addOption(mapOption())
    .option(
      '--every <duration>',
      'time between two rows, if there is no column of times',
      durationArgument('--every'),
    )
    .option('--smooth', 'let the samples after a moment speak too')
    .option(
      '--tick <duration>',
      'longest period of next(): default from row to row',
      durationArgument('--tick'),
    )
    .option('--delimiter <character>', 'between the cells: default , ; or tab, whichever fits')
    .option('--csv <file>', 'write all rows as CSV; - for the standard output')
    .option('--json', 'print the end and what the sensors say as JSON')
    .option('--plot [file.svg]', 'draw the states in the terminal, or into an SVG file')
    .addOption(new Option('--kernel <name>', 'what computes').choices(kernels).default(kernels[0]))
    .addHelpText(
      'after',
      `
Examples:
  gemel estimate models/rig.yaml log.csv --map T1=oil_temperature[degC] --plot
  gemel estimate models/rig.yaml log.csv --smooth --csv states.csv

The log-likelihood counts each sample that corrected the belief as a draw from a normal distribution around what was
expected of it, with its −½·log 2π; the start counts as known as the model says.`,
    )
    .action(estimateAction);
}

async function estimateAction(path: string, data: string, options: Options): Promise<void> {
  const model = loadModelFile(path);
  if (!isFiltered(model)) throw unfiltered(model);
  const recording = await readRecord(model, data, options);
  const backend = await createBackend(options.kernel, (text) => process.stderr.write(`gemel: ${text}\n`));
  const estimate = runRecord(model, recording, {
    backend,
    ...(options.smooth ? { smooth: 'smooth' } : {}),
    ...(options.tick === undefined ? {} : { tickSeconds: options.tick }),
  });
  show(model, estimate, options);
  if (estimate.stopped === undefined) return;
  const { code, message, hint } = describeStop(estimate.stopped);
  process.stderr.write(`gemel: ${message}; what came before is shown\n   ${hint}    [${code}]\n`);
  process.exitCode = 1;
}

function unfiltered(model: Model): GemelError {
  return new GemelError('FILTER_MISSING', `no sample can correct a state of ${model.id}`, {
    hint:
      model.filter.method === 'none' && model.measurements.some(({ noise }) => noise !== undefined)
        ? 'its `filter` says `method: none`'
        : "give its measurements the standard deviation of their sensors' noise: `noise: …`",
  });
}

function show(model: Model, estimate: RecordEstimate, { csv, json, plot }: Options): void {
  if (csv === '-') process.stdout.write(csvOf(model, estimate));
  else if (csv !== undefined) writeResult(csv, csvOf(model, estimate));
  if (typeof plot === 'string') writeResult(plot, plotAsSvg(plotOf(model, estimate)));
  if (json) {
    process.stdout.write(`${JSON.stringify(jsonOf(model, estimate))}\n`);
    return;
  }
  if (plot === true) {
    const columns = Math.min(process.stdout.columns ?? 80, 160);
    const picture = plotInTerminal(plotOf(model, estimate), {
      columns,
      rows: 12,
      color: colorOn(process.stdout),
    });
    process.stdout.write(picture);
  }
  if (csv === '-' || plot === true) return;
  process.stdout.write(summaryOf(model, estimate));
  for (const file of [csv, plot]) if (file !== undefined) process.stdout.write(`written: ${file}\n`);
}
