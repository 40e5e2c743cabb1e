/** What a broker outside has passed on to the engine, and which of it the engine has acknowledged to the broker. */

import { Ledger, type SentSample } from './ledger.ts';
import type { Tap } from './proxy.ts';

const publish = 3;
const acknowledgement = 4;

export class Passed {
  readonly ledger: Ledger;
  /** By connection and identifier. */
  readonly #open = new Map<string, readonly SentSample[]>();

  constructor(latenessSeconds: number) {
    this.ledger = new Ledger(latenessSeconds);
  }

  readonly tap: Tap = (packet, towards, connection) => {
    if (towards === 'client' && packet.type === publish && packet.isRepeatable) {
      this.#open.set(`${connection} ${packet.identifier}`, samplesOf(packet.topic, packet.payload));
    } else if (towards === 'broker' && packet.type === acknowledgement) {
      const key = `${connection} ${packet.identifier}`;
      this.ledger.acknowledge(this.#open.get(key) ?? [], 'mqtt');
      this.#open.delete(key);
    }
  };
}

function samplesOf(topic: string, payload: string): readonly SentSample[] {
  const twin = topic.split('/')[1] ?? '';
  const { time = 0, ...values } = JSON.parse(payload) as Readonly<Record<string, number>>;
  return Object.entries(values).map(([signal, value]) => ({ twin, signal, timeMs: time, value }));
}
