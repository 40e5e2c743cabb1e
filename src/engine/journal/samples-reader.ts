/**
 * Reads the samples of many records without making a text or an object for each: a restart reads a million.
 *
 * The two names of a sample are looked up by their bytes among those that were seen, and mean whatever `find` said of them.
 */

import { decodeUtf8 } from '../basics/index.ts';
import { NameTable } from './name-table.ts';
import { samplesLayout } from './samples-record.ts';

/** What a sample says beside its names. The same object for each. */
export interface SampleNumbers {
  timeMs: number;
  /** SI. */
  value: number;
  receivedMs: number;
  /** Its place in the record, from 0. */
  place: number;
}

export interface SamplesReaderOptions<Target> {
  /** What the names mean. */
  readonly find: (twin: string, signal: string) => Target;
  readonly take: (target: Target, sample: Readonly<SampleNumbers>) => void;
}

const { kind, fixedBytes, numbersBytes } = samplesLayout;

export class SamplesReader<Target> {
  readonly #options: SamplesReaderOptions<Target>;
  readonly #sample: SampleNumbers = { timeMs: 0, value: 0, receivedMs: 0, place: 0 };
  readonly #names = new NameTable();
  /** What each name means; undefined: to be asked again. */
  readonly #targets: ({ readonly is: Target } | undefined)[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);

  constructor(options: SamplesReaderOptions<Target>) {
    this.#options = options;
  }

  /** Takes each sample of the record that stands in `bytes` there. @returns false if it is no record of samples, or not whole. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < fixedBytes || bytes[from] !== kind) return false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const sample = this.#sample;
    let at = from + fixedBytes;
    const count = view.getUint32(from + 1, true);
    for (let place = 0; place < count; place++) {
      const signalAt = at + 1 + (bytes[at] ?? 0);
      const numbersAt = signalAt + 1 + (bytes[signalAt] ?? 0);
      const end = numbersAt + numbersBytes;
      if (!(end <= to)) return false;
      sample.place = place;
      sample.timeMs = view.getFloat64(numbersAt, true);
      sample.value = view.getFloat64(numbersAt + 8, true);
      sample.receivedMs = view.getFloat64(numbersAt + 16, true);
      this.#options.take(this.#targetOf(bytes, at, numbersAt), sample);
      at = end;
    }
    return at === to;
  }

  /** Names may mean something else from now on. */
  forget(): void {
    this.#targets.fill(undefined);
  }

  #targetOf(bytes: Uint8Array, from: number, to: number): Target {
    const name = this.#names.lookUp(bytes, from, to);
    const known = this.#targets[name] ?? { is: this.#find(bytes, from, to) };
    this.#targets[name] = known;
    return known.is;
  }

  #find(bytes: Uint8Array, from: number, to: number): Target {
    const signalAt = from + 1 + (bytes[from] ?? 0);
    const twin = decodeUtf8(bytes.subarray(from + 1, signalAt)) ?? '';
    return this.#options.find(twin, decodeUtf8(bytes.subarray(signalAt + 1, to)) ?? '');
  }
}
