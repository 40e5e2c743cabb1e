/** The past of a project, run again: identical where nothing was changed, and found where something was. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultBackend } from '../../../src/core/kernel/index.ts';
import { replayProject } from '../../../src/app/index.ts';
import { startMs } from '../../engine/support.ts';
import { alter, clockAt, createProject, live, projectAt, record, send } from './recorded.ts';

test('a past with late samples, steps by hand and crashes comes out as it was, bit for bit', async () => {
  const project = projectAt(createProject());
  const clock = clockAt(startMs);
  let life = await live(project, clock, { shards: 2 });
  for (let k = 1; k <= 90; k++) {
    send(life, k);
    const stepped = k % 20 === 5 ? life.fleet.step('a', { seconds: 0.7, inputs: { pump: 40 } }) : undefined;
    await life.pass(1000);
    await stepped;
    if (k === 33 || k === 61) {
      await life.kill();
      life = await live(project, clock, { shards: 1 + (k % 2) });
    }
  }
  const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
  await life.stop();
  const report = await replayProject(project, { workers: 2 });
  assert.deepEqual(report.differences, []);
  assert.equal(report.ticks.other, 0);
  // Seven twins with a tick a second, one with two.
  assert.equal(report.ticks.twins, 90 * 7 + 180);
  assert.equal(report.commands, 5);
  assert.equal(report.twins, 8);
  assert.ok(report.checkpoints.count >= 4, `${report.checkpoints.count} checkpoints were compared`);
  for (const [id, expected] of last) {
    assert.equal(report.states.get(id)?.timeMs, expected?.timeMs, id);
    assert.equal(report.states.get(id)?.plain(), expected?.plain(), id);
  }
});

test('one sample that is another by a billionth is found, and its twin named by the next checkpoint', async () => {
  const directory = await record();
  alter(directory, 'tank-3', 60);
  const { differences, checkpoints, ticks } = await replayProject(projectAt(directory));
  assert.ok(ticks.other > 0 && ticks.compared > ticks.other);
  assert.deepEqual(
    differences.map(({ twin }) => twin),
    ['tank-3'],
  );
  assert.ok(checkpoints.twins > 8, 'the others were compared as well');
});

test('with a history the twin is named at the first moment of it, with both values as readers saw them', async () => {
  const directory = await record({ history: true });
  alter(directory, 'tank-3', 200);
  const { differences, ticks } = await replayProject(projectAt(directory));
  const [first] = differences;
  assert.equal(first?.twin, 'tank-3');
  assert.equal(first?.what, 'volume');
  assert.equal(first?.unit, 'l');
  assert.ok(first.atMs >= (ticks.firstOtherMs ?? 0) && first.atMs <= (ticks.firstOtherMs ?? 0) + 6000);
  assert.ok(Math.abs(first.recorded - first.replayed) < 1e-5 && first.recorded !== first.replayed);
  assert.equal(differences.length, 1);
});

test('it begins with the newest checkpoint of before, and ends where it is told to', async () => {
  const project = projectAt(await record());
  const all = await replayProject(project);
  assert.equal(all.fromMs, startMs);
  const part = await replayProject(project, { fromMs: startMs + 30_500, toMs: startMs + 40_250 });
  assert.ok(part.fromMs > startMs + 10_000 && part.fromMs < startMs + 30_500);
  assert.equal(part.toMs, startMs + 40_250);
  assert.deepEqual(part.differences, []);
  assert.equal(part.states.get('a')?.timeMs, startMs + 40_000);
  assert.equal(part.states.get('b')?.timeMs, startMs + 40_000);
  const longer = await replayProject(project, { toMs: startMs + 40_250, workers: 3 });
  for (const [id, state] of part.states) assert.equal(longer.states.get(id)?.toJson(), state.toJson(), id);
});

test('where there is nothing to begin with, the reason is told', async () => {
  const directory = await record({ seconds: 10 });
  const project = projectAt(directory);
  await assert.rejects(replayProject(project, { fromMs: startMs - 1 }), {
    code: 'REPLAY_UNAVAILABLE',
    message: /no checkpoint of before 2026-11-22T12:59:59.999Z; the oldest is of 2026-11-22T13:00:00.000Z/,
  });
  await assert.rejects(replayProject(project, { fromMs: startMs, toMs: startMs }), {
    code: 'REPLAY_UNAVAILABLE',
    message: /nothing was recorded between/,
  });
  const { journal: _, ...without } = project;
  await assert.rejects(replayProject(without), { code: 'REPLAY_UNAVAILABLE', message: /keeps no journal/ });
  const journal = join(directory, '.gemel', 'journal');
  for (const name of readdirSync(journal)) rmSync(join(journal, name));
  await assert.rejects(replayProject(project), {
    code: 'REPLAY_UNAVAILABLE',
    message: /has not the records that come after/,
  });
  rmSync(join(directory, '.gemel'), { recursive: true });
  await assert.rejects(replayProject(project), { code: 'REPLAY_UNAVAILABLE', message: /has no checkpoint/ });
});

test('with another kernel nothing is compared', async () => {
  const project = projectAt(await record({ seconds: 30 }));
  const report = await replayProject(project, { kernel: 'javascript' });
  assert.equal(report.recordedKernel, 'wasm strict');
  assert.equal(report.kernel, 'javascript strict');
  assert.equal(report.checkpoints.count, 0);
});

test('a past of a kernel that is not here is refused, unless another one is asked for', async () => {
  const backend = defaultBackend();
  const abacus = Object.assign((...args: Parameters<typeof backend>) => backend(...args), {
    allocate: backend.allocate.bind(backend),
    arithmetic: 'abacus',
  });
  const project = projectAt(await record({ seconds: 10, backend: abacus }));
  await assert.rejects(replayProject(project), { code: 'REPLAY_KERNEL', message: /computed by `abacus`/ });
  const { states, checkpoints } = await replayProject(project, { kernel: 'wasm' });
  assert.equal(states.size, 8);
  assert.equal(checkpoints.count, 0);
});
