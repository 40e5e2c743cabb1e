/**
 * Joins a fleet and an MQTT transport: messages go to the fleet, states, events and alarms go out.
 *
 * States leave at the ticks of their twin with QoS 0, since the next one replaces them; events and alarms leave at once
 * with QoS 1.
 */

import type { Clock, Fleet, TwinEvent } from '../../engine/index.ts';
import { type AlarmConnection, connectAlarms } from './connect-alarms.ts';
import type { MqttTransport } from './transport.ts';

/** Where the states and events of one twin are published. A twin may have several of these. */
export interface Publication {
  readonly twin: string;
  /** Topic of the states; none are published without it. */
  readonly state?: string;
  /** Topic of the events; none are published without it. */
  readonly events?: string;
  /** Under which topic its alarms are published; none are without it. */
  readonly alarms?: string;
  /** `full`: the snapshot with status, units' values, measurements; `plain`: just the states, as one flat object. */
  readonly as: 'full' | 'plain';
  /** At most one state in this time, of the twin's clock. Default: one every tick. */
  readonly everyMs?: number;
  /** Whether the broker keeps the newest state for later subscribers. */
  readonly retain: boolean;
}

/** What this needs of a fleet. */
export type PublishingFleet = Pick<
  Fleet,
  'topics' | 'deliver' | 'snapshot' | 'onTick' | 'onEvent' | 'alarms' | 'recorded'
>;

export interface ConnectFleetOptions {
  readonly fleet: PublishingFleet;
  readonly transport: MqttTransport;
  readonly publications: readonly Publication[];
  /** Stamps messages with the time of their arrival. */
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Topic of the events that concern several twins; without it they are not published. */
  readonly fleetEvents?: string;
  /** Under which topic the alarms of the process are published; without it they are not. */
  readonly fleetAlarms?: string;
  /** Topic of acknowledgements; without it none are taken. */
  readonly acknowledgements?: string;
  /** Told why an acknowledgement was not taken. */
  readonly onRefused?: (why: string) => void;
}

export interface FleetConnectionCounters {
  /** Messages that reached the fleet. */
  received: number;
  /** Samples the fleet took, and those it refused. */
  accepted: number;
  refused: number;
  publishedStates: number;
  publishedEvents: number;
  publishedAlarms: number;
  /** Acknowledgements of alarms that were taken, and that were not. */
  acknowledgements: number;
  refusedAcknowledgements: number;
}

export interface FleetConnection {
  /** For a twin that came: publishes what it does, and listens to its topics. */
  add(publication: Publication): void;
  /** For a twin that went. */
  remove(twin: string): void;
  counters(): Readonly<FleetConnectionCounters>;
  /** Publishes the alarms that there are already. To be called once the transport has started: one that has not keeps nothing. */
  publishAlarms(): void;
  /** Lets go of the fleet and the transport, which both go on. */
  stop(): void;
}

/** Ticks are due at sums of doubles: one that is due at the same time may be a hair early. */
const toleranceMs = 0.5;

interface StatePlan {
  readonly publication: Publication;
  readonly topic: string;
  /** The twin's time at which the next state may leave. */
  dueMs: number;
}

/** Subscribes the transport to the fleet's topics and publishes what the fleet does, until `stop`. */
export function connectFleet(options: ConnectFleetOptions): FleetConnection {
  const { fleet, transport, clock, acknowledgements, onRefused = () => undefined } = options;
  const states = new Map<string, StatePlan[]>();
  const events = new Map<string, string[]>();
  const alarmTopics = new Map<string, string>();
  for (const publication of options.publications) enter(publication);
  const fleetEvents = options.fleetEvents === undefined ? [] : [options.fleetEvents];
  const alarms = connectAlarms({
    alarms: fleet.alarms,
    transport,
    topicOf: (twin) => (twin === '*' ? options.fleetAlarms : alarmTopics.get(twin)),
    acknowledgements,
    onRefused,
  });
  const counters: Omit<FleetConnectionCounters, keyof AlarmConnection['counters']> = {
    received: 0,
    accepted: 0,
    refused: 0,
    publishedStates: 0,
    publishedEvents: 0,
  };

  const stops = [
    () => alarms.stop(),
    transport.onMessage((message) => {
      if (alarms.take(message)) return message.qos === 0 ? undefined : fleet.recorded();
      const { topic, payload, qos } = message;
      counters.received += 1;
      const { accepted, refused, durable } = fleet.deliver({ topic, payload, receivedMs: clock.nowMs() });
      counters.accepted += accepted;
      counters.refused += refused.length;
      if (qos === 0) {
        // Nobody waits. What the engine's end makes of it is told there.
        durable?.catch(() => undefined);
        return undefined;
      }
      // Without an acknowledgement the sender keeps the message and sends it again.
      if (refused.some(({ reason }) => reason === 'disk-refuses'))
        throw new Error('the disk takes no records');
      return durable;
    }),
    fleet.onTick((tick) => {
      for (const twin of tick.twins) publishState(twin);
    }),
    fleet.onEvent((event) => {
      const topics = event.twin === '*' ? fleetEvents : events.get(event.twin);
      for (const topic of topics ?? []) {
        transport.publish(topic, eventJson(event), { qos: 1, retain: false });
        counters.publishedEvents += 1;
      }
    }),
  ];
  transport.subscribe([...fleet.topics(), ...(acknowledgements === undefined ? [] : [acknowledgements])]);

  return {
    add(publication) {
      enter(publication);
      transport.subscribe(fleet.topics());
      alarms.publishAll(publication.twin);
    },
    remove(twin) {
      states.delete(twin);
      events.delete(twin);
      alarmTopics.delete(twin);
    },
    counters: () => ({ ...counters, ...alarms.counters }),
    publishAlarms: () => alarms.publishAll(),
    stop() {
      for (const stop of stops) stop();
    },
  };

  function enter(publication: Publication): void {
    const { twin, state, events: eventsTopic, alarms: alarmTopic } = publication;
    if (state !== undefined) {
      listOf(states, twin).push({ publication, topic: state, dueMs: Number.NEGATIVE_INFINITY });
    }
    if (eventsTopic !== undefined) listOf(events, twin).push(eventsTopic);
    if (alarmTopic !== undefined) alarmTopics.set(twin, alarmTopic);
  }

  function isWanted({ publication: { retain }, topic }: StatePlan): boolean {
    return retain || transport.isRead(topic);
  }

  function publishState(twin: string): void {
    const plans = states.get(twin);
    // The text of a state that nobody reads is not even made: with ten thousand twins that is most of the work.
    if (plans === undefined || !plans.some(isWanted)) return;
    const snapshot = fleet.snapshot(twin);
    if (snapshot === undefined) return;
    for (const plan of plans) {
      if (!isWanted(plan) || snapshot.timeMs < plan.dueMs - toleranceMs) continue;
      const { as, everyMs, retain } = plan.publication;
      if (everyMs !== undefined) plan.dueMs = nextDueMs(plan.dueMs, snapshot.timeMs, everyMs);
      transport.publish(plan.topic, as === 'full' ? snapshot.toJson() : snapshot.plain(), { qos: 0, retain });
      counters.publishedStates += 1;
    }
  }
}

/** The payload of an event, with its time as ISO 8601. */
export function eventJson(event: TwinEvent): string {
  const { twin, timeMs, kind, severity, message, subject } = event;
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({ twin, time, kind, severity, message, ...(subject !== undefined && { subject }) });
}

/** The next multiple of the interval after `nowMs`, counted from the first state: intervals do not drift. */
function nextDueMs(dueMs: number, nowMs: number, everyMs: number): number {
  if (dueMs === Number.NEGATIVE_INFINITY) return nowMs + everyMs;
  return dueMs + everyMs * (Math.floor((nowMs + toleranceMs - dueMs) / everyMs) + 1);
}

function listOf<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
