/** Pasts in which more happened than samples: twins came and went, the project was changed, nobody was there for a while. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { replayProject } from '../../../src/app/index.ts';
import { clockAt, createProject, type Life, live, projectAt, send, startMs } from './recorded.ts';

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
    assert.equal(commands, 1);
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

test('ticks that were given up, since nobody was there for minutes, are not made now', async () => {
  const project = projectAt(createProject());
  const clock = clockAt(startMs);
  const before = await live(project, clock);
  await run(before, { from: 1, to: 30 });
  await before.kill();
  await clock.advance(600_000);
  const life = await live(project, clock);
  await run(life, { from: 31, to: 50 });
  const last = new Map(project.twins.map(({ id }) => [id, life.fleet.snapshot(id)]));
  await life.stop();
  const { states, ticks, differences } = await replayProject(project);
  assert.deepEqual(differences, []);
  assert.equal(ticks.other, 0);
  for (const [id, expected] of last) assert.equal(states.get(id)?.toJson(), expected?.toJson(), id);
});
