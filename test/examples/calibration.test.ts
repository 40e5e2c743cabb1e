/** The record of the example, and what docs/calibration.md says comes out of it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { root } from './support.ts';

const page = readFileSync(join(root, 'docs/calibration.md'), 'utf8');
const run = (...args: string[]) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NO_COLOR: '1' },
  });

test('the page shows what the commands print', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gemel-calibration-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const record = run('--conditions=gemel-source', 'examples/calibration/record.ts');
  assert.equal(record.status, 0, record.stderr);
  const shown = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, language, text = '']) =>
    language === '' ? [text] : [],
  );
  assert.ok(record.stdout.startsWith(shown[0] ?? 'nothing'));

  writeFileSync(join(directory, 'record.csv'), record.stdout);
  const command = /^gemel calibrate (.*?)\n```/ms.exec(page)?.[1] ?? '';
  const args = [...command.replaceAll('\\\n', ' ').matchAll(/"([^"]+)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const inside = new Set(['record.csv', 'report.html', 'cascaded-tanks-1.1.yaml']);
  const placed = args.map((arg) => (inside.has(arg) ? join(directory, arg) : arg));
  const { status, stdout, stderr } = run('src/cli/main.ts', 'calibrate', ...placed);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.replaceAll(`${directory}/`, ''), shown[1]);
  const written = readFileSync(join(directory, 'cascaded-tanks-1.1.yaml'), 'utf8');
  assert.match(written, /^version: 1\.1\.0$/m);
  assert.equal(run('src/cli/main.ts', 'check', join(directory, 'cascaded-tanks-1.1.yaml')).status, 0);
});
