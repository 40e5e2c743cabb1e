/** `gemel models`: the models of a project or an engine, new versions, and what is different in them. */

import { Command } from 'commander';
import { displayName, publishInto, readFile } from '../app/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';
import { describeDifference, suggestVersion } from '../core/difference/index.ts';
import type { Model } from '../core/model/index.ts';
import { durationArgument } from './arguments.ts';
import { columns } from './columns.ts';
import { differenceText } from './difference-text.ts';
import { exchange } from './engine-request.ts';
import { loadModelFile } from './model-file.ts';
import { findModel, listModels, type Place, warn } from './model-source.ts';
import { colorOn } from './terminal.ts';

interface Options {
  readonly url: string;
  readonly json?: boolean;
  readonly for?: number;
}

const defaultUrl = 'http://localhost:8080';
const defaultSeconds = 600;

export function modelsCommand(): Command {
  const command = new Command('models')
    .summary('list, show, publish and compare models')
    .description(
      'Lists, shows, publishes and compares models: of an engine that runs, or of a project in a directory.',
    )
    .addHelpText(
      'after',
      `
Examples:
  gemel models list my-plant
  gemel models diff tank@1.0.0 models/tank-1.1.0.yaml my-plant
  gemel models publish models/tank-1.1.0.yaml --url http://localhost:8080`,
    );
  const part = (name: string, summary: string, example: string): Command =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option('--url <url>', 'of the engine to ask where no directory is given', defaultUrl)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExamples:\n${example}`);
  const place = ['[directory]', 'of a project; without it an engine that runs is asked'] as const;
  part('list', 'list the models there are', '  gemel models list\n  gemel models list my-plant --json')
    .argument(...place)
    .action(listAction);
  part('show', 'show the quantities and equations of a model', '  gemel models show tank@1.1.0 my-plant')
    .argument('<model>', 'file, name@version, or name for its newest version')
    .argument(...place)
    .action(showAction);
  part(
    'publish',
    'publish a model, which then never changes',
    '  gemel models publish models/tank-1.1.0.yaml\n  gemel models publish models/tank-1.1.0.yaml my-plant',
  )
    .argument('<file>', 'model file')
    .argument('[directory]', 'of a project that does not run; without it the engine that runs')
    .action(publishAction);
  part(
    'diff',
    'say what is different between two models, in terms of physics',
    '  gemel models diff models/tank.yaml models/tank-1.1.0.yaml\n  gemel models diff tank@1.0.0 tank@1.1.0 my-plant --for 1h',
  )
    .argument('<before>', 'file, name@version, or name for its newest version')
    .argument('<after>', 'the same')
    .argument(...place)
    .option(
      '--for <duration>',
      'how long both are simulated, default 10min; 0 for not at all',
      simulationTime,
    )
    .action(diffAction);
  return command;
}

function simulationTime(text: string): number {
  return text.trim() === '0' ? 0 : durationArgument('--for')(text);
}

async function listAction(directory: string | undefined, { url, json }: Options): Promise<void> {
  const models = await listModels({ directory, url });
  if (json) return print(JSON.stringify(models));
  const rows = models.map(({ id, title, twins }) => [
    id,
    ...(twins === undefined ? [] : [`${twins} ${twins === 1 ? 'twin' : 'twins'}`]),
    title,
  ]);
  print(rows.length === 0 ? 'no models' : columns(rows).join('\n'));
}

async function showAction(
  named: string,
  directory: string | undefined,
  { url, json }: Options,
): Promise<void> {
  const model = await findModel(named, { directory, url });
  print(json ? JSON.stringify(model.document, null, 2) : describe(model));
}

async function publishAction(
  file: string,
  directory: string | undefined,
  { url, json }: Options,
): Promise<void> {
  // What is wrong with the document itself is told here, with the lines of the file.
  const { id } = loadModelFile(file);
  const source = { file: displayName(file), text: readFile(file) };
  const { isNew, place } = await publishAt(source, { directory, url });
  if (json) return print(JSON.stringify({ id, isNew, place }));
  print(
    isNew ? `✓ ${id} is published: ${place}` : `${id} is published already, with this document: ${place}`,
  );
}

async function publishAt(
  source: { readonly file: string; readonly text: string },
  { directory, url }: Place,
): Promise<{ readonly isNew: boolean; readonly place: string }> {
  if (directory === undefined) {
    const { status } = await exchange(url, '/api/v1/models', source.text);
    return { isNew: status === 201, place: url };
  }
  const { published, place } = await publishInto(directory, source, warn);
  if ('model' in published) return { isNew: published.isNew, place: displayName(place) };
  const sources = new Map([[published.source.file, published.source.text]]);
  process.stderr.write(renderDiagnostics(published.diagnostics, { sources, color: colorOn(process.stderr) }));
  throw new GemelError('MODEL_INVALID', `${source.file} was not published`, {
    hint: 'correct the problems above',
  });
}

async function diffAction(
  before: string,
  after: string,
  directory: string | undefined,
  { url, json, for: seconds = defaultSeconds }: Options,
): Promise<void> {
  const place = { directory, url };
  const a = await findModel(before, place);
  const b = await findModel(after, place);
  const difference = describeDifference(a, b, seconds === 0 ? {} : { seconds });
  const next = a.name === b.name ? suggestVersion(difference, b, [a.version]) : undefined;
  if (json)
    return print(
      JSON.stringify({ ...difference, ...(next === undefined ? {} : { change: next.change }) }, null, 2),
    );
  process.stdout.write(differenceText(difference, next));
}

function describe({ id, title, description, document, ...model }: Model): string {
  const signals = [
    ...model.inputs.map((it) => ['input', it] as const),
    ...model.parameters.map((it) => ['parameter', it] as const),
    ...model.states.map((it) => ['state', it] as const),
    ...model.outputs.map((it) => ['output', it] as const),
    ...model.measurements.map((it) => ['measurement', it] as const),
  ];
  const rows = columns(
    signals.map(([group, it]) => [
      `${group.padEnd(11)}  ${it.name}`,
      `${it.unit.symbol.padEnd(8)}  ${it.title ?? ''}`,
    ]),
  );
  const equations = Object.entries(document.equations ?? {}).map(
    ([target, formula]) => `${target} = ${formula}`,
  );
  return [
    `${id}  ${title}`,
    ...(description === undefined ? [] : [description]),
    '',
    ...rows,
    ...(equations.length > 0 ? ['', ...equations] : []),
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
