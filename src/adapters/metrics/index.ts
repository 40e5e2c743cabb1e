/** Metrics for Prometheus. */

export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';
export type { HttpSource, MetricsSources, MqttSource } from './sources.ts';
