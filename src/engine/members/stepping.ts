/** A step by hand: recorded, told to the shard in the same turn, and answered once both have it. */

import { GemelError } from '../../core/diagnose/index.ts';
import type { Model } from '../../core/model/index.ts';
import { formatSpan } from '../basics/index.ts';
import type { Recorder, StepCommand } from '../journal/index.ts';
import type { Clock } from '../ports/index.ts';
import { createSnapshot, type Snapshot } from '../snapshot/index.ts';
import { checkStepInput } from '../twin/index.ts';
import { type Entry, show } from './entry.ts';
import { type Membership, problemOf } from './membership.ts';
import type { Request } from './shard-client.ts';

export interface StepOptions {
  readonly seconds: number;
  readonly inputs?: Readonly<Record<string, number>>;
}

export interface SteppingOptions {
  readonly clock: Clock;
  readonly members: Membership;
  readonly recorder: Recorder | undefined;
}

type StepRequest = Extract<Request, { kind: 'step' }>;

/** See `Fleet.step`. */
export async function stepByHand(
  options: SteppingOptions,
  entry: Entry,
  { seconds, inputs = {} }: StepOptions,
): Promise<Snapshot> {
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) {
    throw new GemelError('STEP_INVALID', `a step must be a positive number of seconds, got ${seconds}`);
  }
  const { id } = entry.info.config;
  const numbered = Object.entries(inputs).map(([name, value]) =>
    checkStepInput(entry.info.model, name, value),
  );
  const ask = async () => {
    const { client, target, dueMs: atMs } = entry;
    const { clock, recorder } = options;
    const receivedMs = clock.nowMs();
    if (recorder !== undefined) {
      client.refuseIfBusy();
      refuseIfStale(entry, receivedMs);
    }
    const recorded = recorder?.command({ kind: 'step', receivedMs, twin: id, atMs, seconds, inputs });
    const answer = client.request({ kind: 'step', twin: target.index, seconds, inputs: numbered, atMs });
    stepShadow(entry, (request) => client.request(request), { seconds, inputs, atMs });
    const [answered] = await Promise.all([answer, recorded?.durable]);
    return answered;
  };
  // Not while it is on its way to another shard.
  const answer = await (entry.held === undefined ? ask() : options.members.inTurn(ask));
  if (answer.kind === 'stepped' && answer.values !== undefined)
    return createSnapshot(id, entry.view, { values: answer.values, lanes: 1 }, 0);
  const problem = answer.kind === 'stepped' ? answer.problem : undefined;
  throw problemOf(id, problem ?? { code: 'STEP_INVALID', message: 'no answer' });
}

/** The shadow of a twin takes the step as well, as far as it can: with the inputs that its version has. */
export function stepShadow(
  { trial }: Entry,
  ask: (request: StepRequest) => Promise<unknown>,
  { seconds, inputs, atMs }: Pick<StepCommand, 'seconds' | 'inputs' | 'atMs'>,
): void {
  if (trial === undefined) return;
  const { info, target } = trial.shadow;
  const numbered = numberInputs(info.model, inputs);
  // What it cannot do is its own affair; a worker that dies is told of elsewhere.
  ask({ kind: 'step', twin: target.index, seconds, inputs: numbered, atMs }).catch(() => undefined);
}

/** Inputs by number, of those that a version has. */
export function numberInputs(
  { inputs: known }: Model,
  inputs: Readonly<Record<string, number>>,
): (readonly [number, number])[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    const input = known.findIndex((one) => one.name === name);
    return input < 0 ? [] : [[input, value] as const];
  });
}

/** Shows what a step has made of a twin. */
export function showStepped(entry: Entry | undefined, values: Float64Array | undefined): void {
  if (entry !== undefined && values !== undefined) show(entry, { values, lanes: 1 }, 0);
}

/** A twin can be taken back by its lateness: what is commanded must not be of before. */
export function refuseIfStale({ dueMs, info: { config } }: Entry, nowMs: number): void {
  const oldMs = nowMs - dueMs;
  if (oldMs <= config.periodMs + config.latenessMs / 2) return;
  throw new GemelError(
    'FLEET_BUSY',
    `the newest state of the twin is ${formatSpan(oldMs)} old: its worker is behind`,
  );
}
