/** The README of a first project, followed to the letter: its recording reaches the twin, and corrects it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoryWith, firstLine, gemel, start } from './run.ts';

interface State {
  readonly measurements: { readonly winding_temperature: { readonly measured?: number } };
}

test('the recording of a first project corrects its twin', async () => {
  const directory = directoryWith({});
  assert.equal((await gemel(['init', '.'], directory)).code, 0);
  const readme = readFileSync(join(directory, 'README.md'), 'utf8');
  const [up = [], play = []] = [/^ {6}gemel (up --speed .*)$/m, /^ {6}gemel (play .*)$/m].map((line) =>
    line.exec(readme)?.[1]?.split(' '),
  );
  const running = start([...up, '--port', '0', '--mqtt-port', '0'], directory);
  const { page, broker } = addressesIn(await firstLine(running));
  const sent = await gemel([...play, '--to', broker, '--for', '120s'], directory);
  assert.match(sent.stdout, /^24 messages of 24 rows/);
  let measured: number | undefined;
  for (let asked = 0; measured === undefined && asked < 100; asked++) {
    const state = (await (await fetch(`${page}/api/v1/twins/motor-1/state`)).json()) as State;
    measured = state.measurements.winding_temperature.measured;
  }
  // In two minutes 720 W have not yet warmed it by 10 K.
  assert.ok(measured !== undefined && measured > 20 && measured < 32, String(measured));
  running.child.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

function addressesIn(line: string): { readonly page: string; readonly broker: string } {
  const [page = ''] = /http:\/\/[^\s"]+/.exec(line) ?? [];
  const [broker = ''] = /mqtt:\/\/[^\s"]+/.exec(line) ?? [];
  return { page, broker };
}
