/** Models on the page, in a real browser: the versions there are, and what is different between them. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { type Owner, startEngine, writeProject } from '../examples/support.ts';
import { openBrowser, openPage, patience, withoutBrowser as skip } from './browser.ts';

const press = (version: string, capacity: number): string => `
gemel: 1
model: press
version: ${version}
title: Press
inputs:
  power: { unit: W, default: 0, min: 0, max: 5000 }
parameters:
  capacity: { unit: kJ/K, value: ${capacity} }
states:
  oil: { unit: degC, start: 40, title: Oil, noise: 0.01 K/s^0.5 }
equations:
  der(oil): power / capacity
measurements:
  probe: { equals: oil, unit: degC, noise: 0.2 K }
`;

function projectOf(owner: Owner): string {
  return writeProject(owner, {
    'models/press.yaml': press('1.0.0', 20),
    'gemel.yaml':
      'gemel: 1\nmodels: [models/press.yaml]\ntwins:\n  press-1: { model: press, period: 200 ms }\n',
  });
}

test('shows the versions of the model of a twin, and what is different in them', { skip }, async (t) => {
  const engine = await startEngine(t, projectOf(t));
  const { page, complaints } = await openPage(await openBrowser(t), engine.page);
  await page.getByText('press@1.0.0 is the only version that is published.').waitFor(patience);
  const { status } = await fetch(`${engine.page}/api/v1/models`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: press('1.1.0', 25),
  });
  assert.equal(status, 201);
  await page.reload();
  await page.getByRole('row', { name: '1.0.0 runs here Press 1' }).waitFor(patience);
  await page.getByRole('button', { name: 'Compare with press@1.1.0' }).click();
  const difference = page.getByRole('region', { name: 'From press@1.0.0 to press@1.1.0' });
  await difference
    .getByRole('row', { name: 'changed parameter capacity: value 20 kJ/K 25 kJ/K +25 %' })
    .waitFor(patience);
  assert.deepEqual(complaints, []);
});

test('begins a trial, shows both versions side by side, and promotes what is better', { skip }, async (t) => {
  const engine = await startEngine(t, projectOf(t));
  await fetch(`${engine.page}/api/v1/models`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: press('1.1.0', 25),
  });
  const { page, complaints } = await openPage(await openBrowser(t), engine.page);
  await page.getByRole('button', { name: 'Try press@1.1.0' }).click();
  assert.equal(await page.locator('dialog [name=names]').inputValue(), 'press-1');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached', ...patience });
  const trial = page.getByRole('region', { name: 'Trial' });
  assert.equal(await trial.isVisible(), false);

  await page.getByRole('button', { name: 'Try press@1.1.0' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click();
  await trial.getByText('press@1.1.0 in the shadow of press@1.0.0').waitFor(patience);
  await trial.getByText('not enough yet', { exact: true }).waitFor(patience);
  const samples = setInterval(() => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ power: 1000, probe: 40 });
    fetch(`${engine.page}/api/v1/twins/press-1/inputs`, { method: 'POST', headers, body }).catch(() => {});
  }, 200);
  t.after(() => clearInterval(samples));
  // Live and shadow part, since one is lighter than the other; both say how sure they are.
  await trial
    .getByRole('row', { name: /^oil \d+\.\d+ ± [\d.]+ \d+\.\d+ ± [\d.]+ −[\d.]+ °C$/ })
    .waitFor(patience);
  await trial.getByRole('row', { name: /^probe \d+ / }).waitFor(patience);

  await trial.getByRole('button', { name: 'Promote…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
  await page.getByText('Press · press@1.1.0').waitFor(patience);
  await trial.getByText('press@1.1.0 live, press@1.0.0 in its shadow').waitFor(patience);
  await trial.getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await page.getByText('Press · press@1.0.0').waitFor(patience);
  await trial.getByRole('button', { name: 'End…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await trial.waitFor({ state: 'hidden', ...patience });
  // A shadow may go between the page's two questions, and the browser tells of each 404 by itself.
  assert.deepEqual(
    complaints.filter((text) => !text.includes('404')),
    [],
  );
});
