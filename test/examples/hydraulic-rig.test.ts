/**
 * The hydraulic rig: two half hours of the real record are played over MQTT, faster than they happened, to twins that
 * live as fast. In the first the cooler is renewed, in the second the pump begins to leak and the valve to stick: the
 * twins must say so. How well they do over the whole record is proved in `prove/rig.ts`.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { copyExample, type Engine, gemel, root, start, startEngine, subscribe, until } from './support.ts';

const speed = 120;
const record = join(root, '../shared/data/hydraulic-rig/measurements.csv.gz');
const skip = existsSync(record) ? false : 'the record of the hydraulic rig is not here';

interface State {
  readonly status: string;
  readonly outputs: Readonly<Record<string, number>>;
  readonly uncertainty?: Readonly<Record<string, number>>;
}

test('two half hours of the real record, played over MQTT', { skip, timeout: 300_000 }, async (t) => {
  const directory = copyExample(t, 'hydraulic-rig');
  const engine = await startEngine(t, directory, ['--speed', `${speed}x`, '--log-level', 'error']);
  const full = await subscribe(t, engine.mqttUrl, 'gemel/rig/state');
  const lean = await subscribe(t, engine.mqttUrl, 'gemel/rig-two-sensors/state');

  await t.test('the cooler is renewed: both twins see its conductance rise', async (t2) => {
    // At 1464 min the cooler is set from 20 % to 100 %.
    await play(engine, { from: 1444, minutes: 20 });
    const before = outputs(full).slice(-60);
    t2.diagnostic(`before: ${mean(before, 'conductance').toFixed(0)} W/K`);
    assert.ok(share(before, 'cooler_condition', 20) > 0.9, 'a cooler at 20 %');
    assert.ok(share(outputs(lean).slice(-60), 'cooler_condition', 20) > 0.9, 'and from two sensors');
    await play(engine, { from: 1464, minutes: 10 });
    const after = outputs(full).slice(-60);
    t2.diagnostic(`after: ${mean(after, 'conductance').toFixed(0)} W/K`);
    assert.ok(share(after, 'cooler_condition', 100) > 0.9, 'a renewed cooler');
    assert.ok(mean(after, 'conductance') > 1.7 * mean(before, 'conductance'));
    assert.ok(share(outputs(lean).slice(-60), 'cooler_condition', 100) > 0.9, 'and from two sensors');
    assert.equal(share(after, 'leakage_grade', 0), 1);
    assert.ok(share(after, 'valve_condition', 100) > 0.9);
  });

  await t.test('the pump begins to leak, and the valve to stick', async (t2) => {
    // At 1674 min leakage is set from none to severe, a minute later the valve from 100 % to 73 %.
    await play(engine, { from: 1666, minutes: 8 });
    assert.ok(share(outputs(full).slice(-60), 'leakage_grade', 0) > 0.9, 'no leakage yet');
    await play(engine, { from: 1674, minutes: 6 });
    const after = outputs(full).slice(-60);
    const last = full.at(-1);
    t2.diagnostic(`leaking ${mean(after, 'leaking').toFixed(2)} l/min`);
    assert.ok(share(after, 'leakage_grade', 2) > 0.9, 'severe leakage');
    assert.ok(share(after, 'valve_condition', 73) > 0.9, 'a valve that is late');
    assert.ok(share(after, 'cooler_condition', 100) > 0.9);
    assert.ok((stateOf(last?.text).uncertainty?.leakage ?? 0) > 0, 'and how sure it is');
  });

  async function play(to: Engine, { from, minutes }: { from: number; minutes: number }): Promise<void> {
    const where = ['--to', to.mqttUrl, '--topic', 'rig/sensors'];
    const part = ['--from', `${from}min`, '--for', `${minutes}min`, '--speed', `${speed}x`];
    const published = full.length;
    const player = start(t, [gemel, 'play', record, ...where, ...part, '--json']);
    assert.equal(await player.exited, 0, player.output());
    const summary = JSON.parse(player.stdout()) as Record<string, unknown>;
    assert.deepEqual([summary.rows, summary.skippedCells], [minutes * 60, 0]);
    await until('states of the part that was played', to, () => (full.length > published ? true : undefined));
  }
});

function stateOf(text = '{}'): State {
  return JSON.parse(text) as State;
}

function outputs(published: readonly { readonly text: string }[]): readonly State['outputs'][] {
  return published
    .map(({ text }) => stateOf(text))
    .filter(({ status }) => status === 'running')
    .map((state) => state.outputs);
}

function mean(states: readonly State['outputs'][], name: string): number {
  return states.reduce((sum, state) => sum + (state[name] ?? NaN), 0) / states.length;
}

/** Of the states, in how many an output has a value. */
function share(states: readonly State['outputs'][], name: string, value: number): number {
  return states.filter((state) => Math.abs((state[name] ?? NaN) - value) < 0.5).length / states.length;
}
