/**
 * The page of models, in a real browser: a version is published, rolled out to a part, judged, widened, promoted and taken back, by
 * hand and by itself.
 *
 * A verdict takes 400 moments with samples, so the twins that get one tick every 10 ms.
 */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import mqtt from 'mqtt';
import { Rng } from '../../src/core/statistics/index.ts';
import { type Owner, startEngine } from '../examples/support.ts';
import { launchBrowser, openPage, patience, withoutBrowser as skip } from './browser.ts';

const twins = 6;

/** It holds little heat: what is wrong with a version shows within moments. */
const oven = (version: string, window: number, loss = 'window'): string => `
gemel: 1
model: oven
version: ${version}
title: Oven
inputs:
  power: { unit: W, default: 1000, min: 0, max: 5000 }
parameters:
  window: { unit: W/K, value: ${window} }
equations:
  loss: ${loss}
  der(inside): (power - loss * (inside - 20 [degC])) / 200 [J/K]
states:
  inside: { unit: degC, start: 70, noise: 0.2 K/s^0.5 }
measurements:
  probe: { equals: inside, unit: degC, noise: 0.2 K }
`;
const right = oven('1.0.0', 20);
/** It loses twice the heat. */
const wrong = oven('1.1.0', 40);
/** The root of what is below zero. */
const broken = oven('1.2.0', 20, 'window * sqrt(window / 30 [W/K] - 1)');

function projectOf(owner: Owner, periodMs: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-rollouts-'));
  owner.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models/oven.yaml'), right);
  writeFileSync(
    join(folder, 'gemel.yaml'),
    `gemel: 1
models: [models/oven.yaml]
twins:
  oven-{1..4}: { model: oven, period: ${periodMs} ms, group: bakery }
  oven-{5..${twins}}: { model: oven, period: ${periodMs} ms }
`,
  );
  return folder;
}

let browser: Awaited<ReturnType<typeof launchBrowser>> | undefined;
before(async () => {
  if (skip === false) browser = await launchBrowser();
});
after(() => browser?.close());

async function openModels(owner: Owner, page: string): ReturnType<typeof openPage> {
  assert.ok(browser !== undefined);
  const opened = await openPage(browser, `${page}/#/models`);
  owner.after(() => opened.page.close());
  return opened;
}

async function publish(page: string, document: string): Promise<void> {
  const headers = { 'content-type': 'application/yaml' };
  const { status } = await fetch(`${page}/api/v1/models`, { method: 'POST', headers, body: document });
  assert.equal(status, 201);
}

/** The ovens are at rest at 70 °C, as the old version has it: 1,000 W go in and out. */
async function feed(owner: Owner, url: string, periodMs: number): Promise<void> {
  const client = await mqtt.connectAsync(url);
  owner.after(() => client.endAsync(true));
  const rng = new Rng(5);
  const timer = setInterval(() => {
    for (let i = 1; i <= twins; i++)
      client.publish(`gemel/oven-${i}/telemetry`, JSON.stringify({ probe: 70 + 0.2 * rng.normal() }));
  }, periodMs);
  owner.after(() => clearInterval(timer));
}

test('brings a version to a part of the twins, shows the verdict, and takes it back', {
  skip,
  timeout: 240_000,
}, async (t) => {
  const engine = await startEngine(t, projectOf(t, 10));
  await feed(t, engine.mqttUrl, 10);
  const { page, complaints } = await openModels(t, engine.page);
  const dialog = page.getByRole('dialog');
  await page.getByText('gemel models publish FILE').waitFor(patience);
  await publish(engine.page, wrong);

  // Two versions, and what is different between them.
  const model = page.getByRole('region', { name: 'Model oven' });
  await model.getByRole('row', { name: /1\.1\.0 0/ }).waitFor(patience);
  await model.getByRole('row', { name: /1\.0\.0 6 · 100 %/ }).waitFor(patience);

  // On two twins it goes live at once, and nobody looks after it any more.
  await model.getByRole('button', { name: 'Roll out oven@1.1.0' }).click();
  await dialog.locator('[name=which]').selectOption('names');
  await dialog.locator('[name=names]').fill('oven-5 oven-6');
  await dialog.locator('[name=stage]').selectOption('live');
  await dialog.getByLabel('Name of the rollout').fill('unwatched');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  const unwatched = page.getByRole('region', { name: 'Rollout unwatched' });
  await unwatched.waitFor(patience);

  await model.getByRole('checkbox', { name: 'Compare oven@1.1.0' }).check();
  await model.getByRole('checkbox', { name: 'Compare oven@1.0.0' }).check();
  await model
    .getByRole('row', { name: 'changed parameter window: value 20 W/K 40 W/K +100 %' })
    .waitFor(patience);

  await model.getByRole('button', { name: 'Roll out oven@1.1.0' }).click();
  await dialog.getByText('1 of 4 twins').waitFor(patience);
  await dialog.locator('[name=percent]').fill('50');
  await dialog.getByText('2 of 4 twins').waitFor(patience);
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
  await dialog.getByText('4 of 4 twins, 2 of them in it already').waitFor(patience);
  await dialog.getByLabel('Which twins').selectOption('group');
  await dialog.getByRole('button', { name: 'Widen', exact: true }).click();
  await rollout.getByText('4 shadow').waitFor(patience);
  await rollout.getByText('on 4 twins: the group bakery').waitFor(patience);

  // It loses twice the heat: within 400 moments that is seen, and somebody has to look.
  await rollout.getByText('worse', { exact: true }).waitFor({ timeout: 90_000 });
  await rollout
    .getByRole('row', { name: /^all measurements −[\d.]+ \(−[\d.]+ to −[\d.]+\)/ })
    .waitFor(patience);

  await rollout.getByRole('button', { name: 'Promote…' }).click();
  await dialog.getByText('It is worse so far. oven@1.1.0 goes live on 4 twins').waitFor(patience);
  await dialog.getByRole('button', { name: 'Promote' }).click();
  await rollout.getByText('4 live').waitFor(patience);
  await rollout.getByRole('button', { name: 'Roll back…' }).click();
  await dialog.getByLabel('Why').fill('the bread burns');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await rollout.getByText('rolled back', { exact: true }).waitFor(patience);
  await rollout.getByText('Rolled back: the bread burns').first().waitFor(patience);
  await rollout.getByText('4 returned').waitFor(patience);
  await rollout.getByRole('button', { name: 'End…' }).click();
  await dialog.getByRole('button', { name: 'End' }).click();
  await page.getByRole('heading', { name: 'Over' }).waitFor(patience);

  // Meanwhile the other one was taken back by itself, and the page says so, and why.
  const why = 'Rolled back by itself: ';
  await unwatched.getByText(why).waitFor({ timeout: 90_000 });
  await unwatched.getByText('rolled back', { exact: true }).waitFor(patience);
  await unwatched.getByText('2 returned').waitFor(patience);
  await model.getByRole('row', { name: /1\.0\.0 6 · 100 %/ }).waitFor(patience);
  await page.getByRole('link', { name: 'Models (1)' }).waitFor(patience);
  await page.getByRole('link', { name: /^Alarms/ }).click();
  const alarm = page.getByRole('row', {
    name: /^warning the engine rollout unwatched is rolled back by itself: /,
  });
  await alarm.getByRole('link', { name: 'Show the rollout' }).click();
  assert.equal(new URL(page.url()).hash, '#/models/unwatched');
  const done = unwatched.locator('.done-so-far');
  await done.getByText('oven@1.1.0 goes live on 2 twins').waitFor(patience);
  assert.match(
    (await done.getByText(why).textContent()) ?? '',
    /: (the new version is worse: what was measured was [\d.]+ nats a sample less likely to it|it was worse on 1 of 2 twins)/,
  );
  await unwatched.getByRole('button', { name: 'End…' }).click();
  await dialog.getByRole('button', { name: 'End' }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).waitFor(patience);
  assert.deepEqual(complaints, []);
});

test('a version that stands still is told of in the shadow, and taken back as soon as it is live; then nobody answers', {
  skip,
}, async (t) => {
  const project = projectOf(t, 100);
  const engine = await startEngine(t, project);
  await feed(t, engine.mqttUrl, 100);
  await publish(engine.page, broken);
  const { page, complaints } = await openModels(t, engine.page);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Roll out oven@1.2.0' }).click();
  await dialog.locator('[name=percent]').fill('30');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  const rollout = page.getByRole('region', { name: 'Rollout oven-1.2.0' });
  await rollout
    .getByText('The new version stands still on 2 twins: promoted, it would be taken back')
    .waitFor(patience);
  await page.getByRole('link', { name: 'Models (1)' }).waitFor(patience);
  await rollout.getByRole('button', { name: 'Promote…' }).click();
  await dialog.getByText('It stands still on 2 twins.').waitFor(patience);
  await dialog.getByRole('button', { name: 'Promote' }).click();
  await rollout
    .getByText(
      /^Rolled back by itself: twin oven-\d (stands still at its last good belief|began its belief anew) under the/,
    )
    .waitFor(patience);
  await rollout.getByText('2 returned').waitFor(patience);
  assert.deepEqual(complaints, []);

  // Nobody answers any more: what was asked for is not lost, and the page goes on once somebody is there again.
  await rollout.getByRole('button', { name: 'End…' }).click();
  await engine.stop('SIGKILL');
  await dialog.getByRole('button', { name: 'End' }).click();
  await dialog.getByRole('alert').getByText('The engine does not answer').waitFor(patience);
  await page.keyboard.press('Escape');
  await page.getByText('The connection to the engine is lost.').waitFor(patience);
  const roll = page.getByRole('button', { name: 'Roll out oven@1.2.0' });
  await roll.click();
  const note = page.getByRole('region', { name: 'Model oven' }).getByRole('alert');
  await note.getByText('The engine does not answer').waitFor(patience);
  const ports = ['--port', new URL(engine.page).port, '--mqtt-port', String(engine.mqttPort)];
  await startEngine(t, project, ports);
  await page.getByText('The connection to the engine is lost.').waitFor({ state: 'hidden', ...patience });
  await note.waitFor({ state: 'hidden', ...patience });
  await rollout.getByText('2 returned').waitFor(patience);
  await roll.click();
  assert.equal(await dialog.getByLabel('Name of the rollout').inputValue(), 'oven-1.2.0-2');
});

test('nonsense in a field of a rollout is told where it was typed, and can be put right', {
  skip,
}, async (t) => {
  const engine = await startEngine(t, projectOf(t, 100));
  await publish(engine.page, wrong);
  const { page } = await openModels(t, engine.page);
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
  await says(/A percentage must be above 0 and at most 100, got 170/);
  await percent.fill('10');
  await dialog.locator('[name=id]').fill('<b>bold</b>');
  await says(/cannot be the name of a rollout: letters, digits/);
  await dialog.locator('[name=id]').fill('fine');
  await dialog.getByText('When it is taken back').click();
  await dialog.locator('[name=share]').fill('many');
  await says(/Percent of the twins: “many” is no number/);
  await dialog.locator('[name=share]').fill('120');
  await says(/The share must be 0 to 100 %, got 120/);
  await dialog.locator('[name=share]').fill('20');
  await dialog.locator('[name=which]').selectOption('names');
  await says(/Names: write at least one/);
  await dialog.locator('[name=names]').fill('ovn-3');
  await says(/There is no twin ovn-3: did you mean oven-3\?/);
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
  await page.getByRole('alert').getByText('There is no rollout fien: did you mean fine?').waitFor(patience);
  await page.getByRole('link', { name: 'Show fine' }).click();
  await page.getByRole('heading', { name: 'How the versions compare' }).waitFor(patience);
  await page.goto(`${engine.page}/#/models/other`);
  await page.getByRole('alert').getByText('There is no rollout other', { exact: true }).waitFor(patience);
  await page.goto(`${engine.page}/#/twins/oven-2`);
  await page.getByRole('heading', { name: 'oven-2' }).waitFor(patience);
  await page.goto(`${engine.page}/#ovn-2`);
  await page.getByRole('link', { name: 'Show oven-2' }).click();
  await page.getByRole('heading', { name: 'oven-2' }).waitFor(patience);
  await page.goto(`${engine.page}/#/nowhere`);
  await page.getByRole('link', { name: 'Show oven-1, the first of 6 twins' }).waitFor(patience);
});
