/** The page of models, in a real browser: a version is published, rolled out to a part, judged, widened, promoted and taken back. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import mqtt from 'mqtt';
import { Rng } from '../../src/core/statistics/index.ts';
import { type Owner, startEngine } from '../examples/support.ts';
import { openBrowser, openPage, patience, withoutBrowser as skip } from './browser.ts';

const twins = 10;

const oven = (version: string, loss: number): string => `
gemel: 1
model: oven
version: ${version}
title: Oven
inputs:
  power: { unit: W, default: 1000, min: 0, max: 5000 }
parameters:
  loss: { unit: W/K, value: ${loss} }
states:
  inside: { unit: degC, start: 70, noise: 0.01 K/s^0.5 }
equations:
  der(inside): (power - loss * (inside - 20 [degC])) / 20000 [J/K]
measurements:
  probe: { equals: inside, unit: degC, noise: 0.2 K }
`;

function projectOf(owner: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-rollouts-'));
  owner.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models/oven.yaml'), oven('1.0.0', 20));
  writeFileSync(
    join(folder, 'gemel.yaml'),
    `gemel: 1\nmodels: [models/oven.yaml]\ntwins:\n  oven-{1..${twins}}: { model: oven, period: 100 ms, group: bakery }\n`,
  );
  return folder;
}

async function publish(page: string, document: string): Promise<void> {
  const headers = { 'content-type': 'application/yaml' };
  const { status } = await fetch(`${page}/api/v1/models`, { method: 'POST', headers, body: document });
  assert.equal(status, 201);
}

/** The ovens are at rest at 70 °C, as the old version has it: 1,000 W go in and out. */
async function feed(owner: Owner, url: string): Promise<void> {
  const client = await mqtt.connectAsync(url);
  owner.after(() => client.endAsync(true));
  const rng = new Rng(5);
  const timer = setInterval(() => {
    for (let i = 1; i <= twins; i++)
      client.publish(`gemel/oven-${i}/telemetry`, JSON.stringify({ probe: 70 + 0.2 * rng.normal() }));
  }, 50);
  owner.after(() => clearInterval(timer));
}

test('brings a version to a part of the twins, shows the verdict, and takes it back', {
  skip,
  timeout: 240_000,
}, async (t) => {
  const engine = await startEngine(t, projectOf(t));
  await feed(t, engine.mqttUrl);
  const { page, complaints } = await openPage(await openBrowser(t), `${engine.page}/#/models`);
  const dialog = page.getByRole('dialog');
  await page.getByText('gemel models publish FILE').waitFor(patience);
  await publish(engine.page, oven('1.1.0', 40));

  // Two versions, and what is different between them.
  const model = page.getByRole('region', { name: 'Model oven' });
  await model.getByRole('row', { name: /1\.1\.0 0/ }).waitFor(patience);
  await model.getByRole('row', { name: /1\.0\.0 10 · 100 %/ }).waitFor(patience);
  await model.getByRole('checkbox', { name: 'Compare oven@1.1.0' }).check();
  await model.getByRole('checkbox', { name: 'Compare oven@1.0.0' }).check();
  await model
    .getByRole('row', { name: 'changed parameter loss: value 20 W/K 40 W/K +100 %' })
    .waitFor(patience);

  await model.getByRole('button', { name: 'Roll out oven@1.1.0' }).click();
  await dialog.getByText('at most 1 of 10 twins').waitFor(patience);
  await dialog.locator('[name=percent]').fill('20');
  await dialog.getByText('at most 2 of 10 twins').waitFor(patience);
  await dialog.getByLabel('Name of the rollout').fill('hotter');
  // By hand, so that it is not taken back by itself before somebody here does it.
  await dialog.getByText('When it is taken back').click();
  await dialog.locator('[name=when]').selectOption('never');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  const rollout = page.getByRole('region', { name: 'Rollout hotter' });
  await rollout.getByText('oven@1.0.0 → oven@1.1.0').waitFor(patience);
  await rollout.getByText('2 shadow').waitFor(patience);
  await page.getByRole('link', { name: 'hotter' }).click();
  assert.equal(new URL(page.url()).hash, '#/models/hotter');
  await rollout.getByRole('heading', { name: 'How the versions compare' }).waitFor(patience);
  await rollout.getByRole('listitem').getByText('oven@1.1.0 runs in the shadow of 2 twins').waitFor(patience);
  await rollout.getByText('Only by hand.').waitFor(patience);
  assert.equal(await rollout.locator('.some-twins a').count(), 2);

  await rollout.getByRole('button', { name: 'Widen…' }).click();
  await dialog.getByLabel('Which twins').selectOption('group');
  await dialog.getByRole('button', { name: 'Widen', exact: true }).click();
  await rollout.getByText('10 shadow').waitFor(patience);
  await rollout.getByText('on the group bakery: 10 twins').waitFor(patience);

  // It loses twice the heat: within 400 moments that is seen, and somebody has to look.
  await rollout.getByText('worse', { exact: true }).waitFor({ timeout: 150_000 });
  await page.getByRole('link', { name: 'Models (1)' }).waitFor(patience);
  await rollout
    .getByRole('row', { name: /^all measurements −[\d.]+ \(−[\d.]+ to −[\d.]+\)/ })
    .waitFor(patience);

  await rollout.getByRole('button', { name: 'Promote…' }).click();
  await dialog.getByRole('button', { name: 'Promote' }).click();
  await rollout.getByText('10 live').waitFor(patience);
  await rollout.getByRole('button', { name: 'Roll back…' }).click();
  await dialog.getByLabel('Why').fill('the bread burns');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await rollout.getByText('rolled back', { exact: true }).waitFor(patience);
  await rollout.getByText('is rolled back: the bread burns').waitFor(patience);
  await rollout.getByText('10 returned').waitFor(patience);
  await rollout.getByRole('button', { name: 'End…' }).click();
  await dialog.getByRole('button', { name: 'End' }).click();
  await page.getByRole('heading', { name: 'Over' }).waitFor(patience);
  await page.getByRole('link', { name: 'Models', exact: true }).waitFor(patience);
  assert.deepEqual(complaints, []);
});

test('nonsense in a field of a rollout is told where it was typed, and can be put right', {
  skip,
}, async (t) => {
  const engine = await startEngine(t, projectOf(t));
  await publish(engine.page, oven('1.1.0', 40));
  const { page } = await openPage(await openBrowser(t), `${engine.page}/#/models`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Roll out oven@1.1.0' }).click();
  const percent = dialog.locator('[name=percent]');
  const says = async (text: RegExp): Promise<void> => {
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await dialog.getByRole('alert').filter({ hasText: text }).waitFor(patience);
  };
  await percent.fill('half');
  await says(/Percent: “half” is no number/);
  await percent.fill('');
  await says(/Percent: a number is missing/);
  await percent.fill('170');
  await says(/a percentage must be above 0 and at most 100, got 170/);
  await percent.fill('10');
  await dialog.locator('[name=id]').fill('<b>bold</b>');
  await says(/cannot be the name of a rollout: letters, digits/);
  await dialog.locator('[name=id]').fill('fine');
  await dialog.getByText('When it is taken back').click();
  await dialog.locator('[name=share]').fill('many');
  await says(/Percent of the twins: “many” is no number/);
  await dialog.locator('[name=share]').fill('120');
  await says(/the share must be 0 to 100 %, got 120/);
  await dialog.locator('[name=share]').fill('20');
  await dialog.locator('[name=which]').selectOption('names');
  await says(/Names: write at least one/);
  await dialog.locator('[name=names]').fill('ovn-3');
  await says(/there is no twin `ovn-3`: did you mean `oven-3`\?/);
  await dialog.locator('[name=names]').fill('oven-3, oven-4');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('region', { name: 'Rollout fine' }).getByText('2 shadow').waitFor(patience);

  await page.getByRole('region', { name: 'Rollout fine' }).getByRole('button', { name: 'Widen…' }).click();
  await dialog.locator('[name=which]').selectOption('names');
  await dialog.locator('[name=names]').fill('oven-3');
  await dialog.getByRole('button', { name: 'Widen', exact: true }).click();
  await dialog.getByRole('alert').getByText('is on all of these').waitFor(patience);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached', ...patience });

  await page.goto(`${engine.page}/#/models/fien`);
  await page
    .getByRole('alert')
    .getByText('there is no rollout `fien`: did you mean `fine`?')
    .waitFor(patience);
  await page.goto(`${engine.page}/#/twins/oven-2`);
  await page.getByRole('heading', { name: 'oven-2' }).waitFor(patience);
  await page.goto(`${engine.page}/#ovn-2`);
  await page.getByRole('link', { name: 'Show oven-2' }).click();
  await page.getByRole('heading', { name: 'oven-2' }).waitFor(patience);
  await page.goto(`${engine.page}/#/nowhere`);
  await page.getByRole('link', { name: 'Show oven-1, the first of 10 twins' }).waitFor(patience);
});
