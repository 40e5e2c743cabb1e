/** Commands of the journal as a shard was told them. */

import { createMigration } from '../../core/estimate/index.ts';
import type { Model } from '../../core/model/index.ts';
import type {
  Command,
  GapRecord,
  RemoveCommand,
  ShadowCommand,
  StepCommand,
  TrialCommand,
} from '../journal/index.ts';
import { numberInputs } from '../members/index.ts';
import type { ToShard } from '../protocol/index.ts';
import type { ReplayedTwin, ReplayTwins } from './replay-twins.ts';

/** What a shard was told by a command. */
export function messageOf(
  command: StepCommand | RemoveCommand,
  { settings }: ReplayedTwin,
  model: Model | undefined,
): ToShard | undefined {
  const twin = settings.index;
  if (command.kind === 'remove') return { kind: 'remove', request: 0, twin, leave: false };
  if (model === undefined) return undefined;
  const { seconds, atMs } = command;
  return { kind: 'step', request: 0, twin, seconds, inputs: numberInputs(model, command.inputs), atMs };
}

/**
 * Changes which lanes a twin has, as a command of its trial says.
 *
 * @returns what its site is told, behind all that came before; `lost` if it is not known what became of the twin.
 */
export function changeLanes(
  twins: ReplayTwins,
  command: TrialCommand,
  live: ReplayedTwin,
): ToShard | 'lost' | undefined {
  const { twin: id } = command;
  if (command.kind === 'shadow') return beginShadow(twins, command, live);
  const shadow = twins.shadow(id);
  if (shadow === undefined) return command.kind === 'swap' ? 'lost' : undefined;
  const [now, before] = [shadow.settings.index, live.settings.index];
  if (command.kind === 'swap') {
    twins.exchange(id);
    return { kind: 'swap', request: 0, live: now, shadow: before };
  }
  twins.removeShadow(id);
  return { kind: 'remove', request: 0, twin: now, leave: false };
}

function beginShadow(
  twins: ReplayTwins,
  { twin: id, model, atMs }: ShadowCommand,
  live: ReplayedTwin,
): ToShard | 'lost' {
  const from = twins.model(live.settings.model)?.model;
  const to = twins.model(model)?.model;
  if (live.site === undefined || from === undefined || to === undefined) return 'lost';
  const shadow = twins.addShadow(id, model, createMigration(from, to).parameters(live.settings.parameters));
  if (shadow === undefined) return 'lost';
  shadow.site = live.site;
  return {
    kind: 'shadow',
    request: 0,
    of: live.settings.index,
    model: { id: to.id, document: to.document },
    twin: shadow.settings,
    atMs,
  };
}

/** Lays down at the sites of twins that ticks of theirs were given up. */
export function layGap(
  all: ReplayTwins,
  number: number,
  { model, twins, afterMs, untilMs }: GapRecord,
): void {
  const lanes = twins.flatMap((id) => all.lane(id, model) ?? []).filter(({ had }) => number > had);
  for (const [site, own] of Map.groupBy(lanes, (lane) => lane.site)) {
    const told = { twins: own.map(({ settings }) => settings.index), afterMs, untilMs };
    site?.layCommand(number, { kind: 'give-up', request: 0, ...told });
  }
}

/** Whether it changes which versions of a model a twin runs. */
export function isTrial(command: Command): command is TrialCommand {
  return command.kind === 'shadow' || command.kind === 'swap' || command.kind === 'end-shadow';
}
