/**
 * An hour, or as long as is asked, at full load: 2,000 filtered twins a second with ten samples each a second over MQTT with QoS 1,
 * readers of the stream and of the page, and clients that come and go. Memory and open files must be flat, and the history must keep up.
 *
 * Flat is: by the median of all pairs' slopes (Theil–Sen), after the first fifth and at least ten minutes of an hour, what is measured
 * every ten seconds grows by no more than 5 % of its median over the time that is left, or 16 MiB; files by no more than 4.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEngine } from '../bench/lib/engine.ts';
import type { IngestOrder, IngestReport } from '../bench/lib/messages.ts';
import { median } from '../bench/lib/statistics.ts';
import { type Scope, wait } from '../bench/lib/scope.ts';
import { handlesOf, sumOf } from './lib/look.ts';
import { type Context, type Fault, nothing, type Outcome } from './lib/report.ts';
import { type Point, slopeOf } from './lib/slope.ts';

const twins = 2000;
const samplesAMessage = 4;
const messagesPerSecond = 5000;
const everyMs = 10_000;
const missedAtMost = 0.01;
const allowed = { part: 0.05, mib: 16, files: 4 } as const;

const senders = fileURLToPath(new URL('../bench/ingest-senders.ts', import.meta.url));
const readers = fileURLToPath(new URL('soak-readers.ts', import.meta.url));

interface Reading {
  readonly atMs: number;
  /** By what it is of, in MiB or as a number. */
  readonly values: Readonly<Record<Measure, number>>;
  readonly ticks: number;
  readonly missed: number;
  /** Samples that the history has taken and not yet written, and those that it had no room for. */
  readonly history: { readonly waiting: number; readonly dropped: number };
}

const measures = ['memory MiB', 'heap MiB', 'outside the heap MiB', 'open files'] as const;
type Measure = (typeof measures)[number];

export const soak: Fault = {
  name: 'soak',
  summary: 'full load for --minutes: memory and open files are flat (only if it is named)',
  isLong: true,
  async run({ scope, minutes, note }: Context): Promise<Outcome> {
    const engine = await startEngine(scope, writeProject(scope));
    const measureMs = minutes * 60_000;
    const order: IngestOrder = {
      url: engine.mqtt.href,
      connections: 20,
      twins,
      window: 100,
      together: true,
      messagesPerSecond,
      warmUpMs: 1000,
      measureMs: measureMs + 5000,
    };
    const machines = scope.start(process.execPath, [senders, JSON.stringify(order)]);
    scope.start(process.execPath, [readers, engine.http, engine.mqtt.href]);
    const readings: Reading[] = [];
    const beganMs = Date.now();
    while (Date.now() - beganMs < measureMs) {
      await wait(everyMs);
      readings.push(await read(engine.http, engine.child.process.pid ?? 0));
      if (readings.length % 6 === 0) note(lineOf(readings, beganMs));
    }
    const code = await machines.exited;
    if (code !== 0) throw new Error(`the machines ended with ${code}: ${machines.stderr()}`);
    const report = JSON.parse(machines.stdout()) as IngestReport;
    const acknowledged = Math.round((report.messagesPerSecond * samplesAMessage * order.measureMs) / 1000);
    note(
      `acknowledged after ${report.delayMs.p50.toFixed(1)} ms in the median, ${report.delayMs.p99.toFixed(1)} ms in the 99th percentile`,
    );
    const after = readings.filter(({ atMs }) => atMs - beganMs >= warmUpOf(measureMs));
    const broken = [
      ...measures.flatMap((measure) => judge(measure, after, note)),
      ...late(after, note),
      ...droppedIn(readings),
    ];
    await scope.stop(engine.child);
    return { fault: soak.name, tried: 1, ...nothing, acknowledged, broken };
  },
};

/** Caches, blocks of the history and compiled code fill in this time. */
function warmUpOf(measureMs: number): number {
  return Math.min(Math.max(measureMs / 5, 600_000), measureMs / 2);
}

async function read(http: string, pid: number): Promise<Reading> {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  const mib = (name: string) => sumOf(metrics, name) / 2 ** 20;
  return {
    atMs: Date.now(),
    values: {
      'memory MiB': mib('process_resident_memory_bytes'),
      'heap MiB': mib('gemel_heap_used_bytes'),
      'outside the heap MiB': mib('gemel_external_bytes'),
      'open files': handlesOf(pid),
    },
    ticks: sumOf(metrics, 'gemel_ticks_total'),
    missed: sumOf(metrics, 'gemel_missed_deadlines_total') + sumOf(metrics, 'gemel_skipped_ticks_total'),
    history: {
      waiting: sumOf(metrics, 'gemel_history_waiting'),
      dropped: sumOf(metrics, 'gemel_history_dropped_total'),
    },
  };
}

function lineOf(readings: readonly Reading[], beganMs: number): string {
  const last = readings.at(-1);
  if (last === undefined) return '';
  const values = measures.map((measure) => `${measure} ${last.values[measure].toFixed(0)}`);
  const minute = Math.round((last.atMs - beganMs) / 60_000);
  const { ticks, missed, history } = last;
  return `minute ${minute}: ${values.join(', ')}, ${ticks} ticks of which ${missed} late, ${history.waiting} samples wait for the history`;
}

/** By how much it grows in the time of these readings, and whether that is too much. */
function judge(measure: Measure, readings: readonly Reading[], note: Context['note']): readonly string[] {
  const points: Point[] = readings.map(({ atMs, values }) => ({ x: atMs, y: values[measure] }));
  const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
  const typical = median(points.map(({ y }) => y));
  const growth = slopeOf(points) * (last - first);
  const most = measure === 'open files' ? allowed.files : Math.max(allowed.part * typical, allowed.mib);
  const minutes = ((last - first) / 60_000).toFixed(0);
  note(
    `${measure}: ${typical.toFixed(0)} in the median, ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} in ${minutes} minutes, at most +${most.toFixed(1)} allowed`,
  );
  return growth <= most ? [] : [`${measure} grew by ${growth.toFixed(1)} in ${minutes} minutes`];
}

function late(readings: readonly Reading[], note: Context['note']): readonly string[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return ['too short to judge'];
  const part = (last.missed - first.missed) / (last.ticks - first.ticks);
  note(`${(100 * part).toFixed(3)} % of the ticks were late`);
  return part <= missedAtMost ? [] : [`${(100 * part).toFixed(1)} % of the ticks were late`];
}

function droppedIn(readings: readonly Reading[]): readonly string[] {
  const dropped = readings.at(-1)?.history.dropped ?? 0;
  return dropped === 0 ? [] : [`the history fell behind and dropped ${dropped} samples and facts`];
}

function writeProject(scope: Scope): string {
  const directory = scope.directory();
  writeFileSync(
    join(directory, 'model.yaml'),
    `
gemel: 1
model: machine
version: 1.0.0
solver: { step: 0.25 s }
inputs:
  speed: { unit: rpm, default: 2900 }
  flow: { unit: m3/h, default: 161 }
parameters:
  capacity: { unit: kJ/K, value: 40 }
states:
  power: { unit: kW, start: 22.2, noise: 0.05 kW/s^0.5, uncertainty: 1 kW }
  temperature: { unit: degC, start: 48, noise: 0.02 K/s^0.5, uncertainty: 2 K }
equations:
  der(power): (22.2 [kW] * speed / 2900 [rpm] - power) / 60 [s]
  der(temperature): (0.05 * power - 44 [W/K] * (temperature - 23 [degC])) / capacity
measurements:
  motor_power: { equals: power, unit: kW, noise: 0.1 kW }
  bearing_temperature: { equals: temperature, unit: degC, noise: 0.2 K }
`,
  );
  const lines = [
    'gemel: 1',
    'models: [model.yaml]',
    'workers: 1',
    // Often enough that its blocks are full, and its memory flat, after some minutes.
    'history: { every: 1 s }',
    'twins:',
    `  machine-{1..${twins}}: { model: machine }`,
  ];
  writeFileSync(join(directory, 'gemel.yaml'), `${lines.join('\n')}\n`);
  return directory;
}
