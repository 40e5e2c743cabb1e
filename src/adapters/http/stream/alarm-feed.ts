/**
 * Alarms to the readers that subscribed to them: all at first, then each that changed, as it is by then.
 *
 * Changes are gathered for a moment, so that a thousand alarms at once make a few messages and not a thousand. For a
 * reader that is slow they wait, only the newest state of each.
 */

import type { Alarm, Alarms } from '../../../engine/index.ts';
import { alarmView } from '../../../engine/index.ts';
import { matchesPattern } from './protocol.ts';
import type { Reader } from './reader.ts';

const gatherMs = 50;
/** A message is ended once it is longer than this. */
const frameChars = 65_536;

/** Ids of twins, and patterns in which `*` stands for any text: twins that come later count too. */
interface Wanted {
  readonly ids: ReadonlySet<string>;
  readonly patterns: readonly string[];
}

interface Subscriber {
  readonly wanted: Wanted;
  /** What it still has to be sent, by id. */
  readonly pending: Map<string, Alarm>;
}

export class AlarmFeed {
  readonly #alarms: Alarms;
  readonly #subscribers = new Map<Reader, Subscriber>();
  readonly #end: () => void;
  #gathering: NodeJS.Timeout | undefined;

  constructor(alarms: Alarms) {
    this.#alarms = alarms;
    this.#end = alarms.onChange(({ alarm }) => this.#note(alarm));
  }

  /** Shows the alarms of these twins, and those of the process, from now on. */
  subscribe(reader: Reader, twins: readonly string[]): void {
    const wanted = {
      ids: new Set(twins.filter((id) => !id.includes('*'))),
      patterns: twins.filter((id) => id.includes('*')),
    };
    const listed = this.#alarms.list().filter((alarm) => concerns(alarm, wanted));
    const subscriber = { wanted, pending: new Map(listed.map((alarm) => [alarm.id, alarm])) };
    this.#subscribers.set(reader, subscriber);
    // The counts are told even where there is nothing to list.
    if (listed.length === 0) reader.send(this.#frame([]));
    this.#catchUp(reader, subscriber);
  }

  leave(reader: Reader): void {
    this.#subscribers.delete(reader);
  }

  /** Sends what waits, to those who have room. */
  flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    for (const [reader, subscriber] of this.#subscribers) this.#catchUp(reader, subscriber);
  }

  stop(): void {
    this.#end();
    clearTimeout(this.#gathering);
    this.#subscribers.clear();
  }

  #note(alarm: Alarm): void {
    if (this.#subscribers.size === 0) return;
    for (const { wanted, pending } of this.#subscribers.values()) {
      if (concerns(alarm, wanted)) pending.set(alarm.id, alarm);
    }
    this.#gathering ??= setTimeout(() => this.flush(), gatherMs).unref();
  }

  #catchUp(reader: Reader, { pending }: Subscriber): void {
    let texts: string[] = [];
    let length = 0;
    for (const [id, alarm] of pending) {
      if (!reader.hasRoom) break;
      pending.delete(id);
      const text = textOf(alarm);
      texts.push(text);
      length += text.length;
      if (length <= frameChars) continue;
      reader.send(this.#frame(texts));
      texts = [];
      length = 0;
    }
    if (texts.length > 0) reader.send(this.#frame(texts));
  }

  #frame(texts: readonly string[]): string {
    const counts = JSON.stringify(this.#alarms.counts());
    return `{"type":"alarms","alarms":[${texts.join(',')}],"counts":${counts}}`;
  }
}

function concerns({ twin }: Alarm, { ids, patterns }: Wanted): boolean {
  return twin === '*' || ids.has(twin) || patterns.some((pattern) => matchesPattern(pattern, twin));
}

const textsOfAlarms = new WeakMap<Alarm, string>();

/** Made once for all readers. */
function textOf(alarm: Alarm): string {
  let text = textsOfAlarms.get(alarm);
  if (text === undefined) {
    text = JSON.stringify(alarmView(alarm));
    textsOfAlarms.set(alarm, text);
  }
  return text;
}
