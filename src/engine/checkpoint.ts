/** The checkpoint of a fleet as bytes. */

/** The twins of one block. Its numbers go by column name, so that they survive another order. */
export interface CheckpointPart {
  readonly model: string;
  /** Of the model's document; see document-hash.ts. */
  readonly hash: string;
  readonly savedMs: number;
  readonly twins: readonly string[];
  readonly columns: readonly string[];
  /** Column c of twin j is `values[c * twins.length + j]`. */
  readonly values: Float64Array;
  /** Names of the signals in `queued`. */
  readonly signals: readonly string[];
  /** Samples that wait for their tick, as rows of `sampleColumns` with numbers of this part. */
  readonly queued: Float64Array;
}
