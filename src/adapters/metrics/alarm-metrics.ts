/** The alarms of the fleet, and how much of their life its machines have left. */

import type { Registry } from 'prom-client';
import type { Fleet } from '../../engine/index.ts';
import { type Reading, readCounter, readGauge, readLabelledGauge } from './read.ts';

/** A fleet of ten thousand would make a page of megabytes: those with the least life left are shown. */
const shownHealths = 1000;

export function addAlarmMetrics(registry: Registry, fleet: Fleet): void {
  const { alarms } = fleet;
  readLabelledGauge(
    registry,
    { name: 'gemel_alarms', help: 'Alarms that are not normal.', labelNames: ['severity', 'state'] },
    () =>
      Object.entries(alarms.counts()).flatMap(([severity, states]) =>
        Object.entries(states).map(([state, count]): Reading => [{ severity, state }, count]),
      ),
  );
  readGauge(
    registry,
    { name: 'gemel_alarms_kept', help: 'Alarms in memory, normal ones included.' },
    () => alarms.statistics().kept,
  );
  for (const [field, name, help] of [
    ['raised', 'gemel_alarms_raised_total', 'Times that the condition of an alarm came up.'],
    ['dropped', 'gemel_alarms_dropped_total', 'Alarms that found no room, or gave way to a more severe one.'],
    ['acknowledged', 'gemel_alarms_acknowledged_total', 'Alarms that somebody acknowledged.'],
    ['shelved', 'gemel_alarms_shelved_total', 'Times that somebody shelved an alarm.'],
  ] as const) {
    readCounter(registry, { name, help }, () => alarms.statistics()[field]);
  }
  readLabelledGauge(
    registry,
    {
      name: 'gemel_health_percent',
      help: `Percent of life left, of the ${shownHealths} healths that have the least.`,
      labelNames: ['twin', 'health'],
    },
    () => healthReadings(fleet),
  );
}

function healthReadings(fleet: Fleet): Reading[] {
  const readings: Reading[] = [];
  for (const { config, model } of fleet.twins()) {
    if (model.health.length === 0) continue;
    const snapshot = fleet.snapshot(config.id);
    for (const { name } of model.health) {
      const percent = snapshot?.health(name).percent ?? Number.NaN;
      if (Number.isFinite(percent)) readings.push([{ twin: config.id, health: name }, percent]);
    }
  }
  return readings.sort(([, a], [, b]) => a - b).slice(0, shownHealths);
}
