/** Pairs the ticks of the two lanes of each trial, and reads from their frames what each made of its samples. */

import type { Entry, Shown, Trial } from '../members/index.ts';
import type { LaneAhead } from '../protocol/index.ts';
import type { ShadowTick, TrialReading, TrialTick } from './versions.ts';

interface Seen {
  readonly timesMs: Float64Array;
  dueMs: number;
  tick: TrialTick;
}

export class ShadowTicks {
  readonly #seen = new Map<Entry, Seen>();
  /** Trials of which a tick of both lanes is to be told. */
  readonly #made = new Set<Trial>();

  /** Notes a tick of a lane. */
  take(entry: Entry, trial: Trial, shown: Shown): void {
    const own = this.#seenOf(entry);
    const isFirst = Number.isNaN(own.dueMs);
    const tick = readTick(entry, shown, own.timesMs);
    own.dueMs = shown.dueMs;
    own.tick = isFirst ? new Map() : tick;
    const other = this.#seen.get(entry === trial.live ? trial.shadow : trial.live);
    if (other?.dueMs === shown.dueMs) this.#made.add(trial);
  }

  /** The ticks that both lanes have made since this was last asked. */
  *made(ahead: readonly LaneAhead[]): Generator<ShadowTick> {
    if (this.#made.size === 0) return;
    for (const trial of this.#made) {
      const live = this.#seenOf(trial.live);
      const shadow = this.#seenOf(trial.shadow);
      yield {
        twin: trial.live.info.config.id,
        atMs: live.dueMs,
        live: live.tick,
        shadow: shadow.tick,
        ahead: aheadOf(trial, ahead),
      };
    }
    this.#made.clear();
  }

  forget(...entries: readonly Entry[]): void {
    for (const entry of entries) this.#seen.delete(entry);
  }

  #seenOf(entry: Entry): Seen {
    const known = this.#seen.get(entry);
    if (known !== undefined) return known;
    const timesMs = new Float64Array(entry.info.model.measurements.length).fill(Number.NaN);
    const seen = { timesMs, dueMs: Number.NaN, tick: new Map() };
    this.#seen.set(entry, seen);
    return seen;
  }
}

/** Overwrites `timesMs` by the times of the newest samples. */
function readTick(
  { view: { layout, model } }: Entry,
  { frame: { values, lanes }, lane }: Shown,
  timesMs: Float64Array,
): TrialTick {
  const tick = new Map<string, TrialReading>();
  const read = (column: number): number => values[column * lanes + lane] ?? Number.NaN;
  for (const [i, { name }] of model.measurements.entries()) {
    const timeMs = read(layout.measuredTimes + i);
    if (Number.isNaN(timeMs) || timeMs === timesMs[i]) continue;
    timesMs[i] = timeMs;
    tick.set(name, {
      timeMs,
      innovation: read(layout.innovations + i),
      deviation: read(layout.deviations + i),
      rejected: read(layout.rejected + i) === 1,
    });
  }
  return tick;
}

/** The shard may have heard of a swap sooner or later than readers. */
function aheadOf({ live, shadow }: Trial, all: readonly LaneAhead[]): ShadowTick['ahead'] {
  const own = all.find(({ twin }) => twin === live.target.index);
  if (own !== undefined) return own.errors;
  const other = all.find(({ twin }) => twin === shadow.target.index);
  return (other?.errors ?? []).map(({ live: theirs, shadow: its, ...rest }) => ({
    ...rest,
    live: its,
    shadow: theirs,
  }));
}
