/** What a restart finds in its checkpoint that people should know, in sentences. */

import type { CheckpointPart } from './checkpoint.ts';

/** Twins of the checkpoint that are no longer there, if there are any. */
export function describeStrangers(
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
