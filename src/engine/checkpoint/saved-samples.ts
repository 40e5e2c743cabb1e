/**
 * The samples of a part of a checkpoint. What the journal has is only referred to: of 100,000 samples a second those of the last
 * ten seconds would be fifty megabytes, every five seconds.
 */

import { recordOf } from '../journal/index.ts';
import { isCountedElsewhere, type LaneSamples } from '../lanes/index.ts';
import { putSample, sampleColumns } from '../protocol/index.ts';
import { OriginPacker, standings } from './packed-origins.ts';

/** Origins of a lane that stand alike, in memory that is used again for the next lane. */
interface Gathered {
  readonly standing: number;
  origins: Float64Array;
  count: number;
}

export class SavedSamples {
  /** The first record that is referred to. */
  first = Number.POSITIVE_INFINITY;
  readonly #refersFrom: number;
  readonly #packer = new OriginPacker();
  readonly #gathered: readonly Gathered[] = Object.values(standings).map((standing) => ({
    standing,
    origins: new Float64Array(1024),
    count: 0,
  }));
  #rows = new Float64Array(64 * sampleColumns.count);
  #length = 0;

  /** @param refersFrom - samples of this record of the journal and later ones are only referred to. */
  constructor(refersFrom: number) {
    this.#refersFrom = refersFrom;
  }

  /** Adds the samples of a lane from a place on. */
  add(lane: number, samples: LaneSamples, place: number): void {
    for (let row = samples.rowAt(place); row < samples.end; row++) {
      const origin = samples.origin(row);
      const record = recordOf(origin);
      if (record >= this.#refersFrom) {
        this.first = Math.min(this.first, record);
        this.#gather(standingOf(samples.receivedMs(row)), origin);
      } else this.#write(lane, samples, row);
    }
    for (const gathered of this.#gathered) {
      if (gathered.count > 0) this.#packer.add({ lane, ...gathered }, gathered.count);
      gathered.count = 0;
    }
  }

  /** Those that are written out: rows of `sampleColumns`. */
  rows(): Float64Array<ArrayBuffer> {
    return this.#rows.slice(0, this.#length);
  }

  /** The others; see packed-origins.ts. */
  origins(): Uint8Array<ArrayBuffer> {
    return this.#packer.all();
  }

  #gather(standing: number, origin: number): void {
    const gathered = this.#gathered[standing];
    if (gathered === undefined) return;
    if (gathered.count === gathered.origins.length) gathered.origins = twice(gathered.origins);
    gathered.origins[gathered.count++] = origin;
  }

  #write(lane: number, samples: LaneSamples, row: number): void {
    if (this.#length === this.#rows.length) this.#rows = twice(this.#rows);
    putSample(this.#rows, this.#length, { twin: lane, ...samples.at(row) });
    this.#length += sampleColumns.count;
  }
}

function standingOf(receivedMs: number): number {
  if (Number.isNaN(receivedMs)) return standings.applied;
  return isCountedElsewhere(receivedMs) ? standings.waitsUncounted : standings.waits;
}

function twice(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
