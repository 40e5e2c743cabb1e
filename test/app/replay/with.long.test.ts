/** What another version would have made of the past: as it would have, had it run in the shadow then. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { replayProject } from '../../../src/app/index.ts';
import { createComparison, type PairedSample } from '../../../src/core/compare/index.ts';
import { createFleet, createLocalShard } from '../../../src/engine/index.ts';
import { near } from '../../core/compare/support.ts';
import { startMs } from '../../engine/support.ts';
import { clockAt, type Life, projectAt, record, send } from './recorded.ts';

let directory = '';
before(async () => {
  directory = await record({ seconds: 60 });
  const model = readFileSync(path.join(directory, 'models', 'leaking-tank.yaml'), 'utf8');
  const next = model.replace('version: 1.0.0', 'version: 1.1.0').replace('noise: 0.5 l }', 'noise: 0.35 l }');
  writeFileSync(path.join(directory, 'models', 'next.yaml'), next);
});

/** A fleet that is told the same, with the version in the shadow of its twins from the beginning. */
async function lived() {
  const { models, twins: now } = projectAt(directory);
  // The project file names the newest version, which there was not then.
  const twins = now.map((twin) => ({ ...twin, model: twin.model.replace('@1.1.0', '@1.0.0') }));
  const clock = clockAt(startMs);
  const fleet = await createFleet({ models, twins, clock, shards: [createLocalShard(clock)] });
  const tanks = twins.filter(({ model }) => model === 'leaking-tank@1.0.0');
  const comparison = createComparison();
  fleet.onShadowTick(({ atMs, live, shadow }) => {
    const samples = [...shadow].flatMap(([measurement, reading]): PairedSample[] => {
      const other = live.get(measurement);
      return other?.timeMs === reading.timeMs ? [{ measurement, old: other, new: reading }] : [];
    });
    comparison.tick(atMs, samples);
  });
  for (const { id } of tanks) await fleet.beginShadow(id, 'leaking-tank@1.1.0');
  const life = { fleet, clock } as Life;
  for (let k = 1; k <= 60; k++) {
    send(life, k);
    await clock.advance(1000);
  }
  return comparison.result();
}

test('what it says is what it would have said in the shadow then, and the twins are as they were', async () => {
  const { tried, ticks, differences } = await replayProject(projectAt(directory), {
    with: 'leaking-tank@1.1.0',
  });
  assert.equal(ticks.other, 0);
  assert.deepEqual(differences, []);
  assert.ok(ticks.twins > 500);
  const expected = await lived();
  assert.equal(tried?.model, 'leaking-tank@1.1.0');
  assert.equal(tried.twins.length, 7);
  assert.ok(expected.together.samples > 200);
  assert.equal(tried.together.together.samples, expected.together.samples);
  assert.equal(tried.together.instants > 0, true);
  const [one, other] = [tried.together.measurements[0], expected.measurements[0]];
  near(one?.oldRmse ?? 0, other?.oldRmse ?? 1, 1e-12);
  near(one?.newRmse ?? 0, other?.newRmse ?? 1, 1e-12);
  near(tried.together.together.gainNats.value, expected.together.gainNats.value, 1e-12);
  assert.ok(tried.together.ahead.length > 0);
});

test('it begins with the first tick after --from', async () => {
  const half = await replayProject(projectAt(directory), {
    with: 'leaking-tank@1.1.0',
    fromMs: startMs + 30_000,
  });
  const all = await replayProject(projectAt(directory), { with: 'leaking-tank@1.1.0' });
  const [some, more] = [half, all].map(({ tried }) => tried?.together.together.samples ?? 0);
  assert.ok(
    some !== undefined && more !== undefined && some > 0.4 * more && some < 0.6 * more,
    `${some} of ${more}`,
  );
});

test('a version that there is not, or that is of nobody, is refused', async () => {
  const project = projectAt(directory);
  await assert.rejects(replayProject(project, { with: 'leaking-tank@1.2.0' }), {
    code: 'MODEL_UNKNOWN',
    hint: /did you mean `leaking-tank@1\.\d\.0`/,
  });
  await assert.rejects(replayProject(project, { with: 'oven@1.0.0' }), {
    code: 'REPLAY_UNAVAILABLE',
    message: /no twin ran another version of oven@1.0.0/,
  });
});
