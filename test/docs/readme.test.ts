/** The first twin of README.md, followed to the letter: its document, a mistake in it, its project, and what the twin makes of a message. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { loadProject } from '../../src/app/index.ts';
import { renderDiagnostics } from '../../src/core/diagnose/index.ts';
import { compileModel } from '../../src/core/model/index.ts';
import { createFleet, createLocalShard, createManualClock } from '../../src/engine/index.ts';
import { readPage } from './page.ts';

const page = readPage('README.md');
const [model = '', project = ''] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, body]) => body);
const startMs = Date.UTC(2026, 10, 22, 13);

test('to forget the area is told as the page shows it', () => {
  const file = 'models/tank.yaml';
  const text = model.replace('(inflow - outflow) / area', 'inflow - outflow');
  const { diagnostics } = compileModel({ file, text });
  const told = renderDiagnostics(diagnostics, { sources: new Map([[file, text]]), color: 'never' });
  const shown = /^```\n(models\/tank[\s\S]*?)^```$/m.exec(page)?.[1] ?? 'no picture';
  assert.ok(told.startsWith(shown), told);
});

test('the twin waits for its first inflow, and is then corrected by its sensor, and knows how surely', async (t) => {
  const loaded = loadProject(projectDirectory(t)).project;
  assert.ok(loaded !== undefined);
  assert.deepEqual(
    loaded.twins.map(({ id, periodMs }) => [id, periodMs]),
    [1, 2, 3].map((number) => [`tank-${number}`, 1000]),
  );
  const clock = createManualClock(startMs);
  const fleet = await createFleet({
    models: loaded.models,
    twins: loaded.twins,
    clock,
    shards: [createLocalShard(clock)],
  });
  await clock.advance(5000);
  assert.equal(fleet.snapshot('tank-1')?.status, 'waiting');
  const [, topic = '', message = ''] = /mosquitto_pub -t (\S+) -m '([^']+)'/.exec(page) ?? [];
  fleet.deliver({ topic, payload: new TextEncoder().encode(message), receivedMs: clock.nowMs() });
  await clock.advance(2000);
  const { states, uncertainty } = JSON.parse(fleet.snapshot('tank-1')?.toJson() ?? '{}');
  // The sensor says 980 mm to within 5, the start says 1 m to within the noise of ten minutes.
  assert.ok(Math.abs(states.level - 0.98) < 0.003, String(states.level));
  assert.ok(uncertainty.level > 0.004 && uncertainty.level < 0.007, String(uncertainty.level));
  await fleet.stop();
});

function projectDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'gemel-readme-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'models'));
  writeFileSync(join(directory, 'models', 'tank.yaml'), model);
  writeFileSync(join(directory, 'gemel.yaml'), project);
  return directory;
}
