/**
 * A growing row of bytes, written in WebAssembly's encodings.
 *
 * Source    WebAssembly Specification 3.0, section 5.2: LEB128 numbers, vectors and names.
 */

export class Bytes {
  #data = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(...values: readonly number[]): this {
    this.#reserve(values.length);
    for (const value of values) this.#data[this.#length++] = value;
    return this;
  }

  bytes(values: Uint8Array): this {
    this.#reserve(values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  /** A whole number from 0 to 2³² − 1. */
  unsigned(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** A whole number from −2³¹ to 2³¹ − 1. */
  signed(value: number): this {
    let rest = value;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    return this.byte(rest & 127);
  }

  /** Eight bytes, the lowest first. */
  bits64(bits: bigint): this {
    this.#reserve(8);
    new DataView(this.#data.buffer).setBigUint64(this.#length, bits, true);
    this.#length += 8;
    return this;
  }

  name(text: string): this {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
    return this;
  }

  /** Something of its own length, with the length before it. */
  sized(content: Bytes): this {
    return this.unsigned(content.length).bytes(content.view());
  }

  /** What has been written, not copied. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#data.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#data.length) return;
    const grown = new Uint8Array(Math.max(this.#data.length * 2, this.#length + count));
    grown.set(this.#data);
    this.#data = grown;
  }
}
