/** Memory that is not to be had: what a fleet makes of it at its start, and when a twin is added. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import { type Backend, javascriptBackend } from '../../../src/core/kernel/index.ts';
import { createFleet, createLocalShard, createManualClock } from '../../../src/engine/index.ts';
import { startMs, state, tank, twinOf } from '../support.ts';

/** A backend that has memory for so many blocks. */
function backendFor(blocks: number): Backend {
  let left = blocks;
  const compile = (program: Parameters<Backend>[0]): ReturnType<Backend> => javascriptBackend(program);
  return Object.assign(compile, {
    arithmetic: javascriptBackend.arithmetic,
    allocate(length: number): Float64Array {
      if (left-- <= 0) throw new GemelError('MEMORY_EXHAUSTED', `${length} numbers do not fit into memory`);
      return javascriptBackend.allocate(length);
    },
  });
}

test('a fleet whose twins do not fit into memory does not start, and says why', async () => {
  const clock = createManualClock(startMs);
  const start = createFleet({
    models: [tank],
    twins: [twinOf('a', tank)],
    clock,
    shards: [createLocalShard(clock, backendFor(0))],
  });
  await assert.rejects(start, { code: 'WORKER_FAILED', message: /do not fit into memory/ });
});

test('a twin for which there is no memory is refused, and the others run on', async () => {
  const clock = createManualClock(startMs);
  const fleet = await createFleet({
    models: [tank],
    twins: [twinOf('a', tank)],
    clock,
    shards: [createLocalShard(clock, backendFor(1))],
  });
  await assert.rejects(fleet.add(twinOf('b', tank)), { code: 'MEMORY_EXHAUSTED' });
  assert.equal(fleet.twin('b'), undefined);
  await clock.advance(1000);
  assert.equal(state(fleet, 'a', 'volume'), 1);
  await fleet.stop();
});
