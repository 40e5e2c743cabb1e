/** `gemel calibrate`: fits a model's parameters to a record of its machine, and says how sure they are. */

import { setImmediate } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { createBackend, displayName, type KernelName, kernels, readFile } from '../app/index.ts';
import {
  type Calibration,
  type CalibrationResult,
  type CalibrationView,
  newVersion,
  type Recording,
  startCalibration,
  viewOf,
} from '../core/calibrate/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { compileModel, type Model } from '../core/model/index.ts';
import { durationArgument, integerArgument, listArgument } from './arguments.ts';
import { describeCalibration } from './calibration-text.ts';
import { loadModelFile } from './model-file.ts';
import { createProgress } from './progress.ts';
import { mapOption, readRecord, type RecordFileOptions } from './record.ts';
import { calibrationReport } from './report/index.ts';
import { writeResult } from './results.ts';

interface Options extends RecordFileOptions {
  readonly train: string;
  readonly test?: string;
  readonly starts: number;
  readonly seed: number;
  readonly pieces: number;
  readonly estimateStart?: readonly string[] | true;
  readonly method: 'output-error' | 'maximum-likelihood';
  readonly tick?: number;
  readonly report?: string;
  readonly write?: string;
  readonly json?: boolean;
  readonly kernel: KernelName;
}

export function calibrateCommand(): Command {
  return new Command('calibrate')
    .summary('fit the parameters of a model to a record of its machine')
    .description(
      'Fits the parameters marked `calibrate` so that a simulation with the inputs of the record comes as near as it can to what was measured.',
    )
    .argument('<model>', 'model file')
    .argument('<data>', 'record: CSV with a header, also .gz')
    .addOption(mapOption())
    .option(
      '--every <duration>',
      'time between two rows, if there is no column of times',
      durationArgument('--every'),
    )
    .option('--train <stretch>', 'what is fitted, such as 0:60% or 10min:2h', '0:100%')
    .option('--test <stretch>', 'what the result is tested on, such as 60%:100%')
    .option(
      '--starts <number>',
      'how many starts are fitted side by side',
      integerArgument('--starts', 1000),
      8,
    )
    .option(
      '--seed <number>',
      'of the starts after the first',
      integerArgument('--seed', Number.MAX_SAFE_INTEGER),
      1,
    )
    .option(
      '--estimate-start [states]',
      'fit where these states start too, or all of them',
      listArgument('--estimate-start'),
    )
    .option(
      '--pieces <number>',
      'cut the record into pieces to find where to begin (multiple shooting): about two for each swing',
      integerArgument('--pieces', 200),
      1,
    )
    .addOption(
      new Option(
        '--method <name>',
        "what is made small: the error of an open loop, or the surprise of the model's filter",
      )
        .choices(['output-error', 'maximum-likelihood'])
        .default('output-error'),
    )
    .option('--tick <duration>', 'period of next(): default from row to row', durationArgument('--tick'))
    .option('--delimiter <character>', 'between the cells: default , ; or tab, whichever fits')
    .addOption(new Option('--kernel <name>', 'what computes').choices(kernels).default(kernels[0]))
    .option('--report <file.html>', 'write a report with plots, one file that can be mailed')
    .option('--write <model.yaml>', 'write the model with the fitted values as its next minor version')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gemel calibrate models/room.yaml log.csv --train 0:60% --test 60%:100%
  gemel calibrate models/tank.yaml log.csv --map P1=inflow[l/min] --map L=level[mm] --estimate-start level
  gemel calibrate models/tank.yaml log.csv --report report.html --write models/tank-1.1.yaml

Ctrl-C ends the fit and shows the best so far, once there is one; a second ends the program.
Exit code: 0 fitted, 1 it failed or was interrupted, 2 the command line was wrong.`,
    )
    .action(calibrateAction);
}

async function calibrateAction(path: string, data: string, options: Options): Promise<void> {
  const model = loadModelFile(path);
  const recording = await readRecord(model, data, options);
  const backend = await createBackend(options.kernel, (text) => process.stderr.write(`gemel: ${text}\n`));
  const { estimateStart, test, tick } = options;
  const calibration = startCalibration(model, recording, {
    train: options.train,
    starts: options.starts,
    seed: options.seed,
    pieces: options.pieces,
    method: options.method,
    backend,
    ...(estimateStart === undefined ? {} : { startOf: estimateStart === true ? 'all' : estimateStart }),
    ...(test === undefined ? {} : { test }),
    ...(tick === undefined ? {} : { tickSeconds: tick }),
  });
  await run(calibration, model);
  const result = calibration.result();
  show(result, viewOf(result), { path, data, options, recording });
  if (result.interrupted) process.exitCode = 1;
}

/** In pieces of some milliseconds, so that Ctrl-C is heard and the bar moves. */
async function run(calibration: Calibration, model: Model): Promise<void> {
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    calibration.hurry();
  };
  process.once('SIGINT', onInterrupt);
  const progress = createProgress(process.stderr);
  while (!calibration.done && !(interrupted && calibration.hasResult)) {
    calibration.advance();
    const { fraction, round, errors } = calibration.progress;
    const found = model.measurements.flatMap(({ name, unit }, k) => {
      const error = errors[k];
      if (error === undefined || Number.isNaN(error)) return [];
      return [`${name} ±${Number((error / unit.factor).toPrecision(4))} ${unit.symbol}`];
    });
    progress.update(fraction, `round ${round}${found.length > 0 ? `: ${found.join(', ')}` : ''}`);
    await setImmediate();
  }
  progress.done();
  process.off('SIGINT', onInterrupt);
}

interface Shown {
  readonly path: string;
  readonly data: string;
  readonly options: Options;
  readonly recording: Recording;
}

function show(result: CalibrationResult, view: CalibrationView, shown: Shown): void {
  const { report, write, json } = shown.options;
  const written: string[] = [];
  if (write !== undefined) {
    const { text } = newVersion(readFile(shown.path), result);
    refuseInvalid(write, text);
    writeResult(write, text);
    written.push(write);
  }
  if (report !== undefined) {
    writeResult(report, calibrationReport(result, { data: displayName(shown.data) }));
    written.push(report);
  }
  if (json) process.stdout.write(`${JSON.stringify(view)}\n`);
  else {
    process.stdout.write(
      describeCalibration(view, { title: result.model.title, ignored: shown.recording.ignored }),
    );
    for (const file of written) process.stdout.write(`written: ${file}\n`);
  }
}

/** What is written is read again before it is: a version that does not load would be no version. */
function refuseInvalid(file: string, text: string): void {
  const { model, diagnostics } = compileModel({ file, text });
  if (model !== undefined) return;
  throw new GemelError('MODEL_INVALID', `${file} would not be a valid model and was not written`, {
    diagnostics,
  });
}
