/**
 * A limit on the size of MQTT packets, applied to bytes as they arrive.
 *
 * The parser of the broker collects a packet until its end, up to 256 MB. This follows the frames of the stream
 * (MQTT 3.1.1, section 2.2: one byte of type, one to four of length, the rest) and says so as soon as a length is
 * read that is over the limit, before the rest is kept.
 */

export interface FrameLimit {
  /** Whether the next byte begins a packet. */
  readonly isBetween: boolean;
  /** Looks at the next bytes of one connection. @returns the size of a packet over the limit, if there is one. */
  look(chunk: Uint8Array): number | undefined;
}

export function createFrameLimit(maxBytes: number): FrameLimit {
  /** Bytes of the present packet still to come; a new packet begins where it is 0. */
  let rest = 0;
  let headerBytes = 0;
  let length = 0;

  return {
    get isBetween() {
      return rest === 0 && headerBytes === 0;
    },
    look(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (rest > 0) {
          const taken = Math.min(rest, chunk.length - at);
          rest -= taken;
          at += taken;
          continue;
        }
        const byte = chunk[at] ?? 0;
        at += 1;
        headerBytes += 1;
        if (headerBytes === 1) continue;
        length += (byte & 0x7f) * 128 ** (headerBytes - 2);
        const more = (byte & 0x80) !== 0;
        if (headerBytes + length > maxBytes) return headerBytes + length;
        if (more && headerBytes < 5) continue;
        // A length of more than four bytes is malformed; the parser says so itself.
        rest = length;
        headerBytes = 0;
        length = 0;
      }
      return undefined;
    },
  };
}
