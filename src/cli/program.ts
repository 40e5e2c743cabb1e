/**
 * The command line as a whole: which commands there are, and what becomes of errors. Only the command that is called
 * is loaded, so that `gemel check` does not wait for a broker's code.
 *
 * Exit codes: 0 all is well · 1 problems were found, or it failed · 2 the command line was wrong.
 */

import { Command, CommanderError } from 'commander';
import { readVersion } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { reportError, tolerateClosedPipe } from './terminal.ts';

const commands: Record<string, { readonly summary: string; readonly load: () => Promise<Command> }> = {
  up: { summary: 'run a project', load: async () => (await import('./up.ts')).upCommand() },
  check: {
    summary: 'check models and projects',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  simulate: {
    summary: 'run a model by itself: numbers, table or plot',
    load: async () => (await import('./simulate.ts')).simulateCommand(),
  },
  explain: {
    summary: 'show the equations, structure, cost, stiffness and observability of a model',
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  calibrate: {
    summary: 'fit the parameters of a model to a record of its machine',
    load: async () => (await import('./calibrate.ts')).calibrateCommand(),
  },
  estimate: {
    summary: 'say from a record where the states of its machine were',
    load: async () => (await import('./estimate.ts')).estimateCommand(),
  },
  play: {
    summary: 'send a recorded table over MQTT, as a machine would',
    load: async () => (await import('./play.ts')).playCommand(),
  },
  alarms: {
    summary: 'list, acknowledge and shelve alarms of a running engine',
    load: async () => (await import('./alarms.ts')).alarmsCommand(),
  },
  models: {
    summary: 'list, show, publish and compare models',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  rollout: {
    summary: 'bring a new version of a model to twins, watch it, take it back',
    load: async () => (await import('./rollout.ts')).rolloutCommand(),
  },
  journal: {
    summary: 'look at what a project keeps of its samples',
    load: async () => (await import('./journal.ts')).journalCommand(),
  },
  replay: {
    summary: 'run the past of a project again, and compare',
    load: async () => (await import('./replay.ts')).replayCommand(),
  },
  history: {
    summary: 'write the history of a project into files, and files into it',
    load: async () => (await import('./history.ts')).historyCommand(),
  },
  schema: {
    summary: 'print the JSON Schema of models or projects',
    load: async () => (await import('./schema.ts')).schemaCommand(),
  },
  init: { summary: 'make a first project', load: async () => (await import('./init.ts')).initCommand() },
};

/** Runs one command line (without the program's name) and returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  tolerateClosedPipe();
  const program = new Command('gemel')
    .description('Keeps a computed twin of every machine in step with the real one.')
    .version(readVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', '\nFirst steps:\n  gemel init my-plant && gemel up my-plant')
    .configureOutput({ outputError: (text, write) => write(`gemel: ${text.replace(/^error: /, '')}`) })
    .showHelpAfterError('see gemel --help')
    .exitOverride();
  const called = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = name === called ? await load() : new Command(name).summary(summary).description(summary);
    command.copyInheritedSettings(program);
    for (const below of command.commands)
      below.copyInheritedSettings(program).showHelpAfterError(`see gemel ${name} ${below.name()} --help`);
    if (name === called) command.showHelpAfterError(`see gemel ${name} --help`);
    program.addCommand(command);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
    reportError(error);
    return error instanceof GemelError && error.code === 'USAGE' ? 2 : 1;
  }
  return Number(process.exitCode ?? 0);
}
