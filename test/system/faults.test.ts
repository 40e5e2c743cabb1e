/** The short form of `npm run faults`: an engine killed some times under load has lost nothing and changed no bit. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const run = fileURLToPath(new URL('../../faults/run.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function faults(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [run, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (texts.stderr += bytes.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}

test('kills under load, at named points and while versions change cost no acknowledged sample, give none twice, and change no bit', async () => {
  const args = ['kill', 'fail-points', 'swaps', '--kills', '3', '--seed', '1', '--json'];
  const { code, stdout, stderr } = await faults(...args);
  assert.equal(code, 0, stderr + stdout);
  const outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const good = { lost: 0, duplicated: 0, diverged: 0 };
  assert.deepEqual(
    outcomes.map(({ acknowledged: _some, worst_recovery_s: _seconds, ...counts }) => counts),
    [
      { fault: 'kill', tried: 3, ...good },
      { fault: 'fail-points', tried: 3, ...good },
      { fault: 'swaps', tried: 2, ...good },
    ],
  );
  for (const { fault, acknowledged, worst_recovery_s: seconds } of outcomes) {
    assert.ok(acknowledged > 100, `${fault}: ${acknowledged} samples were acknowledged`);
    assert.ok(seconds < 30, `${fault}: the longest recovery took ${seconds} s`);
  }
});

test('a fault that does not exist is told, with those that do', async () => {
  const { code, stderr } = await faults('earthquake');
  assert.equal(code, 2);
  assert.match(stderr, /^no fault earthquake\n/);
  for (const name of ['kill', 'torn', 'disk-full', 'flood']) assert.ok(stderr.includes(`\n  ${name} `));
});
