/** A lane as plain data: all that moves when its twin goes to another shard. */

export interface LaneCopy extends LaneNumbers {
  /** Its block's newest tick. */
  readonly k: number;
  readonly side: SideCopy;
}

/** What a lane remembers. */
export interface LaneNumbers {
  readonly slots: Float64Array;
  readonly notes: Float64Array;
}

/** What the engine keeps of a lane beside its numbers. */
export interface SideCopy {
  readonly rows: SampleRows;
  readonly copies: readonly HistoryCopy[];
  readonly told: Told;
  readonly detection: Float64Array;
  readonly beforeMs: number[];
  readonly late: LateTarget | undefined;
  readonly isShadow: boolean;
}

/** Its samples. */
export interface SampleRows {
  readonly rows: Float64Array;
  readonly applied: number;
  readonly dropped: number;
  readonly firstBoundary: number;
}

/** Where it was. */
export interface HistoryCopy {
  /** The tick before which it was taken: it is of the end of tick k. */
  readonly k: number;
  /** The place of the first sample that is not in it. */
  readonly place: number;
  readonly numbers: Float64Array;
}

/** What was told of a lane, to tell edges only, and when something last came. It is not taken back with the lane. */
export interface Told {
  /** 1 for each state that a bound held: two a state, lower bounds first. */
  readonly held: number[];
  /** 1 for each measurement that was told to be silent, and to be rejected. */
  readonly silent: number[];
  readonly rejected: number[];
  /** Time of the newest firing of each `when`; −∞: never. */
  readonly firedMs: number[];
  /** When a sample of each measurement last came; NaN: never. */
  readonly cameMs: number[];
}

/** What a late sample asks for: nothing from `place` on applied, and not after `boundary`. */
export interface LateTarget {
  readonly place: number;
  readonly boundary: number;
}
