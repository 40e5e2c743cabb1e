/** What the engine keeps of a lane beside its numbers: its twin, its samples, where it was, and what was told of it. */

import type { Model } from '../../core/model/index.ts';
import type { LateTarget, ShardTwin, SideCopy, Told } from '../protocol/index.ts';
import { type HistorySpan, LaneHistory } from './history.ts';
import { LaneSamples, type SampleOrder } from './samples.ts';

export interface LaneSide {
  readonly twin: ShardTwin;
  readonly samples: LaneSamples;
  readonly history: LaneHistory;
  readonly told: Told;
  /** What detection remembers of the twin. */
  readonly detection: Float64Array;
  /** Event time of the newest sample of each signal when the history began; NaN: none. */
  readonly beforeMs: number[];
  /** Where its late samples take it back to; undefined if there are none. */
  late: LateTarget | undefined;
  /** Whether another lane is what readers see of the twin: then nothing of this one is counted. */
  isShadow: boolean;
}

/** Of a block: what its lanes share. */
export interface SideShape {
  readonly model: Model;
  readonly order: SampleOrder;
  readonly span: HistorySpan;
}

export function createSide(
  twin: ShardTwin,
  { model, order, span }: SideShape,
  firstBoundary: number,
  detectionWidth: number,
): LaneSide {
  const samples = new LaneSamples(order, twin.queueLimit);
  samples.beginAt(firstBoundary);
  const measurements = model.measurements.length;
  return {
    twin,
    samples,
    history: new LaneHistory(span),
    told: {
      held: listOf(2 * model.states.length, 0),
      silent: listOf(measurements, 0),
      rejected: listOf(measurements, 0),
      firedMs: listOf(model.whens.length, Number.NEGATIVE_INFINITY),
      cameMs: listOf(measurements, Number.NaN),
    },
    detection: new Float64Array(detectionWidth),
    beforeMs: listOf(model.inputs.length + measurements, Number.NaN),
    late: undefined,
    isShadow: twin.shadowOf !== undefined,
  };
}

/** Lists, since of so few numbers a typed array takes three hundred bytes besides. */
function listOf(length: number, number: number): number[] {
  return Array.from({ length }, () => number);
}

export function copySide({
  samples,
  history,
  told,
  detection,
  beforeMs,
  late,
  isShadow,
}: LaneSide): SideCopy {
  const copies = history.copies.map((copy) => ({ ...copy, numbers: copy.numbers.slice() }));
  return { rows: samples.copyOut(), copies, told, detection, beforeMs, late, isShadow };
}

export function sideOf(
  twin: ShardTwin,
  { order, span }: SideShape,
  { rows, copies, told, detection, beforeMs, late, isShadow }: SideCopy,
): LaneSide {
  return {
    twin,
    samples: LaneSamples.of(order, twin.queueLimit, rows),
    history: new LaneHistory(span, copies),
    told,
    detection,
    beforeMs,
    late,
    isShadow,
  };
}

/** Takes an item out of a list whose last one then has its place. */
export function fillHole<T>(items: T[], at: number): void {
  const last = items.pop();
  if (last !== undefined && at < items.length) items[at] = last;
}
