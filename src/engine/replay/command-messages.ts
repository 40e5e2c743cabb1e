/** Commands of the journal as a shard was told them. */

import type { Command, RemoveCommand, StepCommand, TrialCommand } from '../command-record.ts';
import type { ToShard } from '../messages.ts';
import type { ReplayedTwin, ReplayTwins } from './replay-twins.ts';

/** What a shard was told by a command. */
export function messageOf(
  command: StepCommand | RemoveCommand,
  { settings }: ReplayedTwin,
  twins: ReplayTwins,
): ToShard | undefined {
  const twin = settings.index;
  if (command.kind === 'remove') return { kind: 'remove', request: 0, twin, leave: false };
  const { seconds, atMs } = command;
  const model = twins.model(settings.model);
  const inputs = Object.entries(command.inputs).flatMap(([name, value]) => {
    const input = model?.signals.get(name) ?? -1;
    return model !== undefined && input >= 0 && input < model.inputs ? [[input, value] as const] : [];
  });
  return { kind: 'step', request: 0, twin, seconds, inputs, atMs };
}

/** Whether it changes which versions of a model a twin runs. */
export function isTrial(command: Command): command is TrialCommand {
  return command.kind === 'shadow' || command.kind === 'swap' || command.kind === 'end-shadow';
}
