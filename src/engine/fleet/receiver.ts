/** What shards say, in the order in which readers are to hear of it: numbers, then events, then ticks, then alarms. */

import type { FleetAlarms } from '../alarms/index.ts';
import { describeRefusal, type RefusalLog } from '../ingest/index.ts';
import { isTold, type Membership, type ShardClient, showStepped } from '../members/index.ts';
import type { Clock } from '../ports/index.ts';
import type { FromShard, ShardReport } from '../protocol/index.ts';
import type { FleetTrials } from '../trials/index.ts';
import type { FleetBlocks } from './blocks.ts';
import type { EventLog } from './event-log.ts';
import type { TickReport } from './fleet.ts';

export interface FleetReceiverOptions {
  readonly clock: Clock;
  readonly members: Membership;
  readonly blocks: FleetBlocks;
  readonly trials: FleetTrials;
  readonly alarms: FleetAlarms;
  readonly events: EventLog;
  readonly refusals: RefusalLog;
}

type FrameMessage = Extract<FromShard, { kind: 'frame' }>;

export class FleetReceiver {
  readonly tickListeners = new Set<(tick: TickReport) => void>();
  readonly #options: FleetReceiverOptions;

  constructor(options: FleetReceiverOptions) {
    this.#options = options;
  }

  receive(client: ShardClient, message: Exclude<FromShard, { kind: 'acknowledged' | 'failed' }>): void {
    const { blocks, members } = this.#options;
    switch (message.kind) {
      case 'ready':
        for (const info of message.blocks) blocks.set(client, info);
        break;
      case 'lanes':
        blocks.set(client, message.block);
        break;
      case 'frame':
        blocks.take(client, message);
        break;
      case 'behind':
        blocks.giveUp(client, message);
        break;
      case 'stepped':
        showStepped(members.at(message.twin), message.values);
        break;
      case 'added':
      case 'shadowed':
      case 'swapped':
      case 'removed':
      case 'checkpoint':
      case 'pong':
      case 'gave-up':
        break;
    }
    // Events after numbers: who reads the twin upon its event finds it as the event says.
    this.#takeReport(client, message.report);
    if (message.kind === 'frame') this.#tellTick(client, message);
    else if (message.kind === 'stepped') this.#lookAt(message.twin);
  }

  #tellTick(client: ShardClient, message: FrameMessage): void {
    const { blocks, clock, alarms, trials } = this.#options;
    if (this.tickListeners.size > 0) {
      const tick = blocks.report(client, message, clock.nowMs());
      if (tick !== undefined) for (const listener of this.tickListeners) listener(tick);
    }
    // After events and ticks, so that an event says first what an alarm then repeats.
    for (const entry of blocks.published(client, message)) alarms.look(entry, message.dueMs);
    trials.told(message.ahead);
  }

  #lookAt(twin: number): void {
    const { members, alarms, clock } = this.#options;
    const entry = members.at(twin);
    if (entry?.trial?.shadow !== entry) alarms.look(entry, clock.nowMs());
  }

  #takeReport(client: ShardClient, { events, refused }: ShardReport): void {
    const { members, events: log, refusals } = this.#options;
    for (const { twin, ...event } of events) {
      const entry = members.at(twin);
      // It was told before the restart, and is found again.
      if (entry !== undefined && client.tellsOld && event.timeMs <= entry.toldMs) continue;
      if (entry !== undefined && !isTold(entry, event.timeMs)) continue;
      log.tell({ twin: entry?.info.config.id ?? '*', ...event });
    }
    for (const refusal of refused) {
      const described = describeRefusal(refusal, members.at(refusal.twin)?.target);
      if (described !== undefined) refusals.keep(described);
    }
  }
}
