/** `gemel up`: runs a project until it is told to stop. */

import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import {
  type KernelName,
  kernels,
  type Log,
  type LogLevel,
  openLog,
  type Project,
  readVersion,
  type Running,
  startProject,
} from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { integerArgument } from './arguments.ts';
import { checkedProject } from './checked-project.ts';
import { colorOn, usageError } from './terminal.ts';

interface Options {
  readonly port?: number;
  readonly mqttPort?: number;
  readonly host?: readonly string[];
  readonly speed: number;
  readonly kernel?: KernelName;
  readonly logLevel: LogLevel;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/**
 * Garbage is collected once there is as much of it as of what is in use; by itself V8 waits until there is three times as much, since
 * it does not know that this process stays. It looks at this after each collection, so that it may be set while it runs.
 */
const garbage = '--heap-growing-percent=100';

/** A stop that takes longer is given up. */
const stopWithinMs = 4800;

export function upCommand(): Command {
  return new Command('up')
    .summary('run a project')
    .description(
      'Runs the twins of a project until it is stopped with Ctrl-C or SIGTERM; the next start goes on from there.',
    )
    .argument('[directory]', 'where gemel.yaml is', '.')
    .option(
      '--port <number>',
      'port of the page and REST instead of the project’s; 0 takes a free one',
      integerArgument('--port', 65_535),
    )
    .option(
      '--mqtt-port <number>',
      'port of the embedded broker instead of the project’s',
      integerArgument('--mqtt-port', 65_535),
    )
    .option(
      '--host <address>',
      'address to listen on instead of the project’s; may be repeated',
      (address: string, before: readonly string[] | undefined) => [...(before ?? []), address],
    )
    .option(
      '--speed <factor>',
      'how fast the twins live, from 1x (real time) to 1000x, to meet a record played at that speed',
      upSpeed,
      1,
    )
    .addOption(
      new Option('--log-level <level>', 'least severe log lines')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(
      new Option('--kernel <name>', 'what computes the twins, instead of the project’s').choices(kernels),
    )
    .option('--quiet', 'print no addresses and log only what is wrong')
    .option('--json', 'log JSON lines also to a terminal, and print the addresses as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gemel up
  gemel up my-plant --port 9000 --log-level warn
  gemel up my-rig --speed 60x        # and, beside it: gemel play record.csv --speed 60x --time-field none …

The addresses go to the standard output, the log to the standard error: JSON lines unless that is a terminal.
A first Ctrl-C or SIGTERM stops in order, a second one at once.
Exit code: 0 stopped as asked, 1 it could not start or something failed, 2 the command line was wrong.`,
    )
    .action(upAction);
}

async function upAction(directory: string, options: Options): Promise<void> {
  setFlagsFromString(garbage);
  const project = withOptions(checkedProject(directory, 'the project was not started'), options);
  const log = await openLog({
    level: options.quiet && options.logLevel === 'info' ? 'warn' : options.logLevel,
    style: process.stderr.isTTY && !options.json ? 'people' : 'json',
    color: colorOn(process.stderr),
  });
  const ending = listenForEnd(log);
  const running = await startProject(project, {
    log,
    version: readVersion(),
    speed: options.speed,
    onFailure: ending.fail,
  });
  if (!options.quiet) process.stdout.write(greeting(project, running, options));

  const reason = await ending.asked;
  process.exit(await stopRunning(running, { log, reason }));
}

function upSpeed(text: string): number {
  const factor = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1]);
  if (factor >= 1 && factor <= 1000) return factor;
  throw usageError(`--speed: \`${text}\` is not a factor from 1x to 1000x`);
}

function withOptions(project: Project, { port, mqttPort, host, kernel }: Options): Project {
  if (mqttPort !== undefined && project.mqtt.kind === 'external') {
    throw new GemelError('USAGE', '--mqtt-port is for the embedded broker', {
      hint: 'this project uses another: see `mqtt:`',
    });
  }
  return {
    ...project,
    ...(host === undefined ? {} : { listen: host }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(port === undefined ? {} : { http: { ...project.http, port } }),
    ...(mqttPort === undefined || project.mqtt.kind === 'external'
      ? {}
      : { mqtt: { ...project.mqtt, port: mqttPort } }),
  };
}

function greeting(project: Project, { page, broker }: Running, { json }: Options): string {
  if (json) return `${JSON.stringify({ page, broker, twins: project.twins.length })}\n`;
  const count = `${project.twins.length} ${project.twins.length === 1 ? 'twin' : 'twins'}`;
  return `${count} at ${page} · MQTT at ${broker}\n`;
}

interface End {
  readonly why: string;
  readonly code: 0 | 1;
}

/** The first reason to end counts; a second signal ends at once. */
function listenForEnd(log: Log): { readonly asked: Promise<End>; readonly fail: (why: string) => void } {
  const { promise: asked, resolve } = Promise.withResolvers<End>();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    signals += 1;
    if (signals > 1) process.exit(1);
    resolve({ why: signal, code: 0 });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const fail = (why: string) => resolve({ why, code: 1 });
  const onFault = (error: unknown) => {
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'a fault in Gemel',
    );
    fail('a fault');
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return { asked, fail };
}

async function stopRunning(running: Running, { log, reason }: { log: Log; reason: End }): Promise<number> {
  log.info({ reason: reason.why }, 'stopping');
  setTimeout(() => {
    log.error({}, `not stopped within ${stopWithinMs / 1000} s: given up`);
    process.exit(1);
  }, stopWithinMs).unref();
  const problems = await running.stop();
  log.info({}, 'stopped');
  return problems.length > 0 ? 1 : reason.code;
}
