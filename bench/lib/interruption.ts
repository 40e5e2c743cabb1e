/** What an interruption of a run by hand does: it ends what was started, then the run. */

import type { Scope } from './scope.ts';

export interface Interruption {
  came(): boolean;
  release(): void;
}

/** Ctrl-C leaves no process and no directory behind. */
export function endOnSignal(scope: Scope): Interruption {
  let came = false;
  const end = (signal: NodeJS.Signals) => {
    came = true;
    console.error(`\n${signal}: ending what was started`);
    void scope.end().finally(() => process.exit(1));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return {
    came: () => came,
    release() {
      for (const signal of signals) process.off(signal, end);
    },
  };
}
