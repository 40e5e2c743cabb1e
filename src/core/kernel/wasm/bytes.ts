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

  byte(value: number): this {
    if (this.#length === this.#data.length) this.#reserve(1);
    this.#data[this.#length++] = value;
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
    if (value < 128) return this.byte(value);
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
    let low = Number(bits & 0xffffffffn);
    let high = Number(bits >> 32n);
    for (let i = 0; i < 4; i++) {
      this.#data[this.#length + i] = low;
      this.#data[this.#length + 4 + i] = high;
      low >>>= 8;
      high >>>= 8;
    }
    this.#length += 8;
    return this;
  }

  name(text: string): this {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
    return this;
  }

  /** One byte each. */
  all(values: readonly number[]): this {
    for (const value of values) this.byte(value);
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
