/** Samples that are in no block yet as bytes of a row: count (uint32), ids (uint32 each), times and values (float64 each). */

/** Sample i is of series `series[i]`, at `timesMs[i]`; in any order. */
export interface Batch {
  readonly series: Uint32Array;
  /** Unix milliseconds. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Makes the bytes of rows, in memory that is used again for the next. */
export class PendingEncoder {
  #bytes = new Uint8Array(0);

  /** The bytes of a batch with the database's ids in place of numbers, good until the next call. */
  encode({ series, timesMs, values }: Batch, idOf: (number: number) => number): Uint8Array {
    const count = series.length;
    const length = 4 + count * 20;
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(length);
    const bytes = this.#bytes.subarray(0, length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, count, true);
    for (let i = 0; i < count; i++) view.setUint32(4 + 4 * i, idOf(series[i] ?? 0), true);
    let at = 4 + 4 * count;
    for (const part of [timesMs, values]) {
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    return bytes;
  }
}

export function decodePending(bytes: Uint8Array): Batch {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  // Aligned only in a copy; a Buffer's own `slice` is none.
  const part = (from: number, size: number) =>
    bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + size);
  return {
    series: new Uint32Array(part(4, count * 4)),
    timesMs: new Float64Array(part(4 + count * 4, count * 8)),
    values: new Float64Array(part(4 + count * 12, count * 8)),
  };
}
