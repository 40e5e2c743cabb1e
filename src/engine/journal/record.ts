/** The content of any record of the journal. */

import { type AlarmRecord, decodeAlarm } from './alarm-record.ts';
import { type Command, decodeCommand } from './command-record.ts';
import { decodeFleet, type FleetRecord } from './fleet-record.ts';
import { decodeGap, type GapRecord } from './gap-record.ts';
import { decodeSamples, type RecordedSample } from './samples-record.ts';
import { decodeTick, type TickRecord } from './tick-record.ts';

export type JournalRecord =
  | { readonly kind: 'samples'; readonly samples: readonly RecordedSample[] }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'tick'; readonly tick: TickRecord }
  | { readonly kind: 'fleet'; readonly fleet: FleetRecord }
  | { readonly kind: 'alarm'; readonly alarm: AlarmRecord }
  | { readonly kind: 'gap'; readonly gap: GapRecord };

/** Undefined for one that this version does not know. */
export function decodeRecord(content: Uint8Array): JournalRecord | undefined {
  const samples = decodeSamples(content);
  if (samples !== undefined) return { kind: 'samples', samples };
  const tick = decodeTick(content);
  if (tick !== undefined) return { kind: 'tick', tick };
  const command = decodeCommand(content);
  if (command !== undefined) return { kind: 'command', command };
  const fleet = decodeFleet(content);
  if (fleet !== undefined) return { kind: 'fleet', fleet };
  const alarm = decodeAlarm(content);
  if (alarm !== undefined) return { kind: 'alarm', alarm };
  const gap = decodeGap(content);
  return gap && { kind: 'gap', gap };
}
