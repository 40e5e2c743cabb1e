/**
 * The numbers of this process for Prometheus: seconds and bytes, counters that end in `_total`.
 *
 * Most are kept elsewhere already and only read when somebody asks. What is observed as it happens are the
 * histograms of ticks and of the time from a sample to the state that contains it.
 */

import { Gauge, Histogram, Registry } from 'prom-client';
import type { Fleet, TickReport } from '../../engine/index.ts';
import { addAlarmMetrics } from './alarm-metrics.ts';
import { addFleetMetrics } from './fleet-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { ManyHistogram } from './many-histogram.ts';
import type { MetricsSources } from './sources.ts';
import { addSourceMetrics } from './source-metrics.ts';

export interface MetricsOptions {
  readonly fleet: Fleet;
  /** Of Gemel, shown in `gemel_build_info`. */
  readonly version: string;
}

export interface Metrics {
  readonly contentType: string;
  /** All metrics in the text format of Prometheus. */
  render(): Promise<string>;
  /** Adds the numbers of other parts of the program. To be called once. */
  watch(sources: MetricsSources): void;
  stop(): void;
}

/** From a tenth of a millisecond to ten seconds: what a tick may take, up to far too long. */
const tickBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
/** A sample waits for its tick, so this reaches to the longest usual periods. */
const sampleBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60];

export function createMetrics({ fleet, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const tickSeconds = new Histogram({
    name: 'gemel_tick_duration_seconds',
    help: 'From the time a tick of a block of twins was due to its snapshots being there for readers.',
    buckets: tickBuckets,
    registers,
  });
  const sampleSeconds = new ManyHistogram({
    name: 'gemel_sample_to_state_seconds',
    help: 'From the arrival of a sample to the snapshot that contains it.',
    buckets: sampleBuckets,
  });
  const observe = (tick: TickReport) => {
    tickSeconds.observe(Math.max(0, tick.seenMs - tick.dueMs) / 1000);
    for (const receivedMs of tick.receivedMs) {
      sampleSeconds.observe(Math.max(0, tick.seenMs - receivedMs) / 1000);
    }
  };
  const stopTicks = fleet.onTick(observe);

  new Gauge({
    name: 'gemel_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);

  addFleetMetrics(registry, fleet);
  addAlarmMetrics(registry, fleet);
  const stopProcess = addProcessMetrics(registry);

  return {
    contentType: registry.contentType,
    render: async () => `${await registry.metrics()}\n${sampleSeconds.render()}`,
    watch: (sources) => addSourceMetrics(registry, sources),
    stop() {
      stopTicks();
      stopProcess();
    },
  };
}
