/** Pasts in which more happened than samples: twins came and went, the project was changed, nobody was there for a while. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { replayProject } from '../../../src/app/index.ts';
import { startMs } from '../../engine/support.ts';
import { clockAt, createProject, type Life, live, projectAt, send } from './recorded.ts';

async function run(life: Life, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
  for (let k = from; k <= to; k++) {
    send(life, k);
    await life.pass(1000);
  }
}

test('twins that come and go while it runs are there as long as they were', async () => {
  const project = projectAt(createProject());
  const life = await live(project, clockAt(startMs), { shards: 2 });
  const [config] = project.twins;
  assert.ok(config !== undefined);
  await run(life, { from: 1, to: 12 });
  await Promise.all([life.fleet.add({ ...config, id: 'late' }), life.pass(1000)]);
  await Promise.all([life.fleet.remove('tank-2'), life.pass(1000)]);
  await run(life, { from: 15, to: 25 });
  await Promise.all([life.fleet.add({ ...config, id: 'tank-2' }), life.pass(1000)]);
  await run(life, { from: 27, to: 40 });
  await Promise.all([life.fleet.move('tank-4', 0), life.pass(1000)]);
  await run(life, { from: 42, to: 60 });
  const last = new Map(life.fleet.twins().map(({ config: { id } }) => [id, life.fleet.snapshot(id)]));
  await life.stop();
  for (const workers of [1, 3]) {
    const { states, ticks, differences, commands } = await replayProject(project, { workers });
    assert.deepEqual(differences, []);
    assert.equal(ticks.other, 0);
    assert.equal(commands, 3);
    assert.ok(ticks.unknown < 12, `${ticks.unknown} of ${ticks.compared} ticks are unknown`);
    assert.equal(last.size, 9);
    for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
  }
});

test('a twin that the project changed meanwhile goes on from the first checkpoint that has it so', async () => {
  const directory = createProject();
  const clock = clockAt(startMs);
  const before = await live(projectAt(directory), clock);
  await run(before, { from: 1, to: 30 });
  await before.kill();
  const file = path.join(directory, 'gemel.yaml');
  const changed = readFileSync(file, 'utf8').replace(
    'a: { model: leaking-tank, period: 1 s }',
    'a: { model: leaking-tank, period: 1 s, lateness: 5 s }\n  fresh: { model: oven, period: 1 s }',
  );
  writeFileSync(file, changed);
  const project = projectAt(directory);
  const life = await live(project, clock);
  await run(life, { from: 31, to: 60 });
  const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
  await life.stop();
  const { states, ticks, differences } = await replayProject(project);
  assert.deepEqual(differences, []);
  assert.equal(ticks.other, 0);
  assert.ok(ticks.compared > 8 * ticks.unknown, `${ticks.unknown} of ${ticks.compared} ticks are unknown`);
  for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
});

for (const [how, awayMs] of [
  ['kill', 30_000],
  ['kill', 600_000],
  ['stop', 30_000],
  ['stop', 600_000],
] as const) {
  test(`after a ${how} and ${awayMs / 1000} s without anybody every tick is as it was seen`, async () => {
    const project = projectAt(createProject());
    const clock = clockAt(startMs);
    const before = await live(project, clock);
    await run(before, { from: 1, to: 30 });
    await before[how]();
    await clock.advance(awayMs);
    const life = await live(project, clock);
    await run(life, { from: 31, to: 50 });
    const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
    await life.stop();
    const { states, ticks, differences } = await replayProject(project);
    assert.deepEqual(differences, []);
    assert.equal(ticks.other, 0);
    assert.ok(ticks.compared > 190, `${ticks.compared} were compared`);
    for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
  });
}

test('a machine that was suspended, and a crash just after it', async () => {
  const project = projectAt(createProject());
  const clock = clockAt(startMs);
  const before = await live(project, clock);
  await run(before, { from: 1, to: 27 });
  const woken = clock.jump(120_300);
  send(before, 28);
  await woken;
  await run(before, { from: 29, to: 30 });
  await before.kill();
  const life = await live(project, clock, { shards: 2 });
  await run(life, { from: 31, to: 50 });
  const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
  await life.stop();
  for (const workers of [1, 2]) {
    const { states, ticks, differences } = await replayProject(project, { workers });
    assert.deepEqual(differences, []);
    assert.equal(ticks.other, 0);
    for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
    assert.ok((states.get('a')?.elapsedSeconds ?? 0) < 60, 'what was given up is not made');
  }
});

/** The tank with a better sensor. */
function publishNext(directory: string): void {
  const models = path.join(directory, 'models');
  const model = readFileSync(path.join(models, 'leaking-tank.yaml'), 'utf8');
  const next = model.replace('version: 1.0.0', 'version: 1.1.0').replace('noise: 0.5 l }', 'noise: 0.35 l }');
  writeFileSync(path.join(models, 'next.yaml'), next);
  const file = path.join(directory, 'gemel.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll('model: leaking-tank,', 'model: leaking-tank@1.0.0,'),
  );
}

test('trials of another version, swapped, taken back, ended and cut by crashes, come out as they were', async () => {
  const directory = createProject();
  publishNext(directory);
  const project = projectAt(directory);
  const clock = clockAt(startMs);
  let life = await live(project, clock, { shards: 2 });
  const next = 'leaking-tank@1.1.0';
  const acts: Readonly<Record<number, () => Promise<unknown>>> = {
    8: () => life.fleet.beginShadow('a', next),
    10: () => life.fleet.beginShadow('tank-3', next),
    16: () => life.fleet.swapShadow('a'),
    40: () => life.fleet.step('a', { seconds: 0.7, inputs: { pump: 40 } }),
    45: () => life.fleet.swapShadow('a'),
    48: () => life.fleet.endShadow('a'),
    52: () => life.fleet.swapShadow('tank-3'),
    70: () => life.fleet.endShadow('tank-3'),
  };
  for (let k = 1; k <= 90; k++) {
    send(life, k);
    await Promise.all([acts[k]?.(), life.pass(1000)]);
    if (k === 33 || k === 61) {
      await life.kill();
      life = await live(project, clock, { shards: 2 });
    }
  }
  const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
  assert.equal(last.get('tank-3')?.model, next);
  await life.stop();
  for (const options of [{ workers: 1 }, { workers: 3 }, { fromMs: startMs + 30_000 }]) {
    const { states, ticks, differences } = await replayProject(project, options);
    assert.deepEqual(differences, []);
    assert.equal(ticks.other, 0);
    assert.ok(ticks.unknown < 30, `${ticks.unknown} of ${ticks.compared} ticks are unknown`);
    for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
  }
});
