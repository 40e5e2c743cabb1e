/**
 * What a live twin costs in memory: 10,000 filtered pumps with four measurements each a second over MQTT, detection,
 * history, journal and alarms, less the same process with one of them.
 *
 * Resident is what the system has given the process and not got back: what is in use, what is no more and waits to be
 * collected, and what allocators keep for later. The notes say which thread has what.
 */

import { once } from 'node:events';
import { allRunning, type Setting, startSenders, writeProject } from './fleet-10000.ts';
import { type Engine, startEngine } from './lib/engine.ts';
import type { MemoryReport, ThreadMemory } from './lib/messages.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { wait } from './lib/scope.ts';

const twins = 10_000;
const limitBytes = 4096;
const setting: Setting = { name: 'memory.twin', periodMs: 1000, filter: 'unscented', detect: true };
const probe = new URL('lib/memory-probe.ts', import.meta.url);

export const memory: Bench = {
  name: 'memory.twin',
  summary: 'resident bytes a live twin at 10,000 twins, all included, and which thread has them',
  about:
    '10,000 filtered pumps with four measurements each a second over MQTT, history, journal, alarms and detection: resident memory less that of the same process with one twin. No peer: the limit is our own promise.',
  run,
};

async function run(context: Context): Promise<readonly Figure[]> {
  const { scope, quick, note } = context;
  const alone = await startEngine(scope, writeProject(scope, setting, 1), { probe });
  await wait(quick ? 5000 : 30_000);
  const one = await ask(alone);
  await scope.stop(alone.child);

  const engine = await startEngine(scope, writeProject(scope, setting, twins), { probe });
  await allRunning(engine);
  const machines = await startSenders(scope, engine.mqtt.href);
  // Samples are kept for the lateness of 10 s, and more in the history's memory until they make a block.
  await wait(quick ? 30_000 : 180_000);
  const all = await ask(engine);
  await scope.stop(machines);
  await scope.stop(engine.child);
  tellThreads(one, all, note);
  const a = (bytes: (report: MemoryReport) => number): number => (bytes(all) - bytes(one)) / (twins - 1);
  return [
    atMost(limitBytes, { name: setting.name, value: a(({ resident }) => resident), unit: 'B' }),
    { name: `${setting.name}.in-use`, value: a((report) => sum(report, inUse)), unit: 'B' },
  ];
}

async function ask({ child }: Engine): Promise<MemoryReport> {
  const answer = once(child.process, 'message');
  child.process.send('report');
  const [report] = (await answer) as [MemoryReport];
  return report;
}

function tellThreads(one: MemoryReport, all: MemoryReport, note: Context['note']): void {
  for (const name of ['main', 'shards', 'history'] as const) {
    const a = (bytes: (thread: ThreadMemory) => number): string =>
      readable((sum(all, bytes, name) - sum(one, bytes, name)) / (twins - 1));
    note(
      `${name}: ${a(({ heap }) => heap)} B a twin in objects, ${a(({ buffers }) => buffers)} B in arrays, ` +
        `${a(({ garbage }) => garbage)} B garbage or free (${readable(sum(all, ({ young }) => young, name) / 1e6)} MB for new objects)`,
    );
  }
}

function sum(
  { threads }: MemoryReport,
  bytes: (thread: ThreadMemory) => number,
  name?: ThreadMemory['name'],
) {
  const these = threads.filter((thread) => name === undefined || thread.name === name);
  return these.reduce((total, thread) => total + bytes(thread), 0);
}

function inUse({ heap, buffers }: ThreadMemory): number {
  return heap + buffers;
}
