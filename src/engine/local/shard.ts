/**
 * A shard in the fleet's own thread: for tests, and for programs that bring their own loop. Messages still go one
 * turn of the microtask queue later, as between threads, so that nobody comes to depend on an answer at once.
 */

import type { Backend } from '../../core/kernel/index.ts';
import type { Clock, ShardLink } from '../ports/index.ts';
import type { FromShard } from '../protocol/index.ts';
import { Shard, ShardModels } from '../shard/index.ts';

/** `backend` makes the kernels; by default `defaultBackend` does. */
export function createLocalShard(clock: Clock, backend?: Backend): ShardLink {
  let listener: ((message: FromShard) => void) | undefined;
  let closed = false;
  const early: FromShard[] = [];
  const shard = new Shard({
    clock,
    models: new ShardModels(backend),
    send(message) {
      later(() => {
        if (listener === undefined) early.push(message);
        else listener(message);
      });
    },
  });
  return {
    send(message) {
      later(() => {
        if (!closed) shard.receive(message);
      });
    },
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    async close() {
      if (!closed) shard.receive({ kind: 'stop', request: -1 });
      closed = true;
    },
  };
}

function later(run: () => void): void {
  void Promise.resolve().then(run);
}
