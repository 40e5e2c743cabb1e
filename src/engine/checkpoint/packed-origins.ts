/**
 * Origins of samples in a few bytes each: a checkpoint may refer to a million.
 *
 * Layout   groups of: lane · standing · how many · for each the difference from the origin before it, the first from 0. Each number
 *          in bytes of 7 bits, the lowest first, the highest bit set in all but the last; differences d as 2d, or −2d − 1 below 0.
 */

/** What is known of a sample besides: it was applied (and counted), it waits, or it waits and another lane counts it. */
export const standings = { applied: 0, waits: 1, waitsUncounted: 2 } as const;

/** Samples of one lane that stand alike. */
export interface OriginGroup {
  readonly lane: number;
  /** One of `standings`. */
  readonly standing: number;
  readonly origins: Float64Array;
}

export class OriginPacker {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #before = 0;

  /** Adds the first `count` of these origins. */
  add({ lane, standing, origins }: OriginGroup, count: number): void {
    this.#put(lane);
    this.#put(standing);
    this.#put(count);
    for (let i = 0; i < count; i++) {
      const origin = origins[i] ?? 0;
      const difference = origin - this.#before;
      this.#put(difference < 0 ? -2 * difference - 1 : 2 * difference);
      this.#before = origin;
    }
  }

  /** All so far. */
  all(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #put(number: number): void {
    // Nothing below 2⁵³ takes more than eight bytes.
    if (this.#length + 8 > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) + 128;
    this.#bytes[this.#length++] = rest;
  }
}

/** Undefined if the bytes are not what a packer gives. */
export function unpackOrigins(bytes: Uint8Array): readonly OriginGroup[] | undefined {
  const groups: OriginGroup[] = [];
  let at = 0;
  let before = 0;
  const take = (): number => {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? Number.NaN;
      number += (byte % 128) * factor;
      if (!(byte >= 128)) return number;
    }
  };
  while (at < bytes.length) {
    const lane = take();
    const standing = take();
    const count = take();
    if (!(count <= bytes.length - at)) return undefined;
    const origins = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const coded = take();
      before += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      origins[i] = before;
    }
    groups.push({ lane, standing, origins });
  }
  return Number.isNaN(before) || at !== bytes.length ? undefined : groups;
}
