/** The other composition: a recorded table, played to a broker on the real clock. */

import { connectPublisher, type PublisherOptions } from '../adapters/mqtt/index.ts';
import { type ReplayOptions, type ReplaySummary, replayTable } from '../adapters/replay/index.ts';
import { createSystemClock } from '../adapters/workers/index.ts';

export interface PlayOptions extends Omit<ReplayOptions, 'clock' | 'publish'> {
  readonly broker: PublisherOptions;
}

export interface Played {
  readonly summary: ReplaySummary;
  /** Where it went. */
  readonly address: string;
}

/**
 * Plays a table to its end, or until the signal.
 *
 * @throws GemelError `BROKER_UNREACHABLE`, and what `replayTable` throws.
 */
export async function playTable({ broker, ...replay }: PlayOptions): Promise<Played> {
  const publisher = await connectPublisher(broker);
  try {
    const summary = await replayTable({
      ...replay,
      clock: createSystemClock(),
      publish: (topic, payload) => publisher.publish(topic, payload, { qos: 1, retain: false }),
    });
    return { summary, address: publisher.address };
  } finally {
    await publisher.stop();
  }
}
