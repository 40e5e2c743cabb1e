/** A real browser for the tests of the page, where this machine has one. */

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Owner } from '../examples/support.ts';

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** For the `skip` option of a test. */
export const withoutBrowser: string | false =
  chromiumPath === undefined ? 'no Chromium on this machine' : false;

export const patience = { timeout: 30_000 };

export async function openBrowser(owner: Owner): Promise<Browser> {
  const browser = await launchBrowser();
  owner.after(() => browser.close());
  return browser;
}

/** Takes a second: several tests may share one. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });
}

/** A page, and what its console and network had to complain of. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}
