/** `gemel simulate`: runs a model by itself, faster than the machine, and shows where it goes. */

import { setImmediate } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { createBackend, type KernelName, kernels, parseValue } from '../app/index.ts';
import { isAdaptive, type Method, type Model, type Signal } from '../core/model/index.ts';
import { describeStop, type NamedValues, startSimulation, type Trajectory } from '../core/solve/index.ts';
import { assignmentArgument, durationArgument, listArgument, nameHint } from './arguments.ts';
import { readInputTable } from './input-table.ts';
import { loadModelFile } from './model-file.ts';
import { plotAsSvg, plotInTerminal } from './plot/index.ts';
import { createProgress } from './progress.ts';
import { endOf, type Results, resultsOf, toCsv, toPlotData, toSummary, writeResult } from './results.ts';
import { colorOn, usageError } from './terminal.ts';

interface Options {
  readonly for: number;
  readonly set?: Readonly<Record<string, string>>;
  readonly start?: Readonly<Record<string, string>>;
  readonly inputs?: string;
  readonly step?: number;
  readonly method?: Method;
  readonly tolerance?: number;
  readonly tick?: number;
  readonly every?: number;
  readonly only?: readonly string[];
  readonly csv?: string;
  readonly json?: boolean;
  readonly plot?: string | true;
  readonly kernel: KernelName;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .summary('run a model by itself: numbers, table or plot')
    .description('Runs a model by itself, as fast as it goes, and shows where it begins and ends.')
    .argument('<model>', 'model file')
    .addOption(
      new Option('--for <duration>', 'how long, in the time of the machine')
        .argParser(durationArgument('--for'))
        .default(600, '10min'),
    )
    .option(
      '--set <name=value>',
      'value of an input or parameter; may be repeated',
      assignmentArgument('--set'),
    )
    .option(
      '--start <name=value>',
      'value of a state at the start; may be repeated',
      assignmentArgument('--start'),
    )
    .option('--inputs <file.csv>', 'inputs over time: a column `time` and one for each input')
    .option(
      '--tick <duration>',
      "the twin's period, `dt` of next(): default 500 ms",
      durationArgument('--tick'),
    )
    .addOption(
      new Option('--method <name>', "how to integrate: default the model's").choices([
        'euler',
        'rk4',
        'tsit5',
        'rodas5p',
        'auto',
      ]),
    )
    .option(
      '--tolerance <number>',
      'relative error of tsit5, rodas5p and auto: from 1e-12 to 0.01',
      toleranceArgument,
    )
    .option(
      '--step <duration>',
      "largest step of the solver: default the model's",
      durationArgument('--step'),
    )
    .option(
      '--every <duration>',
      'time between two rows: default what makes about 1000',
      durationArgument('--every'),
    )
    .addOption(
      new Option(
        '--kernel <name>',
        'what computes: WebAssembly (strict or fused), machine code from the C compiler, or JavaScript',
      )
        .choices(kernels)
        .default(kernels[0]),
    )
    .option('--only <names>', 'only these states and outputs, such as level,flow', listArgument('--only'))
    .option('--csv <file>', 'write all rows as CSV; - for the standard output')
    .option('--json', 'print the end as JSON')
    .option('--plot [file.svg]', 'draw it in the terminal, or into an SVG file')
    .addHelpText(
      'after',
      `
Examples:
  gemel simulate models/tank.yaml --for 10min --set inflow=2l/min --start level=0.5m --plot
  gemel simulate models/tank.yaml --for 2h --csv out.csv --plot out.svg
  gemel simulate models/tank.yaml --for 20s --method auto --tolerance 1e-8 --json

Durations and quantities have units: 500ms, 10min, 2h; 30degC, 2.5kW. A bare number is in the signal's own unit.
CSV columns are named with their units, such as "level [m]"; the time is in seconds.`,
    )
    .action(simulateAction);
}

async function simulateAction(path: string, options: Options): Promise<void> {
  const model = withSolver(loadModelFile(path), options);
  checkOnly(model, options.only);
  const { trajectory, interrupted } = await runSimulation(model, options);
  const results = resultsOf(model, trajectory, options.only);
  show(model, results, options, interrupted);
  if (trajectory.stopped) {
    const { code, message, hint } = describeStop(trajectory.stopped);
    process.stderr.write(`gemel: ${message}; what came before is shown\n   ${hint}    [${code}]\n`);
  }
  if (trajectory.stopped || interrupted) process.exitCode = 1;
}

/** The model with the solver that the options ask for. A fixed step and a tolerance do not go together. */
function withSolver(model: Model, { method = model.method, step, tolerance }: Options): Model {
  if (tolerance !== undefined && !isAdaptive(method)) {
    throw usageError(`--tolerance: ${method} has a fixed step`, 'add --method auto, or use --step instead');
  }
  const kept = isAdaptive(method) === isAdaptive(model.method);
  const otherwise = kept ? model.stepSeconds : isAdaptive(method) ? Infinity : 0.1;
  return { ...model, method, stepSeconds: step ?? otherwise, tolerance: tolerance ?? model.tolerance };
}

interface Run {
  readonly trajectory: Trajectory;
  readonly interrupted: boolean;
}

/** Runs in pieces of some milliseconds, so that Ctrl-C is heard and the bar moves. */
async function runSimulation(model: Model, options: Options): Promise<Run> {
  const table = options.inputs === undefined ? undefined : readInputTable(options.inputs, model);
  if (table && table.ignored.length > 0) {
    process.stderr.write(`gemel: columns that are no inputs of ${model.id}: ${table.ignored.join(', ')}\n`);
  }
  const seconds = options.for;
  const tickSeconds = options.tick ?? Math.min(0.5, options.every ?? seconds, seconds);
  const given = assigned(model, options.set ?? {});
  for (const { name, default: otherwise, unit } of model.inputs) {
    if (otherwise !== undefined || name in given.inputs || table?.inputAt(name, 0) !== undefined) continue;
    throw usageError(
      `input \`${name}\` has no value`,
      `give one with --set ${name}=… (in ${unit.symbol}) or --inputs`,
    );
  }
  const backend = await createBackend(options.kernel, (text) => process.stderr.write(`gemel: ${text}\n`));
  const simulation = startSimulation(model, {
    seconds,
    backend,
    tickSeconds,
    everySeconds: options.every ?? tickSeconds * ticksBetweenRows(seconds / tickSeconds),
    ...given,
    states: readValues(model, { kind: 'state', signals: model.states, written: options.start ?? {} }),
    ...(table ? { inputAt: table.inputAt } : {}),
  });

  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
  };
  process.once('SIGINT', onInterrupt);
  const progress = createProgress(process.stderr);
  let pieceSeconds = tickSeconds;
  while (!simulation.done && !interrupted) {
    const startMs = performance.now();
    simulation.advance(simulation.timeSeconds + pieceSeconds);
    const tookMs = performance.now() - startMs;
    if (tookMs < 10) pieceSeconds *= 2;
    if (tookMs > 40) pieceSeconds = Math.max(tickSeconds, pieceSeconds / 2);
    progress.update(simulation.timeSeconds / seconds, `${simulation.timeSeconds.toFixed(0)} of ${seconds} s`);
    await setImmediate();
  }
  progress.done();
  process.off('SIGINT', onInterrupt);
  return { trajectory: simulation.trajectory(), interrupted };
}

/** @throws GemelError `USAGE`. */
function toleranceArgument(written: string): number {
  const tolerance = Number(written);
  if (tolerance >= 1e-12 && tolerance <= 0.01) return tolerance;
  throw usageError(`--tolerance: \`${written}\` is not a number from 1e-12 to 0.01`, 'such as 1e-8');
}

/** 1, 2, 5, 10, 20 …: the first that makes at most a thousand rows. */
function ticksBetweenRows(ticks: number): number {
  for (let power = 1; ; power *= 10) {
    const found = [1, 2, 5].find((factor) => ticks / (factor * power) <= 1000);
    if (found !== undefined) return found * power;
  }
}

/** Sorts `--set` into inputs and parameters. */
function assigned(
  model: Model,
  written: Readonly<Record<string, string>>,
): { inputs: NamedValues; parameters: NamedValues } {
  const isInput = (name: string) => model.inputs.some((input) => input.name === name);
  const entries = Object.entries(written);
  const kind = 'input or parameter';
  const signals = [...model.inputs, ...model.parameters];
  for (const [name] of entries) {
    if (model.states.some((state) => state.name === name)) {
      throw usageError(`\`${name}\` is a state`, `give its value at the start with --start ${name}=…`);
    }
  }
  const inputs = Object.fromEntries(entries.filter(([name]) => isInput(name)));
  const parameters = Object.fromEntries(entries.filter(([name]) => !isInput(name)));
  return {
    inputs: readValues(model, { kind, signals, written: inputs }),
    parameters: readValues(model, { kind, signals, written: parameters }),
  };
}

interface Written {
  readonly kind: string;
  readonly signals: readonly Signal[];
  readonly written: Readonly<Record<string, string>>;
}

function readValues(model: Model, { kind, signals, written }: Written): NamedValues {
  const values: Record<string, number> = {};
  for (const [name, text] of Object.entries(written)) {
    const signal = signals.find((each) => each.name === name);
    if (!signal) {
      throw usageError(
        `${model.id} has no ${kind} \`${name}\``,
        nameHint(
          name,
          signals.map((each) => each.name),
        ),
      );
    }
    const parsed = parseValue(text, signal, model);
    if ('problem' in parsed) {
      const { message, expected, hint } = parsed.problem;
      throw usageError(
        `${name}=${text}: ${message}`,
        hint ?? (expected === undefined ? undefined : `expected ${expected}`),
      );
    }
    values[name] = parsed.value;
  }
  return values;
}

function checkOnly(model: Model, only: readonly string[] | undefined): void {
  const names = [...model.states, ...model.outputs].map(({ name }) => name);
  for (const name of only ?? []) {
    if (!names.includes(name))
      throw usageError(`${model.id} has no state or output \`${name}\``, nameHint(name, names));
  }
}

function show(model: Model, results: Results, options: Options, interrupted: boolean): void {
  const { csv, json, plot } = options;
  const title = `${model.title} (${model.id})${interrupted ? ', interrupted' : ''}`;
  const data = toPlotData(title, results);
  if (csv === '-') process.stdout.write(toCsv(results));
  else if (csv !== undefined) writeResult(csv, toCsv(results));
  if (typeof plot === 'string') writeResult(plot, plotAsSvg(data));
  if (json)
    process.stdout.write(
      `${JSON.stringify({ ...endOf(results), ...(interrupted ? { interrupted } : {}) })}\n`,
    );
  if (plot === true) {
    const columns = Math.min(process.stdout.columns ?? 80, 160);
    process.stdout.write(plotInTerminal(data, { columns, rows: 12, color: colorOn(process.stdout) }));
  }
  if (json || csv === '-' || plot === true) return;
  const time = results.timeSeconds.at(-1) ?? 0;
  process.stdout.write(`${title}: ${Number(time.toPrecision(9))} s\n\n${toSummary(results)}`);
  for (const file of [csv, plot]) if (file !== undefined) process.stdout.write(`written: ${file}\n`);
}
