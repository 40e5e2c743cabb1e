/** Memory, processor time and event loop of the process, under the names that every Prometheus client uses. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { readCounter, readGauge, readLabelledGauge } from './read.ts';

const percentiles = [50, 90, 99] as const;
const resolutionMs = 10;

/** @returns what ends the measuring. */
export function addProcessMetrics(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // The timer's own waiting is part of what Node measures and is no delay.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
  readLabelledGauge(
    registry,
    {
      name: 'gemel_event_loop_delay_seconds',
      help: 'How late the event loop was since the last time this was read, by statistic (p50, p90, p99, max).',
      labelNames: ['statistic'],
    },
    () => {
      const readings = percentiles.map(
        (p) => [{ statistic: `p${p}` }, delay.count === 0 ? 0 : seconds(delay.percentile(p))] as const,
      );
      const worst = [{ statistic: 'max' }, delay.count === 0 ? 0 : seconds(delay.max)] as const;
      delay.reset();
      return [...readings, worst];
    },
  );

  readGauge(
    registry,
    { name: 'process_resident_memory_bytes', help: 'Resident memory of the process.' },
    () => process.memoryUsage.rss(),
  );
  readGauge(
    registry,
    { name: 'gemel_heap_used_bytes', help: "Used JavaScript heap of the process's main thread." },
    () => process.memoryUsage().heapUsed,
  );
  readGauge(
    registry,
    {
      name: 'gemel_external_bytes',
      help: 'Memory of buffers that JavaScript holds outside its heap, of the main thread.',
    },
    () => process.memoryUsage().external,
  );
  readCounter(registry, { name: 'process_cpu_seconds_total', help: 'Processor time of the process.' }, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  readGauge(
    registry,
    { name: 'process_start_time_seconds', help: 'When the process started, in seconds since 1970.' },
    () => startSeconds,
  );
  return () => delay.disable();
}

const startSeconds = performance.timeOrigin / 1000;
