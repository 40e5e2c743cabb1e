/** The page in a real browser: live twins, an engine that goes away and comes back, nonsense in the filter and the address. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { copyExample, type Owner, root, start, startEngine } from '../examples/support.ts';

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const skip = chromiumPath === undefined ? 'no Chromium on this machine' : false;
const patience = { timeout: 30_000 };

async function openBrowser(owner: Owner): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });
  owner.after(() => browser.close());
  return browser;
}

/** A page, and what its console and network had to complain of. */
async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

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
  await page.getByText(/there is no twin/).waitFor(patience);
  assert.equal(await page.locator('img[src=x]').count(), 0);

  await page.getByRole('searchbox').fill('"><script>alert(1)</script>');
  await page.waitForFunction(() => document.querySelectorAll('#twins li').length === 0, undefined, patience);
  await page.getByRole('searchbox').fill('mach');
  await page.getByRole('button', { name: 'machine' }).click();
  // A machine without sensors shows what is computed.
  await page.getByRole('region', { name: 'Vibration', exact: true }).locator('canvas').waitFor(patience);
});
