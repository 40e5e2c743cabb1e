/**
 * 1,000 twins of the pump's model in one process, each computed every 500 ms and each with its own telemetry over MQTT.
 *
 * Machines and reader are processes of their own. The latency is what the reader sees: from the time a tick was due to
 * the arrival of a state that contains its samples. What the engine says of itself in `/metrics` stands beside it.
 */

import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, startEngine, type Engine } from './lib/engine.ts';
import type { MachinesReport, Order, Quantiles, ReaderReport } from './lib/messages.ts';
import { growth, histogramQuantile, type Metrics, scrape, type Window } from './lib/metrics.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { watchProcessors } from './lib/processors.ts';
import { type Child, type Scope, until, wait } from './lib/scope.ts';

const twins = 1000;
const periodMs = 500;
const limitMs = 50;

export const fleet1000: Bench = {
  name: 'fleet.1000',
  summary: '1,000 twins at 500 ms with telemetry over MQTT: latency, deadlines, memory',
  about:
    '1,000 twins at 2 Hz over MQTT: how long after its tick a state arrives at a subscriber, missed deadlines, processor and memory. ' +
    'No peer: the limits are our own promises.',
  run,
};

async function run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
  const alone = await startEngine(scope, writeProject(scope, 1));
  await wait(3000);
  const memoryOfOne = (await scrape(alone.http)).get('process_resident_memory_bytes') ?? Number.NaN;
  await scope.stop(alone.child);

  const engine = await startEngine(scope, writeProject(scope, twins));
  const reader = await startPart(scope, 'fleet-reader.ts', [engine.mqtt.href, String(periodMs)]);
  const machines = await startPart(scope, 'fleet-machines.ts', [
    engine.mqtt.href,
    String(twins),
    String(periodMs),
  ]);
  await allRunning(engine);
  await wait(quick ? 5000 : 15_000);

  const before = await scrape(engine.http);
  const busyCores = watchProcessors();
  const beganMs = performance.now();
  tell(reader, 'begin');
  tell(machines, 'begin');
  await wait(quick ? 15_000 : 60_000);
  const [read, sent] = await Promise.all([ask<ReaderReport>(reader), ask<MachinesReport>(machines)]);
  const seconds = (performance.now() - beganMs) / 1000;
  const busy = busyCores();
  const window = { before, after: await scrape(engine.http) };
  tellMore({ window, read, sent, seconds, busy }, note);
  return figuresOf({ window, read, seconds, memoryOfOne });
}

interface Measured {
  readonly window: Window;
  readonly read: ReaderReport;
  readonly seconds: number;
}

function figuresOf({
  window,
  read,
  seconds,
  memoryOfOne,
}: Measured & { readonly memoryOfOne: number }): readonly Figure[] {
  const memory = window.after.get('process_resident_memory_bytes') ?? Number.NaN;
  const missed = [
    'gemel_missed_deadlines_total',
    'gemel_skipped_ticks_total',
    'gemel_unpublished_ticks_total',
  ]
    .map((name) => growth(window, name))
    .reduce((sum, count) => sum + count);
  const cpu = (100 * growth(window, 'process_cpu_seconds_total')) / seconds;
  return [
    atMost(limitMs, { name: 'fleet.1000', value: read.beyondTickMs.p99, unit: 'ms' }),
    atMost(0, { name: 'fleet.1000.missed', value: missed, unit: 'ticks' }),
    { name: 'fleet.1000.cpu', value: cpu, unit: '% of a core' },
    { name: 'fleet.1000.memory', value: memory / 2 ** 20, unit: 'MiB' },
    { name: 'fleet.1000.memory.twin', value: (memory - memoryOfOne) / (twins - 1) / 1024, unit: 'KiB' },
  ];
}

function tellMore(
  { window, read, sent, seconds, busy }: Measured & { readonly sent: MachinesReport; readonly busy: number },
  note: Context['note'],
): void {
  const shown = ({ p50, p99, worst }: Quantiles) =>
    `p50 ${readable(p50)}, p99 ${readable(p99)}, worst ${readable(worst)} ms`;
  const applied = growth(window, 'gemel_samples_total{outcome="applied",reason=""}');
  const refused = [...window.after.keys()]
    .filter((name) => name.startsWith('gemel_samples_total{outcome="refused"'))
    .reduce((sum, name) => sum + growth(window, name), 0);
  note(
    `${readable(seconds)} s: ${readable(sent.sent / seconds)} messages/s sent, ${sent.unacknowledged} not yet acknowledged; ` +
      `${readable(applied / seconds)} samples/s applied, ${refused} refused`,
  );
  note(`beyond the tick, as the reader sees it: ${shown(read.beyondTickMs)}`);
  note(`beyond the tick, by /metrics: p50 ≤ ${inMs(window, 0.5)}, p99 ≤ ${inMs(window, 0.99)} ms`);
  note(
    `sample to state, the wait for the tick included: ${shown(read.sampleToStateMs)}; ` +
      `${readable(100 * read.withoutFreshSample)} % of states without a sample of their period`,
  );
  note(
    `${readable(read.states / seconds)} states/s of ${read.twins} twins, at least ${read.fewestStates} of each ` +
      `in ${Math.floor((seconds * 1000) / periodMs)} periods`,
  );
  const own = growth(window, 'process_cpu_seconds_total') + sent.cpuSeconds + read.cpuSeconds;
  note(
    `cores busy: machines ${readable(sent.cpuSeconds / seconds)}, reader ${readable(read.cpuSeconds / seconds)}, ` +
      `all of the benchmark ${readable(own / seconds)}, other programs ${readable(Math.max(0, busy - own / seconds))}`,
  );
}

function inMs(window: Window, q: number): string {
  return readable(histogramQuantile(window, 'gemel_tick_duration_seconds', q) * 1000);
}

function writeProject(scope: Scope, count: number): string {
  const directory = scope.directory();
  copyFileSync(join(root, 'examples/pump-station/models/station-pump.yaml'), join(directory, 'pump.yaml'));
  writeFileSync(
    join(directory, 'gemel.yaml'),
    [
      'gemel: 1',
      'models: [pump.yaml]',
      'twins:',
      `  pump-{1..${count}}: { model: station-pump, period: ${periodMs} ms }`,
      '',
    ].join('\n'),
  );
  return directory;
}

async function allRunning({ http, child }: Engine): Promise<void> {
  const runs = (metrics: Metrics) => metrics.get('gemel_twins{status="running"}') === twins || undefined;
  await until('all twins to run', async () => runs(await scrape(http)), { child, everyMs: 250 });
}

async function startPart(scope: Scope, file: string, args: readonly string[]): Promise<Child> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = scope.start(process.execPath, [path, ...args], { messages: true });
  await Promise.race([once(child.process, 'message'), ended(file, child)]);
  return child;
}

function tell({ process: child }: Child, order: Order): void {
  child.send(order);
}

async function ask<Report>(child: Child): Promise<Report> {
  const answer = once(child.process, 'message');
  tell(child, 'report');
  const [report] = (await Promise.race([answer, ended('a process of the benchmark', child)])) as [Report];
  return report;
}

async function ended(what: string, child: Child): Promise<never> {
  const code = await child.exited;
  throw new Error(`${what} ended with ${code}\n${child.stderr()}`);
}
