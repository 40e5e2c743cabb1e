/** Samples that are in no block yet as bytes of a row: count (uint32), ids (uint32 each), times and values (float64 each). */

/** Sample i is of series `series[i]`, at `timesMs[i]`; in any order. */
export interface Batch {
  readonly series: Uint32Array;
  /** Unix milliseconds. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export function encodePending({ series, timesMs, values }: Batch): Uint8Array {
  const bytes = new Uint8Array(4 + series.length * 20);
  new DataView(bytes.buffer).setUint32(0, series.length, true);
  let at = 4;
  for (const part of [series, timesMs, values]) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
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
