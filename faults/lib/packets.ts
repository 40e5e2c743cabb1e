/** The packets of MQTT 3.1.1 in a stream of bytes (section 2.2): one byte of type, one to four of length, the rest. */

export class Packet {
  readonly bytes: Buffer;
  readonly #from: number;

  /** @param from - where it begins behind its fixed header. */
  constructor(bytes: Buffer, from: number) {
    this.bytes = bytes;
    this.#from = from;
  }

  /** 3 is PUBLISH, 4 PUBACK. */
  get type(): number {
    return (this.bytes[0] ?? 0) >> 4;
  }

  /** Whether it is a message of QoS 1. */
  get isRepeatable(): boolean {
    return this.type === 3 && (((this.bytes[0] ?? 0) >> 1) & 3) === 1;
  }

  /** Of a message of QoS 1, or a PUBACK. */
  get identifier(): number {
    return this.bytes.readUInt16BE(this.type === 3 ? this.#topicEnd : this.#from);
  }

  get topic(): string {
    return this.bytes.toString('utf8', this.#from + 2, this.#topicEnd);
  }

  /** Of a message of QoS 1. */
  get payload(): string {
    return this.bytes.toString('utf8', this.#topicEnd + 2);
  }

  /** The same, marked as sent again. */
  repeated(): Buffer {
    const copy = Buffer.from(this.bytes);
    copy[0] = (copy[0] ?? 0) | 0b1000;
    return copy;
  }

  get #topicEnd(): number {
    return this.#from + 2 + this.bytes.readUInt16BE(this.#from);
  }
}

/** Of one direction of one connection: gives the packets that end in each further piece. */
export function packetsOf(): (chunk: Buffer) => Packet[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const packets: Packet[] = [];
    for (let packet = first(rest); packet !== undefined; packet = first(rest)) {
      packets.push(packet);
      rest = rest.subarray(packet.bytes.length);
    }
    return packets;
  };
}

function first(bytes: Buffer): Packet | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte >= 0x80) continue;
    const end = at + 1 + length;
    return bytes.length < end ? undefined : new Packet(bytes.subarray(0, end), at + 1);
  }
  throw new Error('what passes is no MQTT');
}
