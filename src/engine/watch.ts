/**
 * What is told of each sample that was compared with what is expected, for whoever looks for drift and faults in it.
 *
 * Samples of a twin come in the order of their event times. A late one takes the twin back: `back` says how far, and the
 * samples from there on come once more.
 */

export interface Compared {
  /** The measurement, by number in the model. */
  readonly measurement: number;
  readonly timeMs: number;
  /** Sample less prediction, SI. */
  readonly innovation: number;
  /** Standard deviation of the innovation; NaN where nothing is estimated. */
  readonly deviation: number;
  /** Whether the gate left the sample out. */
  readonly rejected: boolean;
}

/** Twins go by their number in the fleet, which stays theirs wherever they are. */
export interface Watch {
  /** The object is used again for the next sample. */
  compared(twin: number, sample: Compared): void;
  back(twin: number, toMs: number): void;
}
