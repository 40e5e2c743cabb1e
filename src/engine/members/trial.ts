/**
 * A trial as the fleet keeps it: two lanes of a twin, of two versions of its model, on the same samples. Readers see the live
 * one; the other is its shadow.
 *
 * A swap exchanges the roles at a tick boundary and copies no number: ticks up to there are those of the lane that was live,
 * later ones those of the other. Frames of the two come in any order, so each is judged by when its tick was due, and readers
 * see the exchange once both lanes have come to the boundary.
 */

import type { Model } from '../../core/model/index.ts';
import { createSignalTable, isInBounds, type SignalTable } from '../ingest/index.ts';
import { countedElsewhere } from '../lanes/index.ts';
import type { Sample } from '../protocol/index.ts';
import type { Frame } from '../snapshot/index.ts';
import { signalAt } from '../twin/index.ts';
import type { Entry } from './entry.ts';

/** A swap that readers have not seen yet. */
interface PendingSwap {
  readonly atMs: number;
  /** The shard says that the lane that was live has made the tick of `atMs`: its frame was sent, or never will be. */
  passed: boolean;
  /** A later frame of the lane that was live, which nobody is to see before. */
  held: Shown | undefined;
  readonly done: () => void;
}

/** A lane's part of a frame. */
export interface Shown {
  readonly frame: Frame;
  readonly lane: number;
  readonly dueMs: number;
}

export interface Trial {
  live: Entry;
  shadow: Entry;
  routes: TrialRoutes;
  swap: PendingSwap | undefined;
  /** When the roles were exchanged last. */
  swappedMs: number;
}

/** Signals of both versions, those of the live one first, and their numbers in the other. */
export interface TrialRoutes {
  readonly table: SignalTable;
  readonly live: number;
  /** By signal of the table; −1: the shadow does not have it. */
  readonly shadow: readonly number[];
  readonly shadowModel: Model;
}

export function routesOf(live: Model, shadow: Model): TrialRoutes {
  const own = createSignalTable(live);
  const other = createSignalTable(shadow);
  const signals = [...own.signals, ...other.signals.filter(({ name }) => !own.index.has(name))];
  const index = new Map(signals.map(({ name }, number) => [name, number]));
  return {
    table: { ...own, signals, index },
    live: own.signals.length,
    shadow: signals.map(({ name }) => other.index.get(name) ?? -1),
    shadowModel: shadow,
  };
}

/** What is given to a lane for a sample of its twin, whose signal is one of the table. */
type Given = Omit<Sample, 'twin'>;

/** The samples that the lanes of a trial are given for one of its twin. It is counted by the live one, if that has the signal. */
export function samplesOf({ live, shadow, routes }: Trial, sample: Given): Sample[] {
  const { signal, timeMs, value, receivedMs, origin } = sample;
  const isLive = signal < routes.live;
  const given = isLive ? [{ twin: live.target.index, signal, timeMs, value, receivedMs, origin }] : [];
  const other = routes.shadow[signal] ?? -1;
  const described = signalAt(routes.shadowModel, other);
  if (described === undefined || !isInBounds(described, value)) return given;
  const own = isLive ? countedElsewhere(receivedMs) : receivedMs;
  return [...given, { twin: shadow.target.index, signal: other, timeMs, value, receivedMs: own, origin }];
}

/** Whether readers see this tick of a lane as one of the twin. */
export function isPublished(entry: Entry, dueMs: number): boolean {
  const { trial } = entry;
  if (trial === undefined) return true;
  return (
    entry === trial.live &&
    dueMs > trial.swappedMs &&
    !(dueMs > (trial.swap?.atMs ?? Number.POSITIVE_INFINITY))
  );
}

/** Whether readers are told an event of a lane as one of the twin: that of the lane that was live then. */
export function isTold(entry: Entry, timeMs: number): boolean {
  const { trial } = entry;
  if (trial === undefined) return true;
  return entry === trial.live ? timeMs > trial.swappedMs : timeMs <= trial.swappedMs;
}
