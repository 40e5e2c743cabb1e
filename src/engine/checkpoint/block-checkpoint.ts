/**
 * A block to a part of a checkpoint, and back: lane by lane and by name, since after a restart a twin may be in
 * another shard and another lane.
 *
 * Parameters are not kept: they are configuration. An input is kept only if a sample set it; otherwise the
 * configuration of today counts.
 */

import type { Block } from '../block/index.ts';
import { beliefSlots } from '../lanes/index.ts';
import {
  type CheckpointPart,
  type JournalPosition,
  sampleAt,
  sampleScratch,
  sampleColumns,
  type SavedVersion,
} from '../protocol/index.ts';
import { documentHash, signalNamesOf } from '../twin/index.ts';
import { SavedSamples } from './saved-samples.ts';

/** A number of a lane and its name in checkpoints. */
interface Column {
  readonly name: string;
  readonly read: (lane: number) => number;
  readonly write: (lane: number, value: number) => void;
  /** Checkpoints of earlier versions do not have it: then it begins as NaN. */
  readonly isNew?: boolean;
}

/** A part whose numbers are nobody else's: they may be handed over. */
export type SavedPart = CheckpointPart &
  Record<'values' | 'queued', Float64Array<ArrayBuffer>> & { readonly origins?: Uint8Array<ArrayBuffer> };

export function buffersOf({ values, queued, origins }: SavedPart): ArrayBuffer[] {
  return [values.buffer, queued.buffer, ...(origins === undefined ? [] : [origins.buffer])];
}

/** When, by what arithmetic, of which block of the shard, and how it stands to the journal, if there is one. */
export interface PartMade {
  readonly savedMs: number;
  readonly kernel: string;
  readonly number: number;
  readonly journal: JournalPosition | undefined;
}

export function saveBlock(block: Block, { savedMs, kernel, number, journal }: PartMade): SavedPart {
  block.workIn();
  const columns = [...columnsOf(block), ...beliefColumns(block)];
  const { lanes } = block;
  const { names } = block.detection;
  const values = new Float64Array((columns.length + names.length) * lanes);
  const beginsMs: number[] = [];
  const samples = new SavedSamples(journal?.refersFrom ?? Number.POSITIVE_INFINITY);
  for (let lane = 0; lane < lanes; lane++) {
    // Taken back as far as late samples may take it, so that after a restart they still can.
    const back = journal === undefined ? undefined : goBack(block, lane);
    for (const [index, { read }] of columns.entries()) values[index * lanes + lane] = read(lane);
    beginsMs.push(back?.atMs ?? block.beliefMs);
    const side = block.side(lane);
    if (side !== undefined) samples.add(lane, side.samples, back?.place ?? side.samples.applied);
    back?.return();
  }
  // Records are most of it, and lie together.
  for (let lane = 0; lane < lanes; lane++) {
    const record = block.side(lane)?.detection;
    for (let i = 0; i < names.length; i++) values[(columns.length + i) * lanes + lane] = record?.[i] ?? 0;
  }
  return {
    model: block.model.id,
    hash: documentHash(block.model.document),
    savedMs,
    kernel,
    ...(journal !== undefined && { journal: journal.last, block: number, beginsMs, madeMs: block.beliefMs }),
    twins: block.twins.map(({ id }) => id),
    ...versionsOf(block),
    columns: [...columns.map(({ name }) => name), ...names],
    values,
    signals: signalNamesOf(block.model),
    queued: samples.rows(),
    ...(samples.first < Number.POSITIVE_INFINITY && { from: samples.first, origins: samples.origins() }),
  };
}

/** Of the lanes that are not what the project names. */
function versionsOf(block: Block): Pick<CheckpointPart, 'versions'> {
  const versions: Record<string, SavedVersion> = {};
  for (const [lane, { id, model, parameters, named = { model, parameters } }] of block.twins.entries()) {
    const isShadow = block.side(lane)?.isShadow === true;
    if (!isShadow && named.model === model) continue;
    versions[id] = { role: isShadow ? 'shadow' : 'live', named, parameters };
  }
  return Object.keys(versions).length === 0 ? {} : { versions };
}

/** Shows a lane as it was at the start of its history, until `return`; undefined if it has none. */
function goBack(block: Block, lane: number) {
  const { memory } = block;
  const oldest = block.side(lane)?.history.oldest;
  if (oldest === undefined) return undefined;
  const now = new Float64Array(memory.savedCount);
  memory.save(lane, now);
  memory.load(lane, oldest.numbers);
  return {
    /** When the last tick was due that it had made, and the place of the first sample that came after that. */
    atMs: oldest.k * block.periodMs,
    place: oldest.place,
    return: () => memory.load(lane, now),
  };
}

/** Puts in place what the parts say of this block's twins, and tells for each whether it goes on or begins anew. */
export function restoreBlock(block: Block, parts: readonly CheckpointPart[], nowMs: number): void {
  const lanes = new Map(block.twins.map(({ id }, lane) => [id, lane]));
  const hash = documentHash(block.model.document);
  const restored = new Set<number>();
  const misfits = new Map<number, string>();
  for (const part of parts) {
    const problem = misfit(block, part, hash);
    const plan = planOf(block, part);
    for (const [row, id] of part.twins.entries()) {
      const lane = lanes.get(id);
      if (lane === undefined) continue;
      if (problem === undefined) {
        restoreLane(block, lane, { part, row, plan }, nowMs);
        restored.add(lane);
      } else misfits.set(lane, problem);
    }
    if (problem === undefined) restoreQueues(block, lanes, part);
  }
  // A twin in a trial is in two parts, of which one is another lane's.
  for (const [lane, problem] of misfits) if (!restored.has(lane)) block.events.afresh(lane, problem, nowMs);
}

function misfit(block: Block, part: CheckpointPart, hash: string): string | undefined {
  if (part.model !== block.model.id)
    return `its checkpoint is of ${part.model}, it now runs ${block.model.id}`;
  if (part.hash !== hash) return `the document of ${part.model} has changed without a new version`;
  const known = new Set(part.columns);
  const missing = columnsOf(block).find(({ name, isNew }) => !isNew && !known.has(name));
  return missing === undefined ? undefined : `its checkpoint has no ${missing.name}`;
}

/** Where a part has what a block's lanes need. Columns are named once, not for each of ten thousand twins. */
interface RestorePlan {
  readonly columns: readonly Placed[];
  /** Undefined if the part has the uncertainty of other states. */
  readonly belief: readonly Placed[] | undefined;
  /** Columns of detection's record. */
  readonly detection: readonly number[];
}

interface Placed {
  readonly write: Column['write'];
  /** −1: the part does not have it. */
  readonly column: number;
}

/** A twin in a part. */
interface SavedLane {
  readonly part: CheckpointPart;
  readonly row: number;
  readonly plan: RestorePlan;
}

function planOf(block: Block, { columns }: CheckpointPart): RestorePlan {
  const places = new Map(columns.map((name, column) => [name, column]));
  const placed = ({ name, write }: Column): Placed => ({ write, column: places.get(name) ?? -1 });
  const belief = beliefColumns(block).map(placed);
  const saved = columns.filter((name) => name.startsWith('factor ') || name.startsWith('member ')).length;
  const isSame = saved === belief.length && belief.every(({ column }) => column >= 0);
  return {
    columns: columnsOf(block).map(placed),
    belief: isSame ? belief : undefined,
    detection: block.detection.names.map((name) => places.get(name) ?? -1),
  };
}

function numberOf({ part: { values, twins }, row }: SavedLane, column: number): number {
  return values[column * twins.length + row] ?? Number.NaN;
}

function restoreLane(block: Block, lane: number, saved: SavedLane, nowMs: number): void {
  const { memory, model } = block;
  const configured = model.inputs.map((_, i) => memory.slot(lane, memory.layout.inputs + i));
  for (const { write, column } of saved.plan.columns) write(lane, numberOf(saved, column));
  for (const [i, value] of configured.entries()) {
    const hadSample = !Number.isNaN(memory.note(lane, memory.frameLayout.inputTimes + i));
    if (!hadSample) memory.setSlot(lane, memory.layout.inputs + i, value);
  }
  restoreBelief(block, lane, saved, nowMs);
  restoreDetection(block, lane, saved);
  block.restored(lane);
  block.events.resumed(lane, nowMs - memory.note(lane, memory.frameLayout.beliefMs), nowMs);
}

/** The belief goes on if the checkpoint has that of the same states; otherwise its uncertainty begins anew. */
function restoreBelief(block: Block, lane: number, saved: SavedLane, nowMs: number): void {
  const { belief } = saved.plan;
  if (belief?.every(({ column }) => Number.isFinite(numberOf(saved, column))) === true) {
    for (const { write, column } of belief) write(lane, numberOf(saved, column));
    return;
  }
  block.events.tell(lane, {
    kind: 'afresh',
    timeMs: nowMs,
    message: 'the uncertainty of the twin begins anew: its checkpoint is of other estimated states',
  });
}

/** Detection goes on if the checkpoint has all of its record; otherwise it learns anew. */
function restoreDetection(block: Block, lane: number, saved: SavedLane): void {
  const numbers = saved.plan.detection.map((column) => numberOf(saved, column));
  if (numbers.every(Number.isFinite)) block.side(lane)?.detection.set(numbers);
}

function restoreQueues(block: Block, lanes: ReadonlyMap<string, number>, part: CheckpointPart): void {
  const signals = new Map(signalNamesOf(block.model).map((name, index) => [name, index]));
  const laneOf = part.twins.map((id) => lanes.get(id));
  const signalOf = part.signals.map((name) => signals.get(name));
  const { queued } = part;
  const sample = sampleScratch();
  for (let at = 0; at < queued.length; at += sampleColumns.count) {
    sampleAt(queued, at, sample);
    const lane = laneOf[sample.twin];
    const signal = signalOf[sample.signal];
    if (lane === undefined || signal === undefined) continue;
    sample.signal = signal;
    block.refill(lane, sample);
  }
}

/** The uncertainty by the names of the states, in an order of rows that the names tell as well. */
function beliefColumns({ memory, model, motion }: Block): Column[] {
  if (motion.belief === undefined) return [];
  const { layout } = motion.belief;
  const state = (row: number): string => model.states[layout.estimated[row] ?? -1]?.name ?? '?';
  return beliefSlots(layout).map(({ slot, of: [kind, first, row] }) => ({
    name: kind === 'factor' ? `factor ${state(first)} ${state(row)}` : `member ${first} ${state(row)}`,
    read: (lane) => memory.slot(lane, slot),
    write: (lane, value) => memory.setSlot(lane, slot, value),
  }));
}

function columnsOf(block: Block): Column[] {
  const { memory, model } = block;
  const { layout, frameLayout } = memory;
  const slot = (name: string, at: number): Column => ({
    name,
    read: (lane) => memory.slot(lane, at),
    write: (lane, value) => memory.setSlot(lane, at, value),
  });
  const note = (name: string, at: number): Column => ({
    name,
    read: (lane) => memory.note(lane, at),
    write: (lane, value) => memory.setNote(lane, at, value),
  });
  const came = (name: string, at: number): Column => ({
    name: `came ${name}`,
    read: (lane) => block.side(lane)?.told.cameMs[at] ?? Number.NaN,
    write: (lane, value) => block.side(lane)?.told.cameMs.fill(value, at, at + 1),
  });
  const later = (column: Column): Column => ({ ...column, isNew: true });
  return [
    slot('time', layout.time),
    slot('time-error', layout.timeError),
    ...model.states.map(({ name }, i) => slot(`state ${name}`, layout.states + i)),
    ...model.inputs.map(({ name }, i) => slot(`input ${name}`, layout.inputs + i)),
    ...model.whens.map(({ name }, i) => slot(`when ${name}`, layout.whenTruth + i)),
    ...Array.from({ length: layout.solverSlots }, (_, i) => slot(`solver ${i}`, layout.solver + i)),
    ...layout.periods.map((period, i) => slot(`every ${period}`, layout.everyTimers + i)),
    // The next tick says it anew, but who stands still makes none.
    ...model.states.flatMap(({ name, min, max }, i) => [
      ...(min === undefined ? [] : [later(slot(`held min ${name}`, layout.heldMin + i))]),
      ...(max === undefined ? [] : [later(slot(`held max ${name}`, layout.heldMax + i))]),
    ]),
    ...model.inputs.map(({ name }, i) => note(`input-time ${name}`, frameLayout.inputTimes + i)),
    ...model.measurements.flatMap(({ name }, i) => [
      note(`measured ${name}`, frameLayout.measured + i),
      note(`measured-time ${name}`, frameLayout.measuredTimes + i),
      note(`innovation ${name}`, frameLayout.innovations + i),
      later(note(`deviation ${name}`, frameLayout.deviations + i)),
      later(note(`rejected ${name}`, frameLayout.rejected + i)),
      later(note(`rejected in a row ${name}`, frameLayout.rejectedRuns + i)),
      later(note(`interval ${name}`, frameLayout.intervals + i)),
      later(note(`intervals seen ${name}`, frameLayout.seen + i)),
    ]),
    ...model.measurements.map(({ name }, i) => later(came(name, i))),
    later(note('resets', frameLayout.resets)),
    note('status', frameLayout.status),
    note('belief', frameLayout.beliefMs),
    note('ticks', frameLayout.ticks),
  ];
}
