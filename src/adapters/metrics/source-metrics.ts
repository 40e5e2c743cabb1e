/** The numbers of the HTTP server, of MQTT and of the history. */

import type { Registry } from 'prom-client';
import { readCounter, readGauge, readLabelledCounter } from './read.ts';
import type { HistorySource, HttpSource, JournalSource, MetricsSources, MqttSource } from './sources.ts';

export function addSourceMetrics(registry: Registry, { http, mqtt, history, journal }: MetricsSources): void {
  if (http !== undefined) addHttpMetrics(registry, http);
  if (mqtt !== undefined) addMqttMetrics(registry, mqtt);
  if (history !== undefined) addHistoryMetrics(registry, history);
  if (journal !== undefined) addJournalMetrics(registry, journal);
}

function addHttpMetrics(registry: Registry, read: () => HttpSource): void {
  readLabelledCounter(
    registry,
    {
      name: 'gemel_http_requests_total',
      help: 'Answered requests by method, route and status.',
      labelNames: ['method', 'route', 'status'],
    },
    () =>
      read().requests.map(({ method, route, status, count }) => [
        { method, route, status: String(status) },
        count,
      ]),
  );
  const stream = (name: string, help: string, value: (stream: HttpSource['stream']) => number) =>
    readCounter(registry, { name, help }, () => value(read().stream));
  readGauge(
    registry,
    { name: 'gemel_stream_readers', help: 'Readers that follow the stream.' },
    () => read().stream.readers,
  );
  stream(
    'gemel_stream_missed_total',
    'States that slow readers were not sent because newer ones had come.',
    ({ missed }) => missed,
  );
  stream('gemel_stream_messages_total', 'Messages sent to readers of the stream.', ({ sent }) => sent);
  stream('gemel_stream_stuck_total', 'Readers closed because they read nothing.', ({ stuck }) => stuck);
}

function addMqttMetrics(registry: Registry, read: () => MqttSource): void {
  readGauge(registry, { name: 'gemel_mqtt_up', help: '1 while messages flow, 0 otherwise.' }, () =>
    read().state === 'up' ? 1 : 0,
  );
  readGauge(
    registry,
    { name: 'gemel_mqtt_clients', help: 'Clients of the embedded broker; 1 or 0 for an external one.' },
    () => read().clients,
  );
  readGauge(
    registry,
    { name: 'gemel_mqtt_queued', help: 'MQTT messages that wait to be sent.' },
    () => read().queued,
  );
  for (const field of Object.keys(read().counters)) {
    const words = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    readCounter(
      registry,
      { name: `gemel_mqtt_${words}_total`, help: `MQTT: ${words.replaceAll('_', ' ')}.` },
      () => counterOf(read().counters, field),
    );
  }
}

function addHistoryMetrics(registry: Registry, read: () => HistorySource): void {
  const counter = (name: string, help: string, field: keyof HistorySource) =>
    readCounter(registry, { name: `gemel_history_${name}_total`, help }, () => read()[field]);
  counter('samples', 'Samples written to the history.', 'written');
  counter('dropped', 'Samples and facts that found no room on the way to the history.', 'dropped');
  counter('late', 'Samples so late that those beside them were deleted from the history already.', 'late');
  readGauge(
    registry,
    { name: 'gemel_history_waiting', help: 'Samples on their way to the history.' },
    () => read().waiting,
  );
  readGauge(
    registry,
    { name: 'gemel_history_bytes', help: 'Size of the history in its file or database.' },
    () => read().bytes,
  );
}

function addJournalMetrics(registry: Registry, read: () => JournalSource): void {
  const gauge = (name: string, help: string, value: (source: JournalSource) => number) =>
    readGauge(registry, { name: `gemel_journal_${name}`, help }, () => value(read()));
  gauge(
    'up',
    '1 while the disk takes records, 0 while it refuses and nothing is acknowledged.',
    ({ failure }) => (failure === undefined ? 1 : 0),
  );
  gauge('waiting_bytes', 'Records that wait for the disk.', ({ waitingBytes }) => waitingBytes);
  readCounter(
    registry,
    { name: 'gemel_journal_records_total', help: 'Records on the disk since the journal began.' },
    () => read().durable,
  );
}

function counterOf(counters: object, field: string): number {
  const value: unknown = Object.entries(counters).find(([name]) => name === field)?.[1];
  return typeof value === 'number' ? value : 0;
}
