/** Rollouts that are refused, each with its reason, and nothing done. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GemelError } from '../../../src/core/diagnose/index.ts';
import type { RolloutRequest } from '../../../src/engine/index.ts';
import { old, request, scene } from './support.ts';

const refused: readonly (readonly [name: string, code: string, request: Partial<RolloutRequest>])[] = [
  ['a name that is none', 'ROLLOUT_INVALID', { id: 'a b' }],
  ['a percentage out of range', 'ROLLOUT_INVALID', { of: { percent: 0 } }],
  ['a watch that is too short', 'ROLLOUT_INVALID', { rollback: { watchMs: 10 } }],
  ['a share out of range', 'ROLLOUT_INVALID', { rollback: { sharePercent: 101 } }],
  ['a model that is not there', 'MODEL_UNKNOWN', { model: 'pump@9.0.0' }],
  ['a twin that is not there', 'TWIN_UNKNOWN', { of: { twins: ['p-11'] } }],
  ['no twin', 'ROLLOUT_TWINS', { of: { twins: [] } }],
  ['a twin of another model', 'ROLLOUT_TWINS', { of: { twins: ['fan'] } }],
  ['the version that runs already', 'ROLLOUT_TWINS', { model: old.id }],
  ['a group that nobody is in', 'ROLLOUT_TWINS', { of: { group: 'eest' } }],
  ['a twin that is in another rollout', 'ROLLOUT_TWINS', { of: { twins: ['p-9'] } }],
  ['a name that is taken', 'ROLLOUT_EXISTS', { id: 'first' }],
];

for (const [name, code, more] of refused) {
  test(`refuses ${name}`, async () => {
    const { rollouts } = await scene();
    await rollouts.start(request({ id: 'first', of: { twins: ['p-9'] } }));
    await assert.rejects(rollouts.start(request(more)), { code });
    assert.equal(rollouts.list().length, 1);
    await rollouts.stop();
  });
}

test('refuses what does not fit the state, and tells what does', async () => {
  const { rollouts } = await scene();
  await rollouts.start(request());
  const refuse = (work: Promise<unknown>, hint: RegExp) =>
    assert.rejects(work, { code: 'ROLLOUT_STATE', hint });
  await refuse(rollouts.rollBack('r'), /promote, widen or end/);
  await rollouts.promote('r');
  await refuse(rollouts.promote('r'), /roll it back/);
  await assert.rejects(rollouts.widen('r', { twins: ['p-1'] }), { code: 'ROLLOUT_TWINS' });
  await rollouts.rollBack('r');
  await refuse(rollouts.widen('r', { twins: ['p-7'] }), /begin another/);
  await rollouts.end('r');
  await refuse(rollouts.end('r'), /it is over/);
  await assert.rejects(rollouts.promote('x'), { code: 'ROLLOUT_UNKNOWN' });
  await rollouts.stop();
});

test('a rollout that its first twin refuses has never been', async () => {
  const { rollouts, fleet, store } = await scene();
  fleet.failures.set('swap p-1', new GemelError('SIGNAL_UNKNOWN', 'no such signal'));
  await assert.rejects(rollouts.start(request({ stage: 'live' })), { code: 'SIGNAL_UNKNOWN' });
  assert.deepEqual(rollouts.list(), []);
  assert.equal(fleet.shadow('p-1'), undefined);
  assert.deepEqual(JSON.parse(store.texts.get('rollouts.json') ?? ''), { gemel: 1, rollouts: [] });
  await rollouts.stop();
});

test('what cannot be written is not done', async () => {
  const { rollouts, fleet, store, warnings } = await scene();
  store.refuses = true;
  await assert.rejects(rollouts.start(request()), { code: 'CHECKPOINT_UNWRITABLE' });
  assert.deepEqual([rollouts.list(), fleet.steps], [[], []]);
  store.refuses = false;
  await rollouts.start(request());
  await rollouts.settled();
  store.refuses = true;
  await assert.rejects(rollouts.promote('r'), { code: 'CHECKPOINT_UNWRITABLE' });
  await assert.rejects(rollouts.widen('r', { twins: ['p-7'] }), { code: 'CHECKPOINT_UNWRITABLE' });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'shadow');
  assert.equal(rollouts.get('r').twins.length, 3);
  assert.equal(fleet.twin('p-1')?.model, old);
  assert.ok(warnings.length > 0);
  await rollouts.stop();
});

test('so many are kept, and those that have ended make room', async () => {
  const { rollouts } = await scene(200);
  for (let i = 1; i <= 100; i++) await rollouts.start(request({ id: `r-${i}`, of: { twins: [`p-${i}`] } }));
  await assert.rejects(rollouts.start(request({ of: { twins: ['p-101'] } })), { code: 'ROLLOUT_LIMIT' });
  await rollouts.end('r-7');
  await rollouts.start(request({ of: { twins: ['p-101'] } }));
  assert.throws(() => rollouts.get('r-7'), { code: 'ROLLOUT_UNKNOWN' });
  assert.equal(rollouts.list()[0]?.id, 'r');
  await rollouts.stop();
});

test('a file that is not what was written is refused, what was seen is begun anew', async () => {
  const made = await scene();
  await made.rollouts.start(request());
  await made.rollouts.stop();
  made.store.texts.set('comparisons.json', '{"twins":');
  await made.restart();
  await made.rollouts.stop();
  made.store.texts.set('rollouts.json', '{"gemel":1,"rollouts":[{"id":1}]}');
  await assert.rejects(made.restart(), { code: 'ROLLOUTS_FILE' });
});
