/**
 * 10,000 twins of the pump's model in one process on two cores: filtered at 1 s with four measurements each a second over MQTT, and
 * open-loop at 500 ms.
 *
 * Counted is what the engine says of itself in `/metrics`: deadlines missed, and ticks given up or not published, of all
 * that were due. Everything is bounded in time; a fleet that does not come up in 20 s is an error.
 */

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, startEngine, type Engine } from './lib/engine.ts';
import type { MachinesReport, Order } from './lib/messages.ts';
import { growth, histogramQuantile, type Metrics, scrape, type Window } from './lib/metrics.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { watchProcessors } from './lib/processors.ts';
import { type Child, type Scope, until, wait } from './lib/scope.ts';

const twins = 10_000;
const limitPercent = 0.1;
const upWithinMs = 20_000;
const detection = 'detect: { mean_time_between_false_alarms: 90 d }\n';

export interface Setting {
  readonly name: string;
  readonly periodMs: number;
  readonly filter: 'unscented' | 'none';
  /** Whether faults of sensors are looked for. */
  readonly detect?: boolean;
}

const settings: readonly Setting[] = [
  { name: 'fleet.10000.filtered', periodMs: 1000, filter: 'unscented' },
  { name: 'fleet.10000.open', periodMs: 500, filter: 'none' },
];

export const fleet10000: Bench = {
  name: 'fleet.10000',
  summary: '10,000 twins: filtered at 1 s with 4 measurements each over MQTT, and open-loop at 500 ms',
  about:
    '10,000 twins in one process on two cores, with the filter and samples over MQTT, or open loop at 2 Hz: ticks that were late, ' +
    'given up or not published, processor, and bytes a twin. No peer: the limits are our own promises.',
  async run(context) {
    const figures: Figure[] = [];
    for (const setting of settings) figures.push(...(await measure(setting, context)));
    return figures;
  },
};

async function measure(setting: Setting, { scope, quick, note }: Context): Promise<readonly Figure[]> {
  const alone = await startEngine(scope, writeProject(scope, setting, 1));
  await wait(2000);
  const memoryOfOne = (await scrape(alone.http)).get('process_resident_memory_bytes') ?? Number.NaN;
  await scope.stop(alone.child);

  const engine = await startEngine(scope, writeProject(scope, setting, twins));
  await allRunning(engine);
  const machines = setting.filter === 'none' ? undefined : await startSenders(scope, engine.mqtt.href);
  await wait(quick ? 3000 : 5000);
  const before = await scrape(engine.http);
  const busyCores = watchProcessors();
  const beganMs = performance.now();
  if (machines !== undefined) tell(machines, 'begin');
  await wait(quick ? 8000 : 20_000);
  const sent = machines === undefined ? undefined : await ask(machines);
  const seconds = (performance.now() - beganMs) / 1000;
  const window = { before, after: await scrape(engine.http) };
  noteMore(setting, { window, sent, seconds, busy: busyCores() }, note);
  const memory = window.after.get('process_resident_memory_bytes') ?? Number.NaN;
  if (machines !== undefined) await scope.stop(machines);
  await scope.stop(engine.child);
  return [
    atMost(limitPercent, {
      name: setting.name,
      value: missedPercent(window, setting, seconds),
      unit: '% missed',
    }),
    {
      name: `${setting.name}.cpu`,
      value: (100 * growth(window, 'process_cpu_seconds_total')) / seconds,
      unit: '% of a core',
    },
    { name: `${setting.name}.memory.twin`, value: (memory - memoryOfOne) / (twins - 1), unit: 'B' },
  ];
}

/** Late, given up, not published or simply not made, of all ticks that were due. */
function missedPercent(window: Window, { periodMs }: Setting, seconds: number): number {
  const bad = ['missed_deadlines', 'skipped_ticks', 'unpublished_ticks']
    .map((name) => growth(window, `gemel_${name}_total`))
    .reduce((sum, count) => sum + count);
  // Of a tick at the window's edge nobody knows on which side it is.
  const due = (Math.floor((seconds * 1000) / periodMs) - 1) * twins;
  const notMade = Math.max(0, due - growth(window, 'gemel_ticks_total'));
  return (100 * Math.max(bad, notMade)) / due;
}

interface Measured {
  readonly window: Window;
  readonly sent: MachinesReport | undefined;
  readonly seconds: number;
  readonly busy: number;
}

function noteMore({ name }: Setting, { window, sent, seconds, busy }: Measured, note: Context['note']): void {
  const applied = growth(window, 'gemel_samples_total{outcome="applied",reason=""}');
  const messages = sent === undefined ? 'no messages' : `${readable(sent.sent / seconds)} messages/s sent`;
  const tick = (q: number) => readable(histogramQuantile(window, 'gemel_tick_duration_seconds', q) * 1000);
  note(
    `${name}: ${readable(seconds)} s, ${messages}, ${readable(applied / seconds)} samples/s applied, ` +
      `${readable(growth(window, 'gemel_late_samples_total') / seconds)} late/s, ` +
      `${readable(growth(window, 'gemel_ticks_total') / seconds)} ticks/s`,
  );
  note(`  beyond the tick, by /metrics: p50 ≤ ${tick(0.5)}, p99 ≤ ${tick(0.99)} ms`);
  const own = growth(window, 'process_cpu_seconds_total') + (sent?.cpuSeconds ?? 0);
  note(
    `  cores busy: machines ${readable((sent?.cpuSeconds ?? 0) / seconds)}, engine and machines ${readable(own / seconds)}, ` +
      `other programs ${readable(Math.max(0, busy - own / seconds))}`,
  );
}

export function writeProject(scope: Scope, { periodMs, filter, detect }: Setting, count: number): string {
  const directory = scope.directory();
  const model = readFileSync(join(root, 'examples/pump-station/models/station-pump.yaml'), 'utf8');
  writeFileSync(
    join(directory, 'pump.yaml'),
    `${model}\nfilter: { method: ${filter} }\n${detect ? detection : ''}`,
  );
  writeFileSync(
    join(directory, 'gemel.yaml'),
    [
      'gemel: 1',
      'models: [pump.yaml]',
      'twins:',
      `  pump-{1..${count}}:`,
      `    model: station-pump`,
      `    period: ${periodMs} ms`,
      '    inputs: { speed_setpoint: 2900 rpm }',
      '    start: { speed: 2900 rpm, flow: 161 m3/h, winding_temperature: 108 degC, bearing_temperature: 48.3 degC }',
      '',
    ].join('\n'),
  );
  return directory;
}

export async function allRunning({ http, child }: Engine): Promise<void> {
  const runs = (metrics: Metrics) => metrics.get('gemel_twins{status="running"}') === twins || undefined;
  const seen = until('all twins to run', async () => runs(await scrape(http)), { child, everyMs: 500 });
  const late = wait(upWithinMs).then(() => {
    throw new Error(`${twins} twins did not run within ${upWithinMs / 1000} s`);
  });
  await Promise.race([seen, late]);
  late.catch(() => undefined);
}

export async function startSenders(scope: Scope, url: string): Promise<Child> {
  const path = fileURLToPath(new URL('fleet-senders.ts', import.meta.url));
  const child = scope.start(process.execPath, [path, url, String(twins)], { messages: true });
  await Promise.race([once(child.process, 'message'), ended(child)]);
  return child;
}

function tell({ process: child }: Child, order: Order): void {
  child.send(order);
}

async function ask(child: Child): Promise<MachinesReport> {
  const answer = once(child.process, 'message');
  tell(child, 'report');
  const [report] = (await Promise.race([answer, ended(child)])) as [MachinesReport];
  return report;
}

async function ended(child: Child): Promise<never> {
  const code = await child.exited;
  throw new Error(`the machines ended with ${code}\n${child.stderr()}`);
}
