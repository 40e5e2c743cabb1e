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

/** A sample whose names are bytes already: they are the same for every sample of a signal. */
export interface EncodableSample extends Omit<RecordedSample, 'twin' | 'signal'> {
  readonly names: Uint8Array;
}

/** The names of a signal as they stand in a record. Each may have up to 255 bytes. */
export function encodeNames(twin: string, signal: string): Uint8Array {
  const [first, second] = [encodeUtf8(twin), encodeUtf8(signal)];
  return Uint8Array.of(first.length, ...first, second.length, ...second);
}

export function encodeSamples(samples: readonly EncodableSample[]): Uint8Array {
  const record = new SamplesRecord();
  for (const sample of samples) record.add(sample);
  return record.take().slice();
}

/** A record under way, in memory that is used again for the next. */
export class SamplesRecord {
  count = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length: number = fixedBytes;

  add({ names, timeMs, value, receivedMs }: EncodableSample): void {
    const at = this.#length + names.length;
    this.#length = at + numbersBytes;
    if (this.#length > this.#bytes.length) this.#grow();
    // A loop, since `set` costs a call into the machine for a dozen bytes.
    for (let i = 0, to = at - names.length; i < names.length; i++, to++) this.#bytes[to] = names[i] ?? 0;
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
