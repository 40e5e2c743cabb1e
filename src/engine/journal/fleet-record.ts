/**
 * What a fleet was, as records of the journal (kind 4: JSON), so that the journal is understood without the project's files.
 *
 * All of it stands there at the start of a process and every hour; in between, what changed of the blocks (twins that come and
 * go are commands). Many twins are spread over several records, of which the first says `begins`.
 */

import type { ModelDocument } from '../../core/model/index.ts';
import { decodeJson, encodeJson } from './json-record.ts';
import type { RecordedTwin } from './twin-record.ts';

export interface FleetRecord {
  readonly receivedMs: number;
  /** All of the fleet, from here on; what was said before no longer counts. */
  readonly begins?: true;
  /** Whether it begins because a process does. */
  readonly start?: true;
  /** `Backend.arithmetic` of what computes. */
  readonly kernel?: string;
  readonly models?: readonly RecordedModel[];
  readonly twins?: readonly RecordedTwin[];
  readonly blocks?: readonly RecordedBlock[];
}

export interface RecordedModel {
  /** `Model.id` */
  readonly id: string;
  readonly document: ModelDocument;
}

/** The lanes of a block, or how they changed. */
export interface RecordedBlock {
  readonly shard: number;
  readonly block: number;
  /** `Model.id` of what its lanes run; absent in records of before trials. */
  readonly model?: string;
  /** How many lanes there are now; 0: the block is gone. */
  readonly lanes: number;
  /** Ids of the twins in lanes from `from` on. Lanes that no entry says are as they were. */
  readonly changed: readonly { readonly from: number; readonly twins: readonly string[] }[];
}

const recordKind = 4;

export function encodeFleet(record: FleetRecord): Uint8Array {
  return encodeJson(recordKind, record);
}

/** Undefined if the record is of another kind, or has no time. */
export function decodeFleet(bytes: Uint8Array): FleetRecord | undefined {
  const fields = decodeJson(recordKind, bytes);
  return Number.isFinite(fields?.['receivedMs']) ? (fields as unknown as FleetRecord) : undefined;
}

/** What of a block's lanes is other than it was. */
export function changesOf(before: readonly string[], now: readonly string[]): RecordedBlock['changed'] {
  const changed: { readonly from: number; readonly twins: string[] }[] = [];
  for (let lane = 0; lane < now.length; lane++) {
    const twin = now[lane] ?? '';
    if (twin === before[lane]) continue;
    const last = changed.at(-1);
    if (last !== undefined && last.from + last.twins.length === lane) last.twins.push(twin);
    else changed.push({ from: lane, twins: [twin] });
  }
  return changed;
}

/** The lanes of a block after a change, in a new list. */
export function applyChanges(before: readonly string[], { lanes, changed }: RecordedBlock): string[] {
  const now = before.slice(0, lanes);
  for (const { from, twins } of changed) for (const [i, twin] of twins.entries()) now[from + i] = twin;
  return now;
}
