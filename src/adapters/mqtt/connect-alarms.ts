/**
 * Alarms over MQTT: of each alarm the present state, retained under a topic of its own and removed once it is normal; and
 * acknowledgements, which come in on one topic for all.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import { type Alarm, type Alarms, alarmView } from '../../engine/index.ts';
import type { MqttMessage, MqttTransport } from './transport.ts';

export interface ConnectAlarmsOptions {
  readonly alarms: Alarms;
  readonly transport: Pick<MqttTransport, 'publish'>;
  /** Under which topic the alarms of a twin are; for `*`, those of the process. Undefined: not published. */
  readonly topicOf: (twin: string) => string | undefined;
  /** Where acknowledgements come; without it none are taken. */
  readonly acknowledgements?: string | undefined;
  /** Told of an acknowledgement that could not be taken, in a sentence: MQTT has no answer for its sender. */
  readonly onRefused: (why: string) => void;
}

export interface AlarmConnection {
  readonly counters: { publishedAlarms: number; acknowledgements: number; refusedAcknowledgements: number };
  /** Publishes what there is, of one twin or of all. */
  publishAll(twin?: string): void;
  /** Whether the message was one of ours: an acknowledgement, good or bad. */
  take(message: MqttMessage): boolean;
  stop(): void;
}

const longestPayloadBytes = 4096;

/** Publishes what changes, until `stop`. */
export function connectAlarms(options: ConnectAlarmsOptions): AlarmConnection {
  const { alarms, transport, topicOf, acknowledgements, onRefused } = options;
  const counters = { publishedAlarms: 0, acknowledgements: 0, refusedAcknowledgements: 0 };

  function publish(alarm: Alarm): void {
    const topic = topicOf(alarm.twin);
    if (topic === undefined) return;
    const over = alarm.state === 'normal' || alarm.state === 'dropped';
    const payload = over ? '' : JSON.stringify(alarmView(alarm));
    transport.publish(topicOfAlarm(topic, alarm), payload, { qos: 1, retain: true });
    counters.publishedAlarms += 1;
  }

  const stop = alarms.onChange(({ alarm }) => publish(alarm));

  return {
    counters,
    publishAll(twin) {
      for (const alarm of alarms.list(twin === undefined ? {} : { twin })) publish(alarm);
    },
    take(message) {
      if (message.topic !== acknowledgements) return false;
      const problem = acknowledge(alarms, message);
      if (problem === undefined) counters.acknowledgements += 1;
      else {
        counters.refusedAcknowledgements += 1;
        onRefused(`an acknowledgement over MQTT was not taken: ${problem}`);
      }
      return true;
    },
    stop,
  };
}

/** `gemel/pump-1/alarms/when/too_hot`. What MQTT reserves is written as in addresses. */
function topicOfAlarm(topic: string, { kind, subject }: Alarm): string {
  return subject === undefined ? `${topic}/${kind}` : `${topic}/${kind}/${encodeURIComponent(subject)}`;
}

/** @returns why it could not be taken. */
function acknowledge(alarms: Alarms, { payload, retain }: MqttMessage): string | undefined {
  if (retain) return 'it is a retained message, which may be old';
  if (payload.length > longestPayloadBytes) return `it is longer than ${longestPayloadBytes} bytes`;
  let asked: unknown;
  try {
    asked = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return 'it is not JSON';
  }
  if (typeof asked !== 'object' || asked === null) return 'it is not a JSON object';
  const { alarm, by, note } = asked as Record<string, unknown>;
  if (!isLine(alarm, 400) || !isLine(by, 100)) return '`alarm` and `by` must be a line of text each';
  if (note !== undefined && !isLine(note, 500)) return '`note` must be a line of text';
  try {
    alarms.acknowledge(alarm, { by: by.trim(), ...(note !== undefined && { note: note.trim() }) });
    return undefined;
  } catch (error) {
    if (error instanceof GemelError) return error.message;
    throw error;
  }
}

function isLine(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' && value.trim() !== '' && value.length <= longest && !/\p{Cc}/u.test(value)
  );
}
