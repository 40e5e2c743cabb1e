/** The report of a calibration in a browser: on a phone, in light and dark, with nothing loaded from elsewhere. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationReport } from '../../src/cli/report/index.ts';
import { calibrate, readRecording } from '../../src/core/calibrate/index.ts';
import { roomModel, roomRecord, tableOf } from '../core/calibrate/models.ts';
import { openBrowser, withoutBrowser as skip } from './browser.ts';

test('a report fits a phone, follows light and dark, and asks nobody for anything', { skip }, async (t) => {
  const recording = readRecording(roomModel, tableOf(roomRecord({ seed: 1, rows: 400 })));
  const result = calibrate(roomModel, recording, { train: '0:60%', test: '60%:100%', startOf: 'all' });
  const html = calibrationReport(result, { data: 'log.csv' });
  const browser = await openBrowser(t);
  const backgrounds: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 }, colorScheme });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.setContent(html);
    assert.deepEqual(asked, []);
    const seen = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
      charts: document.querySelectorAll('.chart svg').length,
      smallest: Math.min(
        ...[...document.querySelectorAll('.plot span')].map((it) =>
          Number.parseFloat(getComputedStyle(it).fontSize),
        ),
      ),
    }));
    assert.ok(seen.width <= 360, `it is ${seen.width} pixels wide`);
    assert.equal(seen.charts, 3);
    assert.ok(seen.smallest >= 11);
    backgrounds.push(seen.background);
  }
  assert.notEqual(backgrounds[0], backgrounds[1]);
});
