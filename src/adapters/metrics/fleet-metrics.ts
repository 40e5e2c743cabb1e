/** The counters and gauges of the fleet. */

import type { Registry } from 'prom-client';
import type { Fleet, FleetStatistics } from '../../engine/index.ts';
import { type Reading, readCounter, readGauge, readLabelledCounter, readLabelledGauge } from './read.ts';

type Field = {
  [K in keyof FleetStatistics]: FleetStatistics[K] extends number ? K : never;
}[keyof FleetStatistics];

const gauges: readonly (readonly [field: Field, name: string, help: string])[] = [
  ['queueDepth', 'gemel_queue_depth', 'Samples that wait for their tick.'],
  ['inFlight', 'gemel_samples_in_flight', 'Samples on their way to the workers.'],
  ['behindSeconds', 'gemel_behind_seconds', 'How far the slowest block of twins is behind its clock.'],
  ['failedWorkers', 'gemel_failed_workers', 'Workers that died; their twins stand still.'],
  ['silentSensors', 'gemel_silent_sensors', 'Measurements that have not come for much longer than usual.'],
  ['checkpointBytes', 'gemel_checkpoint_bytes', 'Size of the newest checkpoint.'],
];

const counters: readonly (readonly [field: Field, name: string, help: string])[] = [
  ['messages', 'gemel_messages_total', 'Messages that reached the fleet.'],
  ['ignoredMessages', 'gemel_ignored_messages_total', 'Messages on topics that concern no twin.'],
  ['ticks', 'gemel_ticks_total', 'Ticks of twins.'],
  ['missedDeadlines', 'gemel_missed_deadlines_total', 'Ticks finished after the next one was due.'],
  ['skippedTicks', 'gemel_skipped_ticks_total', 'Ticks given up because the process was suspended.'],
  ['unpublishedTicks', 'gemel_unpublished_ticks_total', 'Ticks computed but not published, to catch up.'],
  ['lateSamples', 'gemel_late_samples_total', 'Samples that came after their tick and were worked in.'],
  ['repeatedTicks', 'gemel_repeated_ticks_total', 'Ticks of twins made again for late samples.'],
  [
    'corrections',
    'gemel_corrections_total',
    'Samples that corrected a belief, or were left out by its gate.',
  ],
  ['rejectedSamples', 'gemel_rejected_samples_total', 'Samples that the gate of a belief left out.'],
  [
    'normalisedSquares',
    'gemel_nis_total',
    'Sum of the normalised innovations squared of samples that corrected: about one each, if the models are right.',
  ],
  ['divergences', 'gemel_divergences_total', 'Times that a belief was begun anew.'],
  ['quarantines', 'gemel_quarantines_total', 'Times that a twin left the finite numbers.'],
  ['heldBounds', 'gemel_held_bounds_total', 'Times that a bound took hold of a state.'],
  ['raised', 'gemel_raised_total', 'Times that the condition of a `when` became true.'],
  ['steps', 'gemel_steps_total', 'Steps of twins that were asked for.'],
  ['events', 'gemel_events_total', 'Events of twins.'],
  ['suppressedEvents', 'gemel_suppressed_events_total', 'Events not told because the same came too often.'],
  ['checkpoints', 'gemel_checkpoints_total', 'Checkpoints written.'],
  ['failedCheckpoints', 'gemel_failed_checkpoints_total', 'Checkpoints that could not be written.'],
];

export function addFleetMetrics(registry: Registry, fleet: Fleet): void {
  for (const [field, name, help] of gauges)
    readGauge(registry, { name, help }, () => fleet.statistics()[field]);
  for (const [field, name, help] of counters)
    readCounter(registry, { name, help }, () => fleet.statistics()[field]);

  readLabelledGauge(
    registry,
    { name: 'gemel_twins', help: 'Twins by status.', labelNames: ['status'] },
    () => {
      const { running, waiting, quarantined } = fleet.statistics();
      return [
        [{ status: 'running' }, running],
        [{ status: 'waiting' }, waiting],
        [{ status: 'quarantined' }, quarantined],
      ];
    },
  );
  readLabelledCounter(
    registry,
    {
      name: 'gemel_samples_total',
      help: 'Samples by outcome: applied to a twin, or refused for a reason.',
      labelNames: ['outcome', 'reason'],
    },
    () => sampleReadings(fleet.statistics()),
  );
}

function* sampleReadings({ appliedSamples, refusedSamples }: FleetStatistics): Generator<Reading> {
  yield [{ outcome: 'applied', reason: '' }, appliedSamples];
  for (const [reason, count] of Object.entries(refusedSamples)) yield [{ outcome: 'refused', reason }, count];
}
