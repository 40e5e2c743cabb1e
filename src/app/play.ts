/** The second composition: a recorded table, played to a broker on the real clock. */

import { connectPublisher, type PublisherOptions } from '../adapters/mqtt/index.ts';
import { type SendOptions, type SendSummary, sendTable } from '../adapters/table/index.ts';
import { createSystemClock } from '../adapters/workers/index.ts';

export interface PlayOptions extends Omit<SendOptions, 'clock' | 'publish'> {
  readonly broker: PublisherOptions;
}

export interface Played {
  readonly summary: SendSummary;
  /** Where it went. */
  readonly address: string;
}

/**
 * Plays a table to its end, or until the signal.
 *
 * @throws GemelError `BROKER_UNREACHABLE`, and what `sendTable` throws.
 */
export async function playTable({ broker, ...table }: PlayOptions): Promise<Played> {
  const publisher = await connectPublisher(broker);
  try {
    const summary = await sendTable({
      ...table,
      clock: createSystemClock(),
      publish: (topic, payload) => publisher.publish(topic, payload, { qos: 1, retain: false }),
    });
    return { summary, address: publisher.address };
  } finally {
    await publisher.stop();
  }
}
