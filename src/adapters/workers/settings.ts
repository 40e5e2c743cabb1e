/** What a worker thread is told when it begins, and what it may say besides the messages of its shard. */

import type { Pace } from './paced-clock.ts';

export interface WorkerSettings {
  readonly pace: Pace;
  /** The backend wanted, by name. */
  readonly kernel?: string;
}

/** For the log of the process. */
export interface Note {
  readonly kind: 'note';
  readonly text: string;
}
