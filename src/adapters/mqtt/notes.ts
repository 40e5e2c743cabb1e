/** Lines for the log. What an ill-behaved client can cause a thousand times a second is said once in ten seconds, with a count. */

import type { MqttNote } from './transport.ts';

const quietMs = 10_000;

export interface Notes {
  on(listener: (note: MqttNote) => void): () => void;
  say(note: MqttNote): void;
  /** Like `say`, but at most once in ten seconds for each `kind`; the next note says how many were left out. */
  saySometimes(kind: string, note: MqttNote): void;
}

export function createNotes(nowMs: () => number = Date.now): Notes {
  const listeners = new Set<(note: MqttNote) => void>();
  const kinds = new Map<string, { lastMs: number; leftOut: number }>();

  const say = (note: MqttNote): void => {
    for (const listener of listeners) listener(note);
  };
  return {
    say,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    saySometimes(kind, note) {
      const seen = kinds.get(kind);
      if (seen !== undefined && nowMs() - seen.lastMs < quietMs) {
        seen.leftOut += 1;
        return;
      }
      const more = seen !== undefined && seen.leftOut > 0 ? ` (and ${seen.leftOut} more like it before)` : '';
      kinds.set(kind, { lastMs: nowMs(), leftOut: 0 });
      say({ ...note, message: note.message + more });
    },
  };
}
