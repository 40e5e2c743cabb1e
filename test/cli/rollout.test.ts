/** `gemel rollout` against an engine that runs: from the shadow to live and back, over a restart, and what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rolloutText } from '../../src/cli/rollout-text.ts';
import { directoryWith, firstLine, gemel, type Running, start } from './run.ts';

function model(version: string, rate: string): string {
  return `
gemel: 1
model: oil
version: ${version}
states:
  warmth: { unit: degC, start: 60 }
equations:
  der(warmth): ${rate}
measurements:
  sensor: { equals: warmth, unit: degC, noise: 0.5 K }
`;
}

const files = {
  'old.yaml': model('1.0.0', '0'),
  'new.yaml': model('1.1.0', '0.0001 [K/s]'),
  'gemel.yaml': `
gemel: 1
models: [old.yaml, new.yaml]
twins:
  unit-{1..4}: { model: oil@1.0.0, period: 100 ms, group: east }
`,
};

async function up(directory: string): Promise<{ readonly url: string; readonly running: Running }> {
  const running = start(['up', directory, '--port', '0', '--mqtt-port', '0', '--json']);
  const { page } = JSON.parse(await firstLine(running)) as { page: string };
  return { url: page, running };
}

/** Asks until a rollout is as expected; its twins have their turns one after another. */
async function until(url: string, name: string, expected: RegExp): Promise<string> {
  let shown = '';
  for (let tries = 0; tries < 20; tries++) {
    shown = (await gemel(['rollout', 'show', name, '--url', url])).stdout;
    if (expected.test(shown)) return shown;
  }
  throw new Error(`never came to what was expected: ${shown}`);
}

test('brings a version to twins in the shadow, makes it live, keeps that over a restart, and takes it back', async () => {
  const directory = directoryWith(files);
  const first = await up(directory);
  const rollout = (...args: string[]) => gemel(['rollout', ...args, '--url', first.url]);
  assert.deepEqual(await rollout('list'), { code: 0, stdout: 'no rollouts\n', stderr: '' });

  const begun = await rollout('start', 'warmer', 'oil@1.1.0', '--percent', '50', '--watch', '2h');
  assert.deepEqual([begun.code, begun.stderr], [0, '']);
  assert.match(begun.stdout, /^warmer: oil@1\.1\.0 is in the shadow\nno sample has come yet/);
  assert.match(
    await until(first.url, 'warmer', /(unit-\d +oil@1\.0\.0 +shadow.*\n){2}/),
    /runs in the shadow of 2 twins/,
  );
  const widened = await rollout('widen', 'warmer', '--group', 'east', '--json');
  const { twins, of } = JSON.parse(widened.stdout) as { twins: object; of: object };
  assert.deepEqual(of, { group: 'east' });
  assert.equal(
    Object.values(twins).reduce((sum: number, count: number) => sum + count, 0),
    4,
  );

  const promoted = await rollout('promote', 'warmer');
  assert.match(promoted.stdout, /^warmer: oil@1\.1\.0 is live, watched until \d{4}-/);
  await until(first.url, 'warmer', /(unit-\d +oil@1\.0\.0 +live.*\n){4}/);
  const listed = await rollout('list');
  assert.match(listed.stdout, /^rollout .*\nwarmer +oil@1\.1\.0 +live +4 live +not enough yet\n$/);

  first.running.child.kill('SIGKILL');
  await first.running.ended;
  const second = await up(directory);
  await until(second.url, 'warmer', /is live[\s\S]*(unit-\d +oil@1\.0\.0 +live.*\n){4}/);
  const twin = (await (await fetch(`${second.url}/api/v1/twins/unit-3`)).json()) as { model: string };
  assert.equal(twin.model, 'oil@1.1.0');

  const back = await gemel(['rollout', 'rollback', 'warmer', '--why', 'too warm', '--url', second.url]);
  assert.match(back.stdout, /is rolled back\n[\s\S]*Z {2}is rolled back: too warm\n/);
  await until(second.url, 'warmer', /(unit-\d +oil@1\.0\.0 +returned.*\n){4}/);
  const alarms = await gemel(['alarms', '--url', second.url]);
  assert.match(
    alarms.stdout,
    /^warning .*\*~rolled-back~warmer {2}unacknowledged\n +rollout `warmer` is rolled back: too warm\n/,
  );
  const ended = await gemel(['rollout', 'end', 'warmer', '--url', second.url]);
  assert.match(ended.stdout, /^warmer: oil@1\.1\.0 is ended\n/);
  const refused = await gemel(['rollout', 'promote', 'warmer', '--url', second.url]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /rollout `warmer` cannot be promoted: it is ended[\s\S]*begin another[\s\S]*\[ROLLOUT_STATE\]/,
  );
});

for (const [args, says] of [
  [['start', 'a', 'oil@1.1.0'], /which twins\? Give --twins, or --percent, or --group[\s\S]*\[USAGE\]/],
  [['start', 'a', 'oil@1.1.0', '--twins', 'x', '--percent', '5'], /which twins\?/],
  [['start', 'a', 'oil@1.1.0', '--percent', '101'], /--percent: `101` is not a percentage/],
  [['start', 'a', 'oil@1.1.0', '--percent', '5', '--watch', 'soon'], /--watch: /],
] as const) {
  test(`gemel rollout ${args.join(' ')} is refused before anybody is asked`, async () => {
    const { code, stderr } = await gemel(['rollout', ...args]);
    assert.equal(code, 2);
    assert.match(stderr, says);
  });
}

test('every part of it has help with an example', async () => {
  const parts = ['start', 'list', 'show', 'promote', 'widen', 'rollback', 'end'];
  const helps = await Promise.all(parts.map((part) => gemel(['rollout', part, '--help'])));
  for (const [i, { code, stdout }] of helps.entries()) {
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Examples:\\n {2}gemel rollout ${parts[i]}`));
  }
});

test('says on which twins the new version stands still', () => {
  const text = rolloutText({
    id: 'r',
    model: 'oil@1.1.0',
    state: 'shadow',
    twins: { shadow: 2 },
    still: 1,
    verdict: 'not enough yet',
    sentence: 'no sample has come yet',
    list: [
      { id: 'unit-1', from: 'oil@1.0.0', state: 'shadow', verdict: 'not enough yet', still: true },
      { id: 'unit-2', from: 'oil@1.0.0', state: 'shadow', verdict: 'not enough yet' },
    ],
  });
  assert.match(text, /^the new version stands still on 1 twin$/m);
  assert.match(
    text,
    /^unit-1 +oil@1\.0\.0 +shadow +stands still\nunit-2 +oil@1\.0\.0 +shadow +not enough yet$/m,
  );
});
