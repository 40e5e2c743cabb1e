/**
 * Preloaded into every thread of an engine: says what each has in memory, live and in all, when the process is asked over its
 * channel. Needs `--expose-gc`.
 */

import { readFileSync } from 'node:fs';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { getHeapSpaceStatistics } from 'node:v8';
import type { ThreadMemory } from './messages.ts';

/** By the end of the file that a thread began with. */
const names = { 'main.ts': 'main', 'workers/start.ts': 'shards', 'history/worker.ts': 'history' } as const;
const answersWithinMs = 5000;

const channel = new BroadcastChannel('gemel-bench-memory');
channel.unref();
if (isMainThread) answerTheBench();
else
  channel.addEventListener('message', (event) => dataOf(event) === 'ask' && channel.postMessage(measure()));

function dataOf(event: Event): ThreadMemory | 'ask' | undefined {
  return event instanceof MessageEvent ? (event.data as ThreadMemory | 'ask') : undefined;
}

function answerTheBench(): void {
  process.on('message', () => {
    const resident = residentBytes();
    const threads = [measure()];
    const hear = (event: Event): void => {
      const data = dataOf(event);
      if (typeof data === 'object') threads.push(data);
    };
    channel.addEventListener('message', hear);
    channel.postMessage('ask');
    setTimeout(() => {
      channel.removeEventListener('message', hear);
      process.send?.({ resident, threads });
    }, answersWithinMs);
  });
  // The channel to the benchmark is no reason for the engine to stay.
  process.channel?.unref();
}

/** Resident bytes of the process that are its own, not of files that are mapped. */
function residentBytes(): number {
  const kilobytes = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kilobytes === undefined ? process.memoryUsage.rss() : Number(kilobytes) * 1024;
}

function measure(): ThreadMemory {
  const before = process.memoryUsage();
  // The first finds what is garbage, the second what only garbage held.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  const file = (process.argv[1] ?? '').replaceAll('\\', '/');
  const name = Object.entries(names).find(([end]) => file.endsWith(end))?.[1] ?? 'other';
  return {
    name,
    heap: heapUsed,
    buffers: arrayBuffers,
    young: young?.space_size ?? 0,
    garbage: before.heapTotal - heapUsed + before.arrayBuffers - arrayBuffers,
  };
}
