/**
 * The samples of one message as a record of the journal. Names, not numbers, so that a record means the same after twins
 * came and went.
 *
 * Layout   kind (uint8, 1) · number of samples (uint32) · for each: length and UTF-8 of the twin's id (uint8, bytes), the
 *          same of the signal · event time, value in SI, time of arrival (float64 each; times in Unix milliseconds).
 *          Little-endian.
 */

import { decodeUtf8, encodeUtf8 } from '../basics/index.ts';

export interface RecordedSample {
  readonly twin: string;
  readonly signal: string;
  readonly timeMs: number;
  /** SI. */
  readonly value: number;
  readonly receivedMs: number;
}

/** The kind, the bytes before the first sample, and those of the numbers of each. */
export const samplesLayout = { kind: 1, fixedBytes: 5, numbersBytes: 24 } as const;
const { kind, fixedBytes, numbersBytes } = samplesLayout;

/** A sample whose names stand as in a record: they are the same for every sample of a twin, and of a signal. */
export interface EncodableSample extends Omit<RecordedSample, 'twin' | 'signal'> {
  readonly twin: Uint8Array;
  readonly signal: Uint8Array;
}

/** A name as it stands in a record. It may have up to 255 bytes. */
export function encodeName(name: string): Uint8Array {
  const bytes = encodeUtf8(name);
  return Uint8Array.of(bytes.length, ...bytes);
}

export function encodeSamples(samples: readonly RecordedSample[]): Uint8Array {
  const record = new SamplesRecord();
  for (const { twin, signal, ...numbers } of samples)
    record.add({ twin: encodeName(twin), signal: encodeName(signal), ...numbers });
  return record.take().slice();
}

/** A record under way, in memory that is used again for the next. */
export class SamplesRecord {
  count = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length: number = fixedBytes;

  add({ twin, signal, timeMs, value, receivedMs }: EncodableSample): void {
    const from = this.#length;
    const at = from + twin.length + signal.length;
    this.#length = at + numbersBytes;
    if (this.#length > this.#bytes.length) this.#grow();
    this.#put(twin, from);
    this.#put(signal, from + twin.length);
    this.#view.setFloat64(at, timeMs, true);
    this.#view.setFloat64(at + 8, value, true);
    this.#view.setFloat64(at + 16, receivedMs, true);
    this.count++;
  }

  /** Ends the record, and begins the next. The bytes are valid until something is added to it. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes[0] = kind;
    this.#view.setUint32(1, this.count, true);
    this.#length = fixedBytes;
    this.count = 0;
    return bytes;
  }

  /** A loop, since `set` costs a call into the machine for a dozen bytes. */
  #put(name: Uint8Array, at: number): void {
    const bytes = this.#bytes;
    for (let i = 0, to = at; i < name.length; i++, to++) bytes[to] = name[i] ?? 0;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#length);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The samples of a record; undefined if it is of another kind, or not whole. */
export function decodeSamples(bytes: Uint8Array): RecordedSample[] | undefined {
  if (bytes[0] !== kind || bytes.length < fixedBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples: RecordedSample[] = [];
  let at = fixedBytes;
  const name = (): string | undefined => {
    const from = at + 1;
    at = from + (bytes[at] ?? 0);
    return at > bytes.length ? undefined : decodeUtf8(bytes.subarray(from, at));
  };
  for (let i = view.getUint32(1, true); i > 0; i--) {
    const twin = name();
    const signal = name();
    if (twin === undefined || signal === undefined || at + numbersBytes > bytes.length) return undefined;
    samples.push({
      twin,
      signal,
      timeMs: view.getFloat64(at, true),
      value: view.getFloat64(at + 8, true),
      receivedMs: view.getFloat64(at + 16, true),
    });
    at += numbersBytes;
  }
  return at === bytes.length ? samples : undefined;
}
