/**
 * From messages to samples: finds the twins that a topic feeds, reads the payload once, and checks and converts
 * each value. What passes goes on its way to a shard; what does not is returned, counted and kept.
 *
 * The order of checks for a sample: is it a number, its unit, finite, bounds, event time, room on the way to the shard.
 *
 * | event time | what happens |
 * | --- | --- |
 * | absent | the time of arrival counts |
 * | not a time | refused, `bad-time` |
 * | more than `latenessMs` before now | refused, `too-late` |
 * | up to `futureMs` after now | taken; see block.ts for when it counts, and for what is refused there |
 * | more than that | refused, `too-new` |
 */

import { didYouMean } from '../../core/diagnose/index.ts';
import type { Unit } from '../../core/units/index.ts';
import { formatSpan, isRecord } from '../basics/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Sample } from '../protocol/index.ts';
import type { Binding, FieldPath, TopicMatcher, TwinConfig } from '../twin/index.ts';
import { createTopicMatcher, defaultTelemetryTopic } from '../twin/index.ts';
import { readEventTime } from './event-time.ts';
import { describe, formatPath, parsePayload, pick } from './payload.ts';
import type { Delivery, RefusalReason, Refused } from './refusal.ts';
import type { RefusalLog } from './refusal-log.ts';
import { explainStranger, readValue, type SignalTable, type ValueProblem } from './signal-table.ts';

/** So many refusals of one message are told and kept; more are only counted. */
const refusalsPerMessage = 64;

/** A twin as a target of samples. */
export interface Target {
  readonly index: number;
  readonly config: TwinConfig;
  readonly table: SignalTable;
}

/** A sample of an input or a measurement, checked and converted. */
export interface SeenSample {
  readonly twin: string;
  readonly signal: string;
  readonly timeMs: number;
  /** SI. */
  readonly value: number;
}

/** Why a good sample cannot be taken now, in words for whoever sent it. */
const hindrances = {
  'disk-refuses': 'the journal cannot be written, and as many samples wait for the disk as may',
  'queue-full': 'too many samples are on their way to the worker',
  unavailable: 'the worker of the twin has stopped',
} as const;

export type Hindrance = keyof typeof hindrances;

export interface IngestOptions {
  readonly telemetryFilter: string;
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Where the next sample will stand in the journal. */
  readonly nextOrigin: () => number;
  /** Takes a sample on its way, or says why not. */
  readonly forward: (sample: Sample) => Hindrance | undefined;
}

/** What a topic feeds: a twin's telemetry, or one signal of a twin. */
interface Route {
  readonly target: Target;
  readonly binding?: Binding;
}

/** A value as it came. */
interface RawSample {
  readonly signal: number;
  readonly raw: unknown;
  readonly timeMs: number;
  readonly unit?: Unit;
}

/** A message under way. */
interface Context {
  readonly topic: string | undefined;
  readonly receivedMs: number;
  accepted: number;
  readonly refused: Refused[];
}

export class Ingest {
  /** Are told what was taken, and what came too late to be. */
  readonly listeners = new Set<(sample: SeenSample) => void>();
  readonly counters = { messages: 0, ignored: 0, accepted: 0 };
  readonly #options: IngestOptions;
  readonly #routes = new Map<string, Route[]>();
  /** Ids of the twins. */
  readonly #ids = new Set<string>();
  readonly #telemetry: TopicMatcher;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#telemetry = createTopicMatcher(options.telemetryFilter);
  }

  add(target: Target): void {
    const { id, telemetryTopic, bindings } = target.config;
    this.#ids.add(id);
    this.#addRoute(telemetryTopic ?? defaultTelemetryTopic(id), { target });
    for (const binding of bindings) this.#addRoute(binding.topic, { target, binding });
  }

  remove({ config, index }: Target): void {
    const { id, telemetryTopic, bindings } = config;
    this.#ids.delete(id);
    for (const topic of [telemetryTopic ?? defaultTelemetryTopic(id), ...bindings.map((one) => one.topic)]) {
      const others = (this.#routes.get(topic) ?? []).filter(({ target }) => target.index !== index);
      if (others.length === 0) this.#routes.delete(topic);
      else this.#routes.set(topic, others);
    }
  }

  /** The filters to subscribe to: that of the telemetry topics, and every topic that it does not cover. */
  topics(): string[] {
    const others = [...this.#routes.keys()].filter((topic) => this.#telemetry.match(topic) === undefined);
    return [this.#options.telemetryFilter, ...others];
  }

  deliver(topic: string, payload: Uint8Array, receivedMs: number): Delivery {
    this.counters.messages++;
    const context: Context = { topic, receivedMs, accepted: 0, refused: [] };
    const routes = this.#routes.get(topic);
    if (routes === undefined) {
      this.#deliverUnrouted(context, topic);
      return deliveryOf(context);
    }
    const parsed = parsePayload(payload);
    if ('reason' in parsed) {
      const only = routes.length === 1 ? routes[0]?.target : undefined;
      this.#refuse(context, parsed.reason, parsed.message, {
        twin: only?.config.id,
        got: parsed.got,
        hint: parsed.hint,
      });
      return deliveryOf(context);
    }
    for (const { target, binding } of routes) {
      if (binding === undefined) this.#takeTelemetry(context, target, parsed.value);
      else this.#takeBinding(context, target, binding, parsed.value);
    }
    return deliveryOf(context);
  }

  /** Takes values by name, as a telemetry payload without `time`. */
  take(target: Target, values: Readonly<Record<string, unknown>>, timeMs: number | undefined): Delivery {
    const receivedMs = this.#options.clock.nowMs();
    const context: Context = { topic: undefined, receivedMs, accepted: 0, refused: [] };
    const eventMs = timeMs ?? receivedMs;
    if (Number.isFinite(eventMs)) this.#takeRecord(context, target, values, eventMs);
    else
      this.#refuse(context, 'bad-time', 'the time is not a number', {
        twin: target.config.id,
        got: String(timeMs),
      });
    return deliveryOf(context);
  }

  refuseUnknownTwin(id: string, topic?: string): Delivery {
    const receivedMs = this.#options.clock.nowMs();
    const context: Context = { topic, receivedMs, accepted: 0, refused: [] };
    this.#unknownTwin(context, id);
    return deliveryOf(context);
  }

  #addRoute(topic: string, route: Route): void {
    const routes = this.#routes.get(topic);
    if (routes === undefined) this.#routes.set(topic, [route]);
    else routes.push(route);
  }

  #deliverUnrouted(context: Context, topic: string): void {
    const id = this.#telemetry.match(topic);
    if (id === undefined) this.counters.ignored++;
    else this.#unknownTwin(context, id);
  }

  #unknownTwin(context: Context, id: string): void {
    // Looking for the nearest of ten thousand names takes milliseconds: too much for what a stranger may repeat.
    const hint = this.#ids.size <= 100 ? didYouMean(id, this.#ids) : undefined;
    this.#refuse(context, 'unknown-twin', `no twin \`${id}\` runs here`, { twin: id, hint });
  }

  #takeTelemetry(context: Context, target: Target, payload: unknown): void {
    const twin = target.config.id;
    if (!isRecord(payload)) {
      const message = `telemetry must be a JSON object of signals by name, got ${describe(payload)}`;
      this.#refuse(context, 'not-an-object', message, { twin, got: describe(payload) });
      return;
    }
    const given = Object.hasOwn(payload, 'time') ? payload['time'] : undefined;
    const timeMs = given === undefined ? context.receivedMs : readEventTime(given, 'auto');
    if (timeMs === undefined) this.#refuseTime(context, target, given);
    else this.#takeRecord(context, target, payload, timeMs);
  }

  #takeRecord(
    context: Context,
    target: Target,
    values: Readonly<Record<string, unknown>>,
    timeMs: number,
  ): void {
    const { table, config } = target;
    let fields = 0;
    for (const name of Object.keys(values)) {
      if (name === 'time') continue;
      fields++;
      const signal = table.index.get(name);
      if (signal === undefined) {
        const { message, hint } = explainStranger(table, name);
        this.#refuse(context, 'unknown-signal', message, {
          twin: config.id,
          signal: name.slice(0, 64),
          hint,
        });
      } else {
        this.#takeValue(context, target, { signal, raw: values[name], timeMs });
      }
    }
    if (fields > 0) return;
    const message = 'the payload has no signals';
    this.#refuse(context, 'missing-field', message, { twin: config.id });
  }

  #takeBinding(context: Context, target: Target, binding: Binding, payload: unknown): void {
    const signal = target.table.index.get(binding.signal) ?? -1;
    const raw = binding.field === undefined ? payload : pick(payload, binding.field);
    if (raw === undefined) return this.#refuseMissing(context, target, binding, binding.field ?? []);
    let timeMs: number | undefined = context.receivedMs;
    if (binding.timeField !== undefined && binding.timeFormat !== 'arrival') {
      const given = pick(payload, binding.timeField);
      if (given === undefined) return this.#refuseMissing(context, target, binding, binding.timeField);
      timeMs = readEventTime(given, binding.timeFormat);
      if (timeMs === undefined) return this.#refuseTime(context, target, given, binding);
    }
    return this.#takeValue(context, target, { signal, raw, timeMs, unit: binding.unit });
  }

  #takeValue(context: Context, target: Target, { signal, raw, timeMs, unit }: RawSample): void {
    const { table, config, index } = target;
    const described = table.signals[signal];
    if (described === undefined) return;
    const value = readValue(table, described, raw, unit);
    if (typeof value !== 'number') return this.#refuseValue(context, target, described.name, value);
    const early = untimely(config, timeMs, context.receivedMs);
    const seen = { twin: config.id, signal: described.name, timeMs, value };
    if (early !== undefined) {
      const { reason, message } = early;
      if (reason === 'too-late') this.#tell(seen);
      const got = new Date(timeMs).toISOString();
      const hint = reason === 'too-new' ? 'compare the clocks of the sender and of this machine' : undefined;
      return this.#refuse(context, reason, message, { twin: config.id, signal: described.name, got, hint });
    }
    const hindrance = this.#options.forward({
      twin: index,
      signal,
      timeMs,
      value,
      receivedMs: context.receivedMs,
      origin: this.#options.nextOrigin(),
    });
    if (hindrance === undefined) {
      context.accepted++;
      this.counters.accepted++;
      this.#tell(seen);
      return;
    }
    this.#refuse(context, hindrance, hindrances[hindrance], {
      twin: config.id,
      signal: described.name,
      got: String(value),
    });
  }

  #tell(sample: SeenSample): void {
    for (const listener of this.listeners) listener(sample);
  }

  #refuseValue(
    context: Context,
    target: Target,
    signal: string,
    { reason, message, got, hint }: ValueProblem,
  ): void {
    this.#refuse(context, reason, message, { twin: target.config.id, signal, got, hint });
  }

  #refuseTime(context: Context, target: Target, given: unknown, binding?: Binding): void {
    const got = describe(given);
    const hint =
      typeof given === 'string'
        ? 'write it as 2026-11-22T13:00:00Z, with its zone'
        : 'send seconds or milliseconds since 1970';
    const message = `${got} is not a time`;
    this.#refuse(context, 'bad-time', message, {
      twin: target.config.id,
      signal: binding?.signal,
      got,
      hint,
    });
  }

  #refuseMissing(context: Context, target: Target, binding: Binding, path: FieldPath): void {
    const { signal } = binding;
    const message = `the payload has nothing at \`${formatPath(path)}\``;
    this.#refuse(context, 'missing-field', message, {
      twin: target.config.id,
      signal,
    });
  }

  #refuse(context: Context, reason: RefusalReason, message: string, details: Details): void {
    if (context.refused.length >= refusalsPerMessage) {
      this.#options.refusals.counts[reason]++;
      return;
    }
    const { topic } = context;
    const refused: Refused = {
      reason,
      atMs: this.#options.clock.nowMs(),
      message,
      ...(details.twin !== undefined && { twin: details.twin }),
      ...(details.signal !== undefined && { signal: details.signal }),
      ...(topic !== undefined && { topic }),
      ...(details.got !== undefined && { got: details.got }),
      ...(details.hint !== undefined && { hint: details.hint }),
    };
    context.refused.push(refused);
    this.#options.refusals.add(refused);
  }
}

interface Details {
  readonly twin: string | undefined;
  readonly signal?: string | undefined;
  readonly got?: string | undefined;
  readonly hint?: string | undefined;
}

/** Against the time of arrival: a clock read for every sample would cost as much as its checks. */
function untimely(
  { latenessMs, futureMs }: TwinConfig,
  timeMs: number,
  receivedMs: number,
): { readonly reason: 'too-late' | 'too-new'; readonly message: string } | undefined {
  const aheadMs = timeMs - receivedMs;
  if (aheadMs > futureMs) {
    return {
      reason: 'too-new',
      message: `its time is ${formatSpan(aheadMs)} ahead, at most ${formatSpan(futureMs)} is waited for`,
    };
  }
  if (-aheadMs > latenessMs) {
    return {
      reason: 'too-late',
      message: `it is ${formatSpan(-aheadMs)} old, at most ${formatSpan(latenessMs)} is used`,
    };
  }
  return undefined;
}

function deliveryOf({ accepted, refused }: Context): Delivery {
  return { accepted, refused };
}
