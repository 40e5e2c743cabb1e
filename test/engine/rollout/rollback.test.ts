/** A new version that is live is taken back by itself where it is worse, and only there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RolloutRequest } from '../../../src/engine/index.ts';
import { memoryStore, startFleet, tank, twinOf } from '../support.ts';
import { next, request, scene } from './support.ts';

test('worse on more than a share of the twins, or on all together, it is taken back from all', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ of: { percent: 100 }, stage: 'live', rollback: { sharePercent: 10 } }));
  await rollouts.settled();
  fleet.tick(700, { old: 1, new: 1.6 });
  await rollouts.settled();
  const { state, twins, acts } = rollouts.get('r');
  assert.equal(state, 'rolled-back');
  assert.ok(twins.every((twin) => twin.state === 'returned'));
  assert.ok(fleet.twins().every(({ model }) => model.id !== next.id));
  assert.match(
    acts.at(-1)?.message ?? '',
    /is rolled back by itself: (it was worse on 2 of 10|the new version is worse: )/,
  );
  assert.ok(fleet.told.some(({ kind, twin }) => kind === 'rolled-back' && twin === '*'));
  await rollouts.stop();
});

test('a twin alone gets its old version back, with what was found', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ of: { twins: ['p-1'] }, stage: 'live', rollback: { sharePercent: 100 } }));
  await rollouts.settled();
  fleet.tick(416, { old: 1, new: 3 });
  const [twin] = rollouts.get('r').twins;
  const sentence = /the new version is worse: what was measured was \S+ nats a sample less likely to it/;
  assert.match(twin?.found ?? '', sentence);
  const [told] = fleet.told.filter(({ kind }) => kind === 'rolled-back');
  assert.equal(told?.twin, 'p-1');
  assert.match(told?.message ?? '', sentence);
  await rollouts.settled();
  assert.equal(rollouts.get('r').twins[0]?.state, 'returned');
  await rollouts.stop();
});

test('versions that are alike are not taken back', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ of: { percent: 100 }, stage: 'live' }));
  await rollouts.settled();
  fleet.tick(1500, { old: 1, new: 1 });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'live');
  const { together, verdictOn } = rollouts.findings('r');
  assert.equal(together.verdict, 'not enough yet');
  for (const { id } of rollouts.get('r').twins) assert.equal(verdictOn(id), 'not enough yet', id);
  assert.equal(verdictOn('p-99'), undefined);
  assert.equal(together.together.samples, 15_000);
  await rollouts.stop();
});

test('in the shadow a worse version is only told to be, and with `never` a live one too', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request());
  const never = request({ id: 's', of: { twins: ['p-5'] }, stage: 'live', rollback: { when: 'never' } });
  await rollouts.start(never);
  await rollouts.settled();
  fleet.tick(700, { old: 1, new: 1.6 });
  fleet.happen({ twin: 'p-5', kind: 'diverged' });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'shadow');
  assert.equal(rollouts.findings('r').together.verdict, 'worse');
  assert.equal(rollouts.comparison('p-1')?.verdict, 'worse');
  assert.equal(rollouts.get('s').state, 'live');
  assert.equal(rollouts.comparison('p-5')?.verdict, 'worse');
  assert.equal(rollouts.comparison('p-9'), undefined);
  await rollouts.stop();
});

test('what was seen in the shadow does not count after the promotion', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request());
  await rollouts.settled();
  fleet.tick(700, { old: 1, new: 0.6 });
  assert.equal(rollouts.findings('r').together.verdict, 'better');
  await rollouts.promote('r');
  await rollouts.settled();
  assert.equal(rollouts.findings('r').together.verdict, 'not enough yet');
  fleet.tick(700, { old: 1, new: 1.6 });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'rolled-back');
  await rollouts.stop();
});

test('what made it worse in the shadow does not take it back: live it is judged by what comes then', async () => {
  const { rollouts, fleet, clock } = await scene();
  await rollouts.start(request());
  await rollouts.settled();
  fleet.tick(700, { old: 1, new: 1.6 });
  assert.equal(rollouts.findings('r').verdictOn('p-1'), 'worse');
  await clock.advance(700_000);
  // Somebody wants it nevertheless. The first ticks with exchanged lanes come before the swaps are answered.
  await rollouts.promote('r');
  await rollouts.settled();
  fleet.tick(350, { old: 1, new: 1.6 });
  await rollouts.settled();
  const { state, twins } = rollouts.get('r');
  assert.deepEqual([state, ...twins.map((twin) => twin.state)], ['live', 'live', 'live', 'live']);
  await clock.advance(350_000);
  fleet.tick(350, { old: 1, new: 1.6 });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'rolled-back');
  await rollouts.stop();
});

test('nor does what was kept of it before a crash', async () => {
  const made = await scene();
  await made.rollouts.start(request());
  await made.rollouts.settled();
  made.fleet.tick(700, { old: 1, new: 1.6 });
  await made.clock.advance(60_000);
  await made.rollouts.promote('r');
  await made.rollouts.settled();
  await made.restart();
  await made.rollouts.settled();
  made.fleet.tick(350, { old: 1, new: 1.6 });
  await made.rollouts.settled();
  assert.equal(made.rollouts.get('r').state, 'live');
  assert.ok(made.rollouts.findings('r').together.instants <= 350);
  await made.rollouts.stop();
});

test('a twin that stands still under the new version and not under the old takes it back from all', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ stage: 'live' }));
  await rollouts.settled();
  fleet.quarantined = new Set(['p-1', 'p-1 shadow']);
  fleet.happen({ twin: 'p-1', kind: 'quarantined' });
  fleet.happen({ twin: 'p-9', kind: 'diverged' });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'live');
  fleet.quarantined = new Set(['p-2']);
  fleet.happen({ twin: 'p-2', kind: 'quarantined' });
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'rolled-back');
  assert.match(
    rollouts.get('r').acts.at(-1)?.message ?? '',
    /twin `p-2` stands still at its last good belief/,
  );
  await rollouts.stop();
});

test('a twin that stood still in the shadow already takes it back as soon as it is live', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request());
  await rollouts.settled();
  fleet.quarantined = new Set(['p-2', 'p-3 shadow']);
  const { standsStillOn } = rollouts.findings('r');
  assert.deepEqual(
    ['p-1', 'p-2', 'p-3'].map((id) => standsStillOn(id)),
    [false, false, true],
  );
  await rollouts.promote('r');
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'rolled-back');
  assert.ok(fleet.twins().every(({ model }) => model !== next));
  await rollouts.stop();
});

test('what happens to a twin between its swap and the answer counts', async () => {
  const { rollouts, fleet } = await scene();
  const swapShadow = fleet.swapShadow.bind(fleet);
  fleet.swapShadow = async (id) => {
    const swapped = await swapShadow(id);
    if (id === 'p-2') fleet.happen({ twin: id, kind: 'diverged' });
    return swapped;
  };
  await rollouts.start(request());
  await rollouts.settled();
  await rollouts.promote('r');
  await rollouts.settled();
  assert.equal(rollouts.get('r').state, 'rolled-back');
  await rollouts.stop();
});

test('when the watch is over it is told what was seen in it', async () => {
  const { rollouts, fleet, clock } = await scene();
  const start = (id: string, twins: string[], rollback: RolloutRequest['rollback'] = {}) =>
    rollouts.start(request({ id, of: { twins }, stage: 'live', rollback }));
  await start('worse', ['p-1'], { when: 'never' });
  await start('some', ['p-2', 'p-3'], { sharePercent: 50 });
  await rollouts.settled();
  fleet.tick(700, (twin) => ({ old: 1, new: twin === 'p-3' ? 0.3 : 1.6 }));
  await start('unseen', ['p-4'], { when: 'never' });
  await start('good', ['p-5']);
  await rollouts.settled();
  await clock.advance(3_600_000);
  await rollouts.settled();
  const last = (id: string) => rollouts.get(id).acts.at(-1)?.message;
  assert.equal(last('worse'), 'is over: the new version stays, although it is worse');
  assert.equal(last('some'), 'is over: the new version stays, but on 1 twin it was worse and went back');
  assert.equal(last('unseen'), 'is over: the new version stays');
  assert.equal(last('good'), 'is over: nothing was worse, and the new version stays');
  await rollouts.stop();
});

test('taken back from twins of which the old version runs no more, it is begun there again', async () => {
  const { rollouts, fleet } = await scene();
  await rollouts.start(request({ stage: 'live' }));
  await rollouts.settled();
  await fleet.endShadow('p-2');
  await rollouts.rollBack('r');
  await rollouts.settled();
  assert.deepEqual(fleet.steps.filter((step) => step.includes('p-2')).slice(-3), [
    'begin p-2 pump@1.0.0',
    'swap p-2',
    'end p-2',
  ]);
  assert.equal(rollouts.get('r').twins[1]?.state, 'returned');
  await rollouts.stop();
});

test('taken back, there is an alarm of it until somebody ends the rollout, over a restart too', async () => {
  const checkpoints = memoryStore();
  const { fleet } = await startFleet([twinOf('p-1', tank), twinOf('p-2', tank)], { checkpoints });
  const about = { kind: 'rolled-back', subject: 'r' } as const;
  fleet.tell({ ...about, twin: 'p-1', message: 'taken back from p-1' });
  fleet.tell({ ...about, twin: '*', message: 'taken back from all' });
  fleet.tell({ ...about, twin: 'p-2', subject: 's', message: 'of another rollout' });
  await fleet.stop();
  const { fleet: again } = await startFleet([twinOf('p-1', tank), twinOf('p-2', tank)], { checkpoints });
  const active = () => again.alarms.list().flatMap(({ id, active: holds }) => (holds ? [id] : []));
  assert.deepEqual(active().toSorted(), ['*~rolled-back~r', 'p-1~rolled-back~r', 'p-2~rolled-back~s']);
  assert.equal(again.alarms.get('*~rolled-back~r').message, 'taken back from all');
  again.tell({ twin: '*', kind: 'rollout-ended', subject: 'r', message: 'has ended' });
  assert.deepEqual(active(), ['p-2~rolled-back~s']);
  assert.equal(again.alarms.get('p-1~rolled-back~r').state, 'returned');
  await again.stop();
});
