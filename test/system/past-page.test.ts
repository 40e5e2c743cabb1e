/** The past on the page, in a real browser: by slider, field, chart and address, with the alarms of then, and back to now. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { type Owner, startEngine, writeProject } from '../examples/support.ts';
import { openBrowser, openPage, patience, withoutBrowser as skip } from './browser.ts';

const press = `
gemel: 1
model: press
version: 1.0.0
title: Press
inputs:
  power: { unit: W, default: 0, min: 0, max: 5000 }
states:
  oil: { unit: degC, start: 40, title: Oil }
  wall: { unit: mm, start: 9 }
equations:
  der(oil): power / 10 [J/K]
  der(wall): 0
health:
  shell: { of: wall, nominal: 10 mm, fails: below 2 mm }
when:
  warm: { condition: "oil > 50 [degC]", raise: the oil gets warm }
`;

function projectOf(owner: Owner): string {
  return writeProject(owner, {
    'models/press.yaml': press,
    'gemel.yaml':
      'gemel: 1\nmodels: [models/press.yaml]\nhistory: { every: 0 s }\n' +
      'twins:\n  press-{1..2}: { model: press, period: 200 ms }\n',
  });
}

test('shows any past moment, and says all the time that it is one', { skip }, async (t) => {
  const engine = await startEngine(t, projectOf(t));
  const { page, complaints } = await openPage(await openBrowser(t), engine.page);
  const oil = page.getByRole('region', { name: 'Oil', exact: true });
  await oil.getByText('40', { exact: true }).waitFor(patience);
  const coldMs = Date.now();
  const heat = (power: number) =>
    fetch(`${engine.page}/api/v1/twins/press-1/inputs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ power }),
    });
  await heat(400);
  await page.getByText('the oil gets warm').first().waitFor(patience);
  await heat(0);
  await page.locator('#alarm-banner').getByText('1 warning').waitFor(patience);

  // By the address: what was before, and no alarm. Nothing can be done about the past.
  const cold = new Date(coldMs).toISOString();
  await page.goto(`${engine.page}/?at=${cold}#press-1`);
  const bar = page.getByRole('region', { name: 'Time' });
  await bar.getByText(/^the past, \d+ s ago · a tick every 0.2 s$/).waitFor(patience);
  await oil.getByText('40', { exact: true }).waitFor(patience);
  await page.getByText('No alarms.', { exact: true }).waitFor(patience);
  await page.locator('#alarm-banner').waitFor({ state: 'hidden', ...patience });
  const health = page.getByRole('region', { name: 'Health: shell' });
  await health.getByText('88 % left').waitFor(patience);
  assert.match((await health.textContent()) ?? '', /then 9 mm/);
  assert.match(await page.title(), /past/);

  // With the keyboard: the slider's end is the end of what is shown, when the alarm was there.
  const slider = page.getByRole('slider', { name: 'The moment that is shown' });
  await slider.focus();
  await page.keyboard.press('End');
  await page.getByText('the oil gets warm').first().waitFor(patience);
  assert.equal(await page.getByRole('button', { name: /^Acknowledge/ }).count(), 0);
  const warm = new URL(page.url()).searchParams.get('at') ?? '';
  assert.ok(Date.parse(warm) > coldMs);

  // The alarms of then on their own page, and twins that are chosen there.
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await page.locator('tr.alarm').waitFor(patience);
  assert.equal(new URL(page.url()).searchParams.get('at'), warm);
  // Models are those of now, and so is what stands beside them.
  await page.goto(`${engine.page}/?at=${cold}#press-1`);
  await oil.getByText('40', { exact: true }).waitFor(patience);
  await page.locator('#alarm-banner').waitFor({ state: 'hidden', ...patience });
  await page.getByRole('link', { name: /^Models/ }).click();
  await page.getByRole('heading', { name: 'Models' }).waitFor(patience);
  await page.locator('#alarm-banner').getByText('1 warning').waitFor(patience);
  await page.goto(`${engine.page}/?at=${warm}#/alarms`);
  await page.locator('tr.alarm').waitFor(patience);
  await page.getByRole('button', { name: 'press-2' }).click();
  await page.getByRole('heading', { name: 'press-2' }).waitFor(patience);
  await page.getByText('No alarms.', { exact: true }).waitFor(patience);

  // Typed, also where there was nothing.
  const field = page.getByLabel('The moment that is shown, as date and time');
  await field.fill('2020-01-01T12:00:00');
  await bar.getByRole('alert').getByText('nothing is recorded of 2020').waitFor(patience);
  await page.getByText('There is nothing to be shown of this moment.').waitFor(patience);
  await page.getByRole('button', { name: 'Back to now' }).click();
  await page.getByText(/^tick \d+/).waitFor(patience);
  assert.equal(new URL(page.url()).search, '');
  await bar.getByText('Now', { exact: true }).waitFor(patience);

  // On a chart: pressed, and dragged on.
  await page.getByRole('button', { name: 'press-1' }).click();
  await page.getByRole('heading', { name: 'press-1' }).waitFor(patience);
  const chart = oil.locator('.u-over');
  await chart.waitFor(patience);
  const box = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.9, box.y + 20);
  await page.mouse.down();
  await bar.getByText(/^the past/).waitFor(patience);
  const pressed = new URL(page.url()).searchParams.get('at');
  const past = page.getByRole('region', { name: 'Oil', exact: true }).locator('.u-over');
  await past.waitFor(patience);
  const there = (await past.boundingBox()) ?? box;
  await page.mouse.move(there.x + there.width * 0.95, there.y + 20, { steps: 5 });
  await page.mouse.move(there.x + there.width * 0.8, there.y + 20, { steps: 5 });
  await page.mouse.up();
  const dragged = new URL(page.url()).searchParams.get('at');
  assert.notEqual(dragged, pressed);
  assert.deepEqual(
    complaints.filter((text) => !text.includes('404')),
    [],
  );
});
