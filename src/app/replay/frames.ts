/**
 * The ticks of a replay as its threads tell them, put together: of a block whose twins are in several threads there is a digest
 * only once all have made the tick.
 */

import { isAsRecorded, type OwnBlock } from '../../engine/index.ts';
import type { TickNote } from './work.ts';

/** A tick that did not come out as it was recorded. */
export interface OtherFrame {
  readonly dueMs: number;
  readonly model: string;
  /** By lane. */
  readonly twins: readonly string[];
  /** As replayed: column c of lane j is `values[c * twins.length + j]`. */
  readonly values: Float64Array;
}

export interface FrameCount {
  /** Recorded ticks of blocks, and those of twins in them. */
  compared: number;
  twins: number;
  /** Those that came out otherwise, and when the first of them was due. */
  other: number;
  firstOtherMs: number | undefined;
  /** Those that could not be compared. */
  unknown: number;
}

interface Gathered {
  readonly values: Float64Array;
  readonly parts: OwnBlock[];
  /** Lanes that are there. */
  lanes: number;
  isKnown: boolean;
}

export class Frames {
  readonly counts: FrameCount = {
    compared: 0,
    twins: 0,
    other: 0,
    firstOtherMs: undefined,
    unknown: 0,
  };
  readonly #onOther: (frame: OtherFrame) => void;
  /** By number of the record. */
  readonly #gathered = new Map<number, Gathered>();
  /** Memory of ticks that were compared, for those to come. */
  readonly #spare: Float64Array[] = [];

  constructor(onOther: (frame: OtherFrame) => void) {
    this.#onOther = onOther;
  }

  take(tick: TickNote, block: OwnBlock): void {
    const { verdict, dueMs, model, values } = tick;
    const { lanes, ids, lost } = block;
    // Of a block that is here whole nothing more comes.
    if (ids.length + lost === lanes) {
      this.#count(verdict !== 'unknown', lanes);
      if (verdict === 'other') this.#other({ dueMs, model, twins: ids, values });
      return;
    }
    this.#gather(tick, block);
  }

  #gather({ record, verdict, dueMs, digest, model, values }: TickNote, block: OwnBlock): void {
    const { lanes, ids } = block;
    let gathered = this.#gathered.get(record);
    if (gathered === undefined) {
      const columns = ids.length === 0 ? 0 : values.length / ids.length;
      gathered = {
        values: this.#room(columns * lanes),
        parts: [],
        lanes: 0,
        isKnown: true,
      };
      this.#gathered.set(record, gathered);
    }
    gathered.lanes += ids.length + block.lost;
    gathered.isKnown &&= verdict === 'part';
    if (gathered.isKnown) put(values, block, gathered);
    gathered.parts.push(block);
    if (gathered.lanes < lanes) return;
    this.#gathered.delete(record);
    this.#count(gathered.isKnown, lanes);
    if (gathered.isKnown && !isAsRecorded(gathered.values, digest))
      this.#other({ dueMs, model, twins: twinsOf(gathered.parts, lanes), values: gathered.values });
    this.#spare.push(gathered.values);
  }

  #room(length: number): Float64Array {
    const spare = this.#spare.pop();
    return spare?.length === length ? spare : new Float64Array(length);
  }

  #other(frame: OtherFrame): void {
    const { counts } = this;
    counts.other++;
    counts.firstOtherMs = Math.min(counts.firstOtherMs ?? frame.dueMs, frame.dueMs);
    // Its numbers are soon those of another.
    this.#onOther({ ...frame, values: frame.values.slice() });
  }

  #count(isKnown: boolean, lanes: number): void {
    if (!isKnown) this.counts.unknown++;
    else {
      this.counts.compared++;
      this.counts.twins += lanes;
    }
  }

  /** Ticks of which a part never came: a thread could not make it. */
  end(): void {
    this.counts.unknown += this.#gathered.size;
    this.#gathered.clear();
  }
}

/** Whose the lanes are. */
function twinsOf(parts: readonly OwnBlock[], lanes: number): readonly string[] {
  const twins = Array.from({ length: lanes }, () => '');
  for (const { ids, places } of parts) for (const [at, id] of ids.entries()) twins[places[at] ?? 0] = id;
  return twins;
}

/** Puts the numbers of some lanes in their places. */
function put(values: Float64Array, { places, ids, lanes }: OwnBlock, into: Gathered): void {
  const own = ids.length;
  const first = places[0] ?? 0;
  const isRun = (places[own - 1] ?? 0) - first === own - 1;
  for (let from = 0, to = 0; from < values.length; from += own, to += lanes) {
    if (isRun) into.values.set(values.subarray(from, from + own), to + first);
    else
      for (let lane = 0; lane < own; lane++) into.values[to + (places[lane] ?? 0)] = values[from + lane] ?? 0;
  }
}
