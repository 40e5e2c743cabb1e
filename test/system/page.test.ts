/** The page in a real browser: live twins, an engine that goes away and comes back, nonsense in the filter and the address. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { copyExample, root, start, startEngine } from '../examples/support.ts';
import { openBrowser, openPage, patience, withoutBrowser as skip } from './browser.ts';

test('shows the twins live, and says when the engine is away', { skip }, async (t) => {
  const project = copyExample(t, 'pump-station');
  let engine = await startEngine(t, project);
  const { mqttPort } = engine;
  const httpPort = new URL(engine.page).port;
  start(t, [`${root}/examples/pump-station/plant.ts`, '--url', engine.mqttUrl]);
  const { page, complaints } = await openPage(await openBrowser(t), engine.page);

  await page.getByRole('button', { name: 'pump-3' }).waitFor(patience);
  assert.equal(await page.locator('#twins li').count(), 3);
  assert.equal(await page.locator('h1').textContent(), 'pump-1');
  await page.getByText('running', { exact: true }).waitFor(patience);

  // Each signal with its unit, the sensor's value beside the computed one, and a chart.
  const flow = page.getByRole('region', { name: 'Flow', exact: true });
  await flow.getByText(/^measured \d/).waitFor(patience);
  assert.equal(await flow.locator('.unit').textContent(), 'm3/h');
  await flow.locator('canvas').waitFor(patience);
  const tickBefore = await page.locator('.facts').textContent();
  await page.waitForFunction(
    (text) => document.querySelector('.facts')?.textContent !== text,
    tickBefore,
    patience,
  );
  await page.getByRole('row', { name: /^Speed set-point \d+ rpm (now|\d+ s ago)/ }).waitFor(patience);

  // The past in another span, and its end.
  const hour = page.getByRole('button', { name: '1 h', exact: true });
  await hour.click();
  await page.waitForFunction(
    () => document.querySelector('.past-note')?.textContent === '',
    undefined,
    patience,
  );
  assert.equal(await hour.getAttribute('aria-pressed'), 'true');
  // As far back as summaries are kept; the slider's end says which year that was.
  const year = page.getByRole('button', { name: '1 y', exact: true });
  await year.click();
  await page
    .getByRole('region', { name: 'Time' })
    .getByText(new RegExp(`^\\d+ \\w+ ${new Date(Date.now() - 31_536e6).getFullYear()}$`))
    .waitFor(patience);
  assert.equal(await year.getAttribute('aria-pressed'), 'true');
  await page.route('**/history**', (route) =>
    route.fulfill({ status: 503, json: { code: 'HISTORY_UNAVAILABLE', detail: 'the disk is broken' } }),
  );
  await page.getByRole('button', { name: '7 d', exact: true }).click();
  await page.getByText('The past is not to be had: the disk is broken').waitFor(patience);
  await page.unroute('**/history**');
  complaints.length = 0; // The browser tells of each 503 by itself.

  await page.getByRole('button', { name: 'pump-2' }).click();
  await page.getByRole('heading', { name: 'pump-2' }).waitFor(patience);
  assert.equal(new URL(page.url()).hash, '#pump-2');
  assert.deepEqual(complaints, []);

  await engine.stop();
  await page.getByRole('alert').getByText('The connection to the engine is lost').waitFor(patience);
  engine = await startEngine(t, project, ['--port', httpPort, '--mqtt-port', String(mqttPort)]);
  await page.getByRole('alert').waitFor({ state: 'hidden', ...patience });
  await page.getByText('goes on from its checkpoint').waitFor(patience);
});

test('nonsense in the filter and the address is answered, not obeyed', { skip }, async (t) => {
  const engine = await startEngine(t, copyExample(t, 'tutorial-machine'));
  const { page } = await openPage(await openBrowser(t), `${engine.page}/#<img src=x onerror=alert(1)>`);
  await page.getByText(/^There is no twin/).waitFor(patience);
  assert.equal(await page.locator('img[src=x]').count(), 0);

  await page.getByRole('searchbox').fill('"><script>alert(1)</script>');
  await page.waitForFunction(() => document.querySelectorAll('#twins li').length === 0, undefined, patience);
  await page.getByRole('searchbox').fill('mach');
  await page.getByRole('button', { name: 'machine' }).click();
  // A machine without sensors shows what is computed.
  await page.getByRole('region', { name: 'Vibration', exact: true }).locator('canvas').waitFor(patience);
});

test('a twin that comes is in the list without a reload, tells how sure it is, and that it was removed', {
  skip,
}, async (t) => {
  const engine = await startEngine(t, copyExample(t, 'pump-station'));
  const { page } = await openPage(await openBrowser(t), engine.page);
  await page.getByRole('button', { name: 'pump-1' }).waitFor(patience);
  const twin = { id: 'pump-9', model: 'station-pump', inputs: { speed_setpoint: 2900 } };
  const { status } = await fetch(`${engine.page}/api/v1/twins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(twin),
  });
  assert.equal(status, 201);
  await page.getByRole('button', { name: 'pump-9' }).click(patience);
  await page.getByRole('heading', { name: 'pump-9' }).waitFor(patience);
  const wear = page.getByRole('region', { name: 'Wear of the bearings', exact: true });
  await wear.getByText(/^± \d/).waitFor(patience);
  await fetch(`${engine.page}/api/v1/twins/pump-9`, { method: 'DELETE' });
  await page.getByText('The twin pump-9 has been removed.').waitFor(patience);
  await page.getByRole('button', { name: 'pump-9' }).waitFor({ state: 'detached', ...patience });
});
