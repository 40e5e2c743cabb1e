/**
 * The short way of telemetry through the embedded broker.
 *
 * aedes routes each message to whoever may have subscribed to it, which costs more than all that the engine does with it. A message of
 * QoS 0 or 1 that is not to be retained, on a topic that only the engine reads, needs no routing: it is taken out of the bytes of
 * its connection here, handed to the engine, and acknowledged. All else goes to aedes, packet by packet, and with it what follows in
 * the same bytes, so that messages keep their order.
 *
 * Every half second a message goes the long way all the same: aedes measures the silence of a client by what it sees.
 */

import type net from 'node:net';
import type { Inbox } from './inbox.ts';
import type { MqttMessage } from './transport.ts';

export interface ExpressOptions {
  readonly inbox: Inbox;
  /** Whether messages on this topic are for the engine and nobody else, and may be published. */
  readonly isOurs: (topic: string) => boolean;
  /** For tests. */
  readonly nowMs?: () => number;
}

/** Topics whose answer is remembered. */
const rememberedTopics = 20_000;
/** Messages of a connection whose acknowledgement is owed; beyond it nothing more is read from it. */
const owedAtMost = 2000;
const longWayEveryMs = 500;

/** What all connections of a broker share. */
export class Express {
  readonly #options: ExpressOptions;
  readonly #answers = new Map<string, boolean>();

  constructor(options: ExpressOptions) {
    this.#options = options;
  }

  get inbox(): Inbox {
    return this.#options.inbox;
  }

  nowMs(): number {
    return this.#options.nowMs?.() ?? performance.now();
  }

  isOurs(topic: string): boolean {
    const known = this.#answers.get(topic);
    if (known !== undefined) return known;
    if (this.#answers.size >= rememberedTopics) this.#answers.clear();
    const answer = this.#options.isOurs(topic);
    this.#answers.set(topic, answer);
    return answer;
  }

  /** Somebody else reads from now on, or the engine reads more. */
  forget(): void {
    this.#answers.clear();
  }
}

/** What a lane needs of its connection. */
export type LaneSocket = Pick<net.Socket, 'destroyed' | 'destroy' | 'writable' | 'write'>;

/** Messages that reach the disk together. */
interface Owed {
  readonly durable: Promise<void>;
  readonly identifiers: number[];
}

/** A packet in the bytes of a connection. */
interface Frame {
  readonly type: number;
  /** Where it begins behind its fixed header. */
  readonly from: number;
  readonly to: number;
}

/** One connection whose CONNECT has been answered. */
export class ExpressLane {
  readonly #express: Express;
  readonly #socket: LaneSocket;
  readonly #onRoom: () => void;
  /** The beginning of a packet whose end has not come, and how many bytes it needs at least. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = 0;
  #owed: Owed | undefined;
  #owedCount = 0;
  #acknowledgements: number[] = [];
  #longWayMs = Number.NEGATIVE_INFINITY;
  #isBlocked = false;

  /** @param onRoom - called once there is room again after `isFull`. */
  constructor(express: Express, socket: LaneSocket, onRoom: () => void) {
    this.#express = express;
    this.#socket = socket;
    this.#onRoom = onRoom;
  }

  /** Whether so much is unacknowledged that nothing is to be read. `onRoom` is then called in time. */
  isFull(): boolean {
    this.#isBlocked = this.#owedCount >= owedAtMost;
    return this.#isBlocked;
  }

  /** Takes what it can. @returns whole packets for aedes, if there are any. */
  take(chunk: Buffer): Buffer | undefined {
    if (this.#heldBytes + chunk.length < this.#neededBytes) {
      this.#hold(chunk);
      return undefined;
    }
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([...this.#held, chunk]);
    this.#held = [];
    this.#heldBytes = 0;
    const nowMs = this.#express.nowMs();
    const isLong = nowMs - this.#longWayMs > longWayEveryMs;
    let at = 0;
    let frame = this.#frameAt(bytes, at);
    while (frame !== undefined) {
      const next = this.#frameAt(bytes, frame.to);
      // The last, since all that follows goes with it.
      if ((isLong && next === undefined) || !this.#takeFrame(bytes, frame)) break;
      at = frame.to;
      frame = next;
    }
    this.#flush();
    if (this.#socket.destroyed) return undefined;
    const taken = at;
    for (; frame !== undefined; frame = this.#frameAt(bytes, at)) at = frame.to;
    if (at < bytes.length) this.#hold(bytes.subarray(at));
    if (taken === at) return undefined;
    // What aedes acknowledges now comes before what is taken here later.
    this.#owed = undefined;
    this.#longWayMs = nowMs;
    return bytes.subarray(taken, at);
  }

  #hold(bytes: Buffer): void {
    // A copy: what is held for long must not keep a large chunk.
    this.#held.push(Buffer.from(bytes));
    this.#heldBytes += bytes.length;
  }

  /** Undefined if its end has not come. */
  #frameAt(bytes: Buffer, at: number): Frame | undefined {
    let length = 0;
    let from = at + 1;
    for (let shift = 0; ; shift++) {
      const byte = bytes[from];
      if (byte === undefined) {
        this.#neededBytes = from - at + 1;
        return undefined;
      }
      from++;
      length += (byte & 0x7f) * 128 ** shift;
      // A length of more than four bytes is malformed: aedes says so.
      if (byte < 0x80 || shift === 3) break;
    }
    const to = from + length;
    this.#neededBytes = to - at;
    return to > bytes.length ? undefined : { type: bytes[at] ?? 0, from, to };
  }

  /** Whether the packet is done with. */
  #takeFrame(bytes: Buffer, { type, from, to }: Frame): boolean {
    // PUBLISH of QoS 0 or 1, sent again or not, not retained.
    const qos = (type >> 1) & 0b11;
    if (type >> 4 !== 3 || (type & 1) !== 0 || qos > 1 || to - from < 4) return false;
    const topicEnd = from + 2 + bytes.readUInt16BE(from);
    const payloadAt = topicEnd + 2 * qos;
    if (payloadAt > to) return false;
    const identifier = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
    if (qos === 1 && identifier === 0) return false;
    const topic = bytes.toString('utf8', from + 2, topicEnd);
    if (!this.#express.isOurs(topic)) return false;
    const payload = bytes.subarray(payloadAt, to);
    this.#deliver({ topic, payload, qos: qos === 0 ? 0 : 1, retain: false }, identifier);
    return true;
  }

  #deliver(message: MqttMessage, identifier: number): void {
    const { inbox } = this.#express;
    if (this.#socket.destroyed) return;
    let durable: Promise<void> | undefined;
    try {
      durable = inbox.take(message);
    } catch {
      // Not acknowledged: the sender has it still, and sends it again on a new connection.
      this.#socket.destroy();
      return;
    }
    if (message.qos === 0) durable?.catch((error: unknown) => inbox.failed(message.topic, error));
    else if (durable === undefined) this.#acknowledgements.push(identifier);
    else this.#owe(durable, message.topic, identifier);
  }

  #owe(durable: Promise<void>, topic: string, identifier: number): void {
    this.#owedCount++;
    if (this.#owed?.durable === durable) {
      this.#owed.identifiers.push(identifier);
      return;
    }
    const owed: Owed = { durable, identifiers: [identifier] };
    this.#owed = owed;
    durable.then(
      () => {
        if (this.#owed === owed) this.#owed = undefined;
        this.#owedCount -= owed.identifiers.length;
        this.#acknowledgements = owed.identifiers;
        this.#flush();
        if (this.#isBlocked && this.#owedCount < owedAtMost) this.#onRoom();
      },
      (error: unknown) => {
        this.#express.inbox.failed(topic, error);
        this.#socket.destroy();
      },
    );
  }

  /** Writes what is acknowledged in one piece: PUBACK is a type, the length 2, and the identifier. */
  #flush(): void {
    if (this.#acknowledgements.length === 0) return;
    const bytes = Buffer.allocUnsafe(4 * this.#acknowledgements.length);
    let at = 0;
    for (const identifier of this.#acknowledgements) {
      at = bytes.writeUInt16BE(0x4002, at);
      at = bytes.writeUInt16BE(identifier, at);
    }
    this.#acknowledgements = [];
    if (this.#socket.writable) this.#socket.write(bytes);
  }
}
