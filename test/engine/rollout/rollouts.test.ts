/** Rollouts: begun, promoted, widened, taken back by hand and by themselves, over restarts. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import type { Rollout } from '../../../src/engine/index.ts';
import { later, next, old, request, scene } from './support.ts';

const minute = 60_000;

test('begins in the shadow, goes live, and is done when nothing was worse in the watch', async () => {
  const { rollouts, fleet, clock } = await scene();
  await rollouts.start(request({ rollback: { watchMs: 10 * minute } }));
  await rollouts.settled();
  assert.deepEqual(states(rollouts.get('r')), ['p-1 shadow', 'p-2 shadow', 'p-3 shadow']);
  assert.equal(fleet.shadow('p-1')?.model, next);
  await rollouts.promote('r');
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'live');
  assert.deepEqual(states(rollouts.get('r')), ['p-1 live', 'p-2 live', 'p-3 live']);
  assert.equal(fleet.twin('p-3')?.model, next);
  assert.equal(fleet.shadow('p-3')?.model, old);
  await clock.advance(9 * minute);
  assert.equal(rollouts.get('r').state, 'live');
  await clock.advance(minute);
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'done');
  assert.deepEqual(states(rollouts.get('r')), ['p-1 kept', 'p-2 kept', 'p-3 kept']);
  assert.equal(fleet.shadow('p-1'), undefined);
  assert.deepEqual(
    fleet.told.map(({ twin, kind, subject }) => [twin, kind, subject]),
    [1, 2, 3].map(() => ['*', 'rollout', 'r']),
  );
  assert.deepEqual(acts(rollouts.get('r')), ['start', 'promote', 'done']);
  await rollouts.stop();
});

test('taken back by hand, every twin runs the old version alone again', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ stage: 'live' }));
  await rollouts.settled();
  assert.equal(fleet.twin('p-2')?.model, next);
  await rollouts.rollBack('r', 'Ann does not like it');
  await rollouts.settled();
  assert.deepEqual(states(rollouts.get('r')), ['p-1 returned', 'p-2 returned', 'p-3 returned']);
  for (const id of ['p-1', 'p-2', 'p-3']) {
    assert.equal(fleet.twin(id)?.model, old);
    assert.equal(fleet.shadow(id), undefined);
  }
  const told = fleet.told.at(-1);
  assert.deepEqual(
    [told?.kind, told?.message],
    ['rolled-back', 'rollout `r` is rolled back: Ann does not like it'],
  );
  await rollouts.end('r');
  assert.equal(rollouts.get('r').state, 'ended');
  assert.equal(fleet.told.at(-1)?.kind, 'rollout-ended');
  await rollouts.stop();
});

test('ended while live, the new version stays; ended in the shadow, it goes', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ stage: 'live' }));
  await rollouts.start(request({ id: 's', of: { twins: ['p-5'] } }));
  await rollouts.end('r');
  await rollouts.end('s');
  await rollouts.settled();
  assert.deepEqual([rollouts.get('r').state, rollouts.get('s').state], ['done', 'ended']);
  assert.deepEqual([fleet.twin('p-1')?.model, fleet.shadow('p-1')], [next, undefined]);
  assert.deepEqual([fleet.twin('p-5')?.model, fleet.shadow('p-5')], [old, undefined]);
  await rollouts.stop();
});

test('a percentage is a part of every larger one, and widening adds the others', async () => {
  const { rollouts, fleet } = await scene(100);
  const ids = () => rollouts.get('r').twins.map(({ id }) => id);
  await rollouts.start(request({ of: { percent: 10 } }));
  const ten = ids();
  assert.equal(ten.length, 10);
  await rollouts.widen('r', { percent: 50 });
  const fifty = ids();
  assert.equal(fifty.length, 50);
  assert.deepEqual(fifty.slice(0, 10), ten);
  await rollouts.promote('r');
  await rollouts.widen('r', { percent: 100 });
  await rollouts.settled();
  assert.equal(new Set(ids()).size, 100);
  assert.ok(rollouts.get('r').twins.every(({ state }) => state === 'live'));
  assert.ok(fleet.twins().every(({ model }) => model !== old));
  await rollouts.stop();
});

test('the same rollout always begins with the same twins, and another with others', async () => {
  const chosen = async (id: string): Promise<string[]> => {
    const { rollouts } = await scene(100);
    await rollouts.start(request({ id, of: { percent: 20 } }));
    await rollouts.stop();
    return rollouts.get(id).twins.map((twin) => twin.id);
  };
  const [a, b] = [await chosen('a'), new Set(await chosen('b'))];
  assert.deepEqual(await chosen('a'), a);
  // Of 20 and 20 out of 100, four are shared on average.
  assert.ok(a.filter((id) => b.has(id)).length < 10);
});

test('a group, and a part of a group', async () => {
  const { rollouts } = await scene();
  await rollouts.start(request({ of: { group: 'east' } }));
  const ids = rollouts.get('r').twins.map(({ id }) => id);
  assert.deepEqual(ids.toSorted(), ['p-10', 'p-2', 'p-4', 'p-6', 'p-8']);
  await rollouts.end('r');
  await rollouts.settled();
  await rollouts.start(request({ id: 's', of: { percent: 40, group: 'east' } }));
  assert.equal(rollouts.get('s').twins.length, 2);
  await rollouts.stop();
});

test('after a crash the twins go on to their goals, and what was seen is known but for a minute', async () => {
  const made = await scene();
  await made.rollouts.start(request({ rollback: { watchMs: 5 * minute } }));
  await made.rollouts.settled();
  made.fleet.tick(700, { old: 1, new: 0.6 });
  await made.clock.advance(minute);
  await made.restart();
  await made.rollouts.settled();
  assert.deepEqual(states(made.rollouts.get('r')), ['p-1 shadow', 'p-2 shadow', 'p-3 shadow']);
  assert.equal(made.rollouts.findings('r').together.verdict, 'better');
  assert.equal(made.rollouts.comparison('p-2')?.together.samples, 700);
  // It dies with the promotion written down and no twin swapped.
  for (const id of ['p-1', 'p-2', 'p-3'])
    made.fleet.failures.set(`swap ${id}`, new GemelError('FLEET_STOPPED', 'dead'));
  await made.rollouts.promote('r');
  await made.rollouts.settled();
  assert.equal(made.fleet.twin('p-1')?.model, old);
  made.fleet.failures.clear();
  await made.restart();
  await made.rollouts.settled();
  assert.deepEqual(states(made.rollouts.get('r')), ['p-1 live', 'p-2 live', 'p-3 live']);
  assert.equal(made.fleet.twin('p-1')?.model, next);
  await made.clock.advance(5 * minute);
  await made.rollouts.settled();
  assert.equal(made.rollouts.get('r').state, 'done');
  await made.rollouts.stop();
});

test('a watch that ended while nobody was there is over at once', async () => {
  const made = await scene();
  await made.rollouts.start(request({ stage: 'live', rollback: { watchMs: minute } }));
  await made.rollouts.settled();
  await made.rollouts.stop();
  await made.clock.advance(2 * minute);
  await made.restart();
  await made.clock.advance(1);
  await made.rollouts.settled();
  assert.equal(made.rollouts.get('r').state, 'done');
  await made.rollouts.stop();
});

test('what fails for the moment is tried again, and a twin that cannot run it is left alone', async () => {
  const { rollouts, fleet, clock } = await scene();
  fleet.failures.set(`begin p-2 ${next.id}`, new GemelError('JOURNAL_UNWRITABLE', 'the disk is full'));
  fleet.failures.set(`begin p-3 ${next.id}`, new GemelError('SIGNAL_UNKNOWN', 'no such signal'));
  await rollouts.start(request());
  await rollouts.settled();
  assert.deepEqual(states(rollouts.get('r')), ['p-1 shadow', 'p-2 waiting', 'p-3 refused']);
  assert.equal(rollouts.get('r').twins[1]?.problem?.code, 'JOURNAL_UNWRITABLE');
  fleet.failures.clear();
  await clock.advance(10_000);
  await rollouts.settled();
  assert.deepEqual(states(rollouts.get('r')), ['p-1 shadow', 'p-2 shadow', 'p-3 refused']);
  assert.equal(rollouts.get('r').twins[1]?.problem, undefined);
  assert.equal(rollouts.get('r').twins[2]?.problem?.message, 'no such signal');
  // It is free for another.
  await rollouts.start(request({ id: 's', model: later.id, of: { twins: ['p-3'] } }));
  await rollouts.stop();
});

test('a twin that goes leaves the rollout, and comes back into it', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request());
  await rollouts.settled();
  fleet.remove('p-2');
  assert.deepEqual(states(rollouts.get('r')), ['p-1 shadow', 'p-2 gone', 'p-3 shadow']);
  await rollouts.promote('r');
  await rollouts.settled();
  assert.equal(rollouts.get('r').twins[1]?.state, 'gone');
  fleet.add('p-2');
  await rollouts.settled();
  assert.equal(rollouts.get('r').twins[1]?.state, 'live');
  await rollouts.stop();
});

function states({ twins }: Rollout): string[] {
  return twins.map(({ id, state }) => `${id} ${state}`);
}

function acts(rollout: Rollout): string[] {
  return rollout.acts.map(({ act }) => act);
}
