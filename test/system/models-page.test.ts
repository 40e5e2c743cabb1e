/** Models on the page, in a real browser: the versions there are, and what is different between them. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type Owner, startEngine } from '../examples/support.ts';
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
  const folder = mkdtempSync(join(tmpdir(), 'gemel-models-'));
  owner.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models/press.yaml'), press('1.0.0', 20));
  writeFileSync(
    join(folder, 'gemel.yaml'),
    'gemel: 1\nmodels: [models/press.yaml]\ntwins:\n  press-1: { model: press, period: 200 ms }\n',
  );
  return folder;
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
