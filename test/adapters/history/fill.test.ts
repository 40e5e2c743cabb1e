/** What a killed process had not written yet is in the journal, and from there in the history after the next start. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { fillFromJournal, type OpenHistory, recordFleet } from '../../../src/adapters/history/index.ts';
import { LiveModels } from '../../../src/adapters/history/live-models.ts';
import type { Model } from '../../../src/core/model/index.ts';
import {
  completeOf,
  createFleet,
  createLocalShard,
  createManualClock,
  factOfTwin,
  type HistoryFact,
} from '../../../src/engine/index.ts';
import { encodeCommand } from '../../../src/engine/journal/command-record.ts';
import { encodeFleet } from '../../../src/engine/journal/fleet-record.ts';
import { recordTwin } from '../../../src/engine/journal/twin-record.ts';
import { memoryJournal } from '../../engine/memory-journal.ts';
import { bytes, memoryStore, modelOf, startMs, twinOf } from '../../engine/support.ts';

const documentOf = (version: string, unit: string) => `
gemel: 1
model: boiler
version: ${version}
inputs:
  power: { unit: kW, default: 1 }
states:
  temperature: { unit: degC, start: 20, noise: 0.1 K/s^0.5 }
equations:
  der(temperature): power / 40 [kJ/K]
measurements:
  sensor: { equals: temperature, unit: ${unit}, noise: 0.1 K }
`;
const boiler = modelOf(documentOf('1.0.0', 'degC'));
const inFahrenheit = modelOf(documentOf('2.0.0', 'degF'));

let clock = createManualClock(startMs);
let journal = memoryJournal();
let checkpoints = memoryStore();
/** What the history has on its disk: values by series and time, and facts. */
let kept = new Map<string, Map<number, number>>();
let facts: HistoryFact[] = [];
let dropped = 0;

beforeEach(() => {
  // What is gathered leaves when a test says so.
  mock.timers.enable({ apis: ['setInterval'] });
  clock = createManualClock(startMs);
  journal = memoryJournal();
  checkpoints = memoryStore();
  kept = new Map();
  facts = [];
  dropped = 0;
});
afterEach(() => mock.timers.reset());

/** The process that runs; those before it were killed. */
let life = 0;

/** Of a process: what it hands over while it lives is on the disk at once. */
function openHistory(): Pick<OpenHistory, 'define' | 'write' | 'note' | 'factsAt' | 'counters'> {
  const names: string[] = [];
  const own = ++life;
  return {
    define: (series) =>
      Uint32Array.from(series, ({ twin, signal, unit }) => {
        const name = `${twin} ${signal} ${unit}`;
        return names.includes(name) ? names.indexOf(name) : names.push(name) - 1;
      }),
    write({ series, timesMs, values }) {
      if (own !== life) return;
      for (const [i, number] of series.entries()) {
        const name = names[number] ?? '';
        if (!kept.has(name)) kept.set(name, new Map());
        kept.get(name)?.set(timesMs[i] ?? 0, values[i] ?? 0);
      }
    },
    note(some) {
      if (own === life) facts.push(...some);
    },
    async factsAt({ kind, timeMs }) {
      const of = facts.filter((fact) => fact.kind === kind && fact.timeMs <= timeMs);
      return [...new Map(of.map((fact) => [`${fact.twin} ${fact.subject}`, fact])).values()];
    },
    counters: () => ({ written: 0, dropped, late: 0, waiting: 0, bytes: 0 }),
  };
}

/** Starts what shares its disks with those before it. Whoever is killed is just no longer used. */
async function start(models: readonly Model[] = [boiler]) {
  const fleet = await createFleet({
    models,
    twins: [twinOf('a', models[0] ?? boiler), twinOf('b', models[0] ?? boiler)],
    clock,
    shards: [createLocalShard(clock)],
    checkpoints,
    checkpointEveryMs: 5000,
    journal,
  });
  const send = (twin: string, sensor: number, timeMs = clock.nowMs()) => {
    const payload = bytes(JSON.stringify({ sensor: { value: sensor, unit: 'degC' }, time: timeMs }));
    const { accepted, refused } = fleet.deliver({
      topic: `gemel/${twin}/telemetry`,
      payload,
      receivedMs: clock.nowMs(),
    });
    assert.equal(accepted, 1, JSON.stringify(refused));
  };
  const record = () => {
    const history = openHistory();
    const recording = recordFleet(fleet, history, { everyMs: 5000 });
    return fillFromJournal({ fleet, history, journal, recording, warn: assert.fail });
  };
  return { fleet, send, record };
}

const samplesOf = (twin: string, unit = 'degC') => [...(kept.get(`${twin} measured sensor ${unit}`) ?? [])];
const markOf = () => facts.map((fact) => fact.kind === 'complete' && completeOf(fact)).findLast(Boolean);

test('after a kill the history has every acknowledged sample, as it records it when it comes', async () => {
  const sent: [number, number][] = [];
  for (let kill = 0; kill < 4; kill++) {
    const { send, record } = await start();
    // Between the start of the twins and that of the history; then while it runs.
    const take = () => {
      const sample = [clock.nowMs() - 300, 20 + 0.1 * sent.length] as const;
      sent.push([...sample]);
      send('a', sample[1], sample[0]);
    };
    take();
    await clock.advance(100);
    await record().filled;
    for (let i = 0; i < 3; i++) {
      take();
      await clock.advance(400);
      // The half second of the last ones never comes.
      if (i === 0) mock.timers.tick(500);
    }
  }
  assert.ok(samplesOf('a').length < sent.length, 'something was lost, until the next start');
  const { record, fleet } = await start();
  await record().filled;
  const expected = sent.map(([timeMs, value]) => [timeMs, Number(value.toPrecision(12))]);
  assert.deepEqual(
    samplesOf('a').toSorted((a, b) => a[0] - b[0]),
    expected,
  );
  assert.ok(![...kept.keys()].includes('a measured power kW'), 'inputs show at the ticks');
  await fleet.stop();
});

test('a start begins where the history says that it is complete, which it does every few seconds', async () => {
  const first = await start();
  const filling = first.record();
  await filling.filled;
  first.send('a', 21);
  await clock.advance(5000);
  mock.timers.tick(5000);
  await journal.committed();
  assert.deepEqual(markOf(), { journal: journal.last, atMs: startMs + 5000 });
  const { last } = journal;
  first.send('a', 22);
  const pages = mock.method(journal, 'pages');
  const second = await start();
  pages.mock.resetCalls();
  assert.equal(await second.record().filled, 1);
  assert.deepEqual(
    pages.mock.calls.map((call) => call.arguments),
    [[last + 1]],
  );
});

test('once something was dropped the next start begins before it', async () => {
  const first = await start();
  const filling = first.record();
  await filling.filled;
  const before = markOf();
  first.send('a', 21);
  // A disk that refused for so long that there was no more room.
  dropped = 1;
  kept.clear();
  await clock.advance(1000);
  await filling.stop();
  assert.deepEqual(markOf(), before);
  dropped = 0;
  kept.clear();
  const second = await start();
  await second.record().filled;
  assert.deepEqual(samplesOf('a'), [[startMs, 21]]);
});

test('what the journal has not confirmed may be lost there, and is not counted as complete', async () => {
  const first = await start();
  const filling = first.record();
  await filling.filled;
  const before = markOf();
  journal.hold = true;
  first.send('a', 21);
  mock.timers.tick(5000);
  await clock.advance(1000);
  assert.deepEqual(markOf(), before);
});

test('a sample of before another version counts in the unit of then, and is not put among those of another', async () => {
  const first = await start([boiler, inFahrenheit]);
  await first.record().filled;
  await clock.advance(1000);
  mock.timers.tick(5000);
  await journal.committed();
  first.send('a', 20);
  await first.fleet.beginShadow('a', inFahrenheit.id);
  const swapped = first.fleet.swapShadow('a');
  await clock.advance(2000);
  await swapped;
  first.send('a', 21);
  first.send('b', 22);
  const second = await start([boiler, inFahrenheit]);
  await second.record().filled;
  assert.deepEqual(samplesOf('a', 'degF'), [[startMs + 3000, 69.8]]);
  assert.deepEqual(samplesOf('a', 'degC'), []);
  assert.deepEqual(samplesOf('b'), [[startMs + 3000, 22]]);
});

test('which model a twin ran is read from the records: what was recorded before, starts, twins that came, swaps', () => {
  const fact = factOfTwin('a', startMs, { model: boiler.id, periodMs: 1000, resolutionMs: 5000 });
  const models = new LiveModels([fact]);
  const receivedMs = startMs;
  assert.equal(models.of('a'), boiler.id);
  assert.equal(
    models.take(encodeCommand({ kind: 'shadow', receivedMs, twin: 'a', model: 'x@1.0.0', atMs: 0 })),
    false,
  );
  assert.equal(models.of('a'), boiler.id);
  assert.equal(models.take(encodeCommand({ kind: 'swap', receivedMs, twin: 'a', atMs: 0 })), true);
  assert.equal(models.of('a'), 'x@1.0.0');
  models.take(encodeCommand({ kind: 'swap', receivedMs, twin: 'a', atMs: 0 }));
  assert.equal(models.of('a'), boiler.id, 'and back');
  const added = recordTwin(twinOf('c', inFahrenheit));
  models.take(encodeCommand({ kind: 'add', receivedMs, twin: added, atMs: 0 }));
  assert.equal(models.of('c'), inFahrenheit.id);
  models.take(encodeFleet({ receivedMs, twins: [recordTwin(twinOf('a', inFahrenheit))] }));
  assert.equal(models.of('a'), inFahrenheit.id);
  // A shadow that began before the first record is not known, and neither is what was live after it.
  models.take(encodeCommand({ kind: 'swap', receivedMs, twin: 'd', atMs: 0 }));
  assert.equal(models.of('d'), undefined);
});
