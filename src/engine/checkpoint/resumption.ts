/** What a restart finds in its checkpoint that people should know, in sentences. */

import { formatSpan } from '../basics/index.ts';
import type { CheckpointPart } from '../protocol/index.ts';

/** A checkpoint so far ahead of the clock is worth a word. */
const aheadMs = 10_000;

/** What is in the checkpoint and cannot go on as it is. */
export function describeParts(
  parts: readonly CheckpointPart[],
  isHere: (id: string) => boolean,
  nowMs: number,
): string[] {
  const notes = [describeStrangers(parts, isHere), describeFuture(parts, nowMs), describeReferences(parts)];
  return notes.filter((note) => note !== undefined);
}

/** With a journal they were looked up before (see look-up.ts). */
function describeReferences(parts: readonly CheckpointPart[]): string | undefined {
  if (parts.every(({ from }) => from === undefined)) return undefined;
  return 'the checkpoint only refers to its newest samples, which are in the journal: switched off, it leaves the twins as they were before';
}

/** Somebody has set the computer's clock back since. */
function describeFuture(parts: readonly CheckpointPart[], nowMs: number): string | undefined {
  const savedMs = Math.max(...parts.map((part) => part.savedMs));
  if (!(savedMs > nowMs + aheadMs)) return undefined;
  return (
    `the checkpoint is ${formatSpan(savedMs - nowMs)} ahead of the computer's clock, which was set back: the twins stand still ` +
    'until it gets there; if it is right now, move the directory of the checkpoints away to begin anew'
  );
}

/** Twins of the checkpoint that are no longer there, if there are any. */
function describeStrangers(
  parts: readonly CheckpointPart[],
  isHere: (id: string) => boolean,
): string | undefined {
  const strangers = parts.flatMap(({ twins }) => twins).filter((id) => !isHere(id));
  if (strangers.length === 0) return undefined;
  const named = strangers.length > 5 ? `${strangers.slice(0, 5).join(', ')}, …` : strangers.join(', ');
  return `the checkpoint also has ${strangers.length} twins that no longer run here: ${named}`;
}

/** Another kernel than that of the checkpoint, if it is one. */
export function describeKernels(parts: readonly CheckpointPart[], now: string): string | undefined {
  const others = [...new Set(parts.flatMap(({ kernel = [] }) => kernel))].filter((kernel) => kernel !== now);
  if (others.length === 0) return undefined;
  return `the twins were computed by ${others.join(', ')} until now, from here on ${now}: their last bits may differ`;
}
