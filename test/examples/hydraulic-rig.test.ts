/**
 * The hydraulic rig: an hour of the real record (the cooler has just been renewed, the oil falls from 45 to 35.5 °C)
 * is played over MQTT, faster than it happened, to a twin that lives as fast. The twin computes the temperature from
 * the motor's power alone; what it expects is compared with what the rig measured, and with `gemel simulate`.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { copyExample, gemel, root, start, startEngine, subscribe, until } from './support.ts';

const speed = '120x';
const record = join(root, '../shared/data/hydraulic-rig/measurements.csv.gz');
const skip = existsSync(record) ? false : 'the record of the hydraulic rig is not here';
const fromSeconds = 87_840;
const startDegC = 44.9;

interface State {
  readonly time: string;
  readonly states: { readonly oil_temperature: number };
  readonly measurements: {
    readonly temperature_1: {
      readonly measured?: number;
      readonly innovation?: number;
      readonly time?: string;
    };
  };
}

interface Point {
  readonly seconds: number;
  readonly degC: number;
}

test('an hour of the real record, played over MQTT', { skip, timeout: 300_000 }, async (t) => {
  const directory = copyExample(t, 'hydraulic-rig');
  const rows = readRecord();
  const engine = await startEngine(t, directory, ['--speed', speed, '--log-level', 'error']);
  const published = await subscribe(t, engine.mqttUrl, 'gemel/rig/state');
  const events = await subscribe(t, engine.mqttUrl, 'gemel/rig/events');
  await playRecord();
  const last = rows.at(-1)?.degC;
  await until('the last row of the record in the state', engine, () =>
    published.length > 0 && stateAt(-1).measurements.temperature_1.measured === last ? true : undefined,
  );
  const states = published.map((_, i) => stateAt(i)).filter((it) => it.measurements.temperature_1.time);

  await t.test('the twin follows: the temperature error without any correction', () => {
    const compared = new Map(
      states.map(({ measurements: { temperature_1: it } }) => [it.time, it.innovation ?? Number.NaN]),
    );
    const errors = [...compared.values()];
    assert.ok(errors.length > 360, `only ${errors.length} comparisons`);
    const rmse = rootMeanSquare(errors);
    const largest = Math.max(...errors.map(Math.abs));
    t.diagnostic(
      `open-loop temperature error over ${errors.length} comparisons in an hour: ` +
        `${rmse.toFixed(3)} K rmse, ${largest.toFixed(2)} K at most`,
    );
    assert.ok(rmse < 1, `rmse ${rmse} K`);
    const first = states[0]?.states.oil_temperature ?? Number.NaN;
    const end = states.at(-1)?.states.oil_temperature ?? Number.NaN;
    assert.ok(first > 44 && end < 36, `from ${first} to ${end} °C`);
  });

  await t.test('it computes what gemel simulate computes from the same inputs', async (t2) => {
    // A computer that stands still for half a second is a minute of the record; the engine then gives up ticks.
    const stalled = events.find(({ text }) => text.includes('resynchronised'));
    if (stalled !== undefined) return t2.skip(`this computer stood still meanwhile: ${stalled.text}`);
    const simulated = await simulateRecord();
    const lived = states.map(({ time, states: { oil_temperature: degC } }) => ({
      seconds: Date.parse(time) / 1000,
      degC,
    }));
    // Which second of the record the twin's first one is depends on when its first sample came.
    const beginning = (lived[0]?.seconds ?? 0) - 10;
    const fits = Array.from({ length: 81 }, (_, i) => {
      const differences = differencesAt(lived, simulated, beginning + (i - 40) / 2);
      return { differences, rms: rootMeanSquare(differences) };
    });
    const best = fits.reduce((a, b) => (b.rms < a.rms ? b : a));
    const largest = Math.max(...best.differences.map(Math.abs));
    t.diagnostic(`beside gemel simulate: ${best.rms.toFixed(4)} K rms, ${largest.toFixed(3)} K at most`);
    assert.ok(best.differences.length > 360);
    // A sample comes some milliseconds early or late, and each of them is 0.12 s of the record here.
    assert.ok(best.rms < 0.05 && largest < 0.3, `${best.rms} K rms, ${largest} K at most`);
  });

  function stateAt(index: number): State {
    return JSON.parse(published.at(index)?.text ?? '') as State;
  }

  async function playRecord(): Promise<void> {
    const where = ['--to', engine.mqttUrl, '--topic', 'rig/sensors'];
    const part = ['--from', `${fromSeconds}s`, '--for', '1h', '--speed', speed];
    const play = start(t, [gemel, 'play', record, ...where, ...part, '--json']);
    assert.equal(await play.exited, 0, play.output());
    const summary = JSON.parse(play.stdout()) as Record<string, unknown>;
    assert.deepEqual([summary.rows, summary.messages, summary.skippedCells], [rows.length, rows.length, 0]);
  }

  async function simulateRecord(): Promise<readonly Point[]> {
    const inputs = join(directory, 'inputs.csv');
    const results = join(directory, 'results.csv');
    const lines = rows.map(({ seconds, watts }) => `${seconds},${watts}`);
    writeFileSync(inputs, `time,motor_power [W]\n${lines.join('\n')}\n`);
    const model = join(directory, 'models/hydraulic-power-unit.yaml');
    const spans = ['--for', '1h', '--tick', '1s', '--every', '5s'];
    const from = ['--start', `oil_temperature=${startDegC}degC`, '--inputs', inputs];
    const out = ['--only', 'oil_temperature', '--csv', results];
    const program = start(t, [gemel, 'simulate', model, ...spans, ...from, ...out]);
    assert.equal(await program.exited, 0, program.output());
    return table(readFileSync(results, 'utf8')).map(([seconds = 0, degC = 0]) => ({ seconds, degC }));
  }
});

/** The hour after the cooler was renewed. */
function readRecord(): readonly (Point & { readonly watts: number })[] {
  const text = gunzipSync(readFileSync(record)).toString();
  const [header = ''] = text.split('\n', 1);
  const column = (name: string) => header.split(',').indexOf(name);
  const [time, power, temperature] = ['time_s', 'motor_power_W', 'temperature_1_degC'].map(column);
  const rows = table(text).map((row) => ({
    seconds: (row[time ?? -1] ?? Number.NaN) - fromSeconds,
    watts: row[power ?? -1] ?? Number.NaN,
    degC: row[temperature ?? -1] ?? Number.NaN,
  }));
  const hour = rows.filter(({ seconds }) => seconds >= 0 && seconds < 3600);
  assert.equal(hour.length, 3600);
  return hour;
}

/** The numbers of a CSV text, without its header. */
function table(text: string): readonly (readonly number[])[] {
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => line.split(',').map(Number));
}

/** Lived minus simulated, with the twin's time counted from `beginning`. */
function differencesAt(
  lived: readonly Point[],
  simulated: readonly Point[],
  beginning: number,
): readonly number[] {
  const [a, b] = simulated;
  const step = (b?.seconds ?? 0) - (a?.seconds ?? 0);
  return lived.flatMap(({ seconds, degC }) => {
    const at = (seconds - beginning) / step;
    const [before, after] = [simulated[Math.floor(at)], simulated[Math.floor(at) + 1]];
    if (before === undefined || after === undefined) return [];
    return [degC - before.degC - (at - Math.floor(at)) * (after.degC - before.degC)];
  });
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, it) => sum + it * it, 0) / values.length);
}
