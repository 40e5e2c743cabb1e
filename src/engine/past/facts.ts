/**
 * What a history is told besides numbers, and how it is read again.
 *
 * | kind | subject | data | holds |
 * | --- | --- | --- | --- |
 * | `event` | its kind and subject | severity, message … | no |
 * | `alarm` | its id | the alarm as it was from then on | until it is over and seen |
 * | `twin` | | which model, how often it ticks and is recorded | until it is removed |
 * | `config` | | the whole `TwinConfig` | yes |
 * | `condition` | | status, held states, silent and rejected measurements | yes |
 * | `model` | `Model.id`, of the twin `*` | the document | yes |
 * | `complete` | of the twin `*` | up to which record of the journal every sample is there, and when that was so | yes |
 */

import { compileModelDocument, type Model } from '../../core/model/index.ts';
import { type Alarm, isSavedAlarm } from '../alarms/index.ts';
import { isRecord } from '../basics/index.ts';
import type { HistoryFact } from '../ports/index.ts';
import type { TwinEvent, TwinStatus } from '../snapshot/index.ts';
import type { TwinConfig } from '../twin/index.ts';

/** How a twin is, beside its numbers. */
export interface Condition {
  readonly status: TwinStatus;
  readonly held: Readonly<Record<string, 'min' | 'max'>>;
  readonly silent: readonly string[];
  readonly rejected: readonly string[];
}

/** What ran, and how finely it was recorded. */
export interface TwinFact {
  readonly model: string;
  readonly periodMs: number;
  readonly group?: string;
  /** The time between two recorded ticks. */
  readonly resolutionMs: number;
}

/** Up to where a history has all that the journal has. */
export interface CompleteFact {
  /** Number of a record: samples up to there were written before this was. */
  readonly journal: number;
  /** When the journal had come so far. */
  readonly atMs: number;
}

export const factKinds = {
  event: 'event',
  alarm: 'alarm',
  twin: 'twin',
  config: 'config',
  condition: 'condition',
  model: 'model',
  complete: 'complete',
} as const;

/** The twin of facts that concern no twin alone. */
const everyTwin = '*';

export function factOfEvent({ twin, timeMs, ...event }: TwinEvent): HistoryFact {
  const subject = event.subject === undefined ? event.kind : `${event.kind} ${event.subject}`;
  return { kind: factKinds.event, twin, subject, timeMs, holds: false, data: JSON.stringify(event) };
}

export function factOfAlarm(alarm: Alarm, timeMs: number): HistoryFact {
  const { twin, id, state } = alarm;
  const holds = state !== 'normal' && state !== 'dropped';
  return { kind: factKinds.alarm, twin, subject: id, timeMs, holds, data: JSON.stringify(alarm) };
}

export function factOfTwin(twin: string, timeMs: number, fact: TwinFact): HistoryFact {
  return lasting(factKinds.twin, { twin, timeMs }, fact);
}

export function factOfRemoval(twin: string, timeMs: number): HistoryFact {
  return { kind: factKinds.twin, twin, subject: '', timeMs, holds: false, data: '{}' };
}

export function factOfConfig(config: TwinConfig, timeMs: number): HistoryFact {
  return lasting(factKinds.config, { twin: config.id, timeMs }, config);
}

export function factOfCondition(twin: string, timeMs: number, condition: Condition): HistoryFact {
  return lasting(factKinds.condition, { twin, timeMs }, condition);
}

export function factOfModel({ id, document }: Model, timeMs: number): HistoryFact {
  return { ...lasting(factKinds.model, { twin: everyTwin, timeMs }, document), subject: id };
}

/** @param timeMs - the same all through a process, so that each takes the place of the one before. */
export function factOfComplete(fact: CompleteFact, timeMs: number): HistoryFact {
  return lasting(factKinds.complete, { twin: everyTwin, timeMs }, fact);
}

/** Undefined, here and below, if it is none that this program can read. */
export function eventOf({ twin, timeMs, data }: HistoryFact): TwinEvent | undefined {
  const event = parsed(data);
  if (!isRecord(event) || typeof event['kind'] !== 'string' || typeof event['message'] !== 'string')
    return undefined;
  return { twin, timeMs, ...event } as TwinEvent;
}

export function alarmOf({ data }: HistoryFact): Alarm | undefined {
  const alarm = parsed(data);
  return isSavedAlarm(alarm) ? alarm : undefined;
}

export function twinOf({ holds, data }: HistoryFact): TwinFact | undefined {
  const fact = parsed(data);
  return holds && isRecord(fact) && typeof fact['model'] === 'string'
    ? (fact as unknown as TwinFact)
    : undefined;
}

export function configOf({ data }: HistoryFact): TwinConfig | undefined {
  const config = parsed(data);
  return isRecord(config) && Array.isArray(config['bindings'])
    ? (config as unknown as TwinConfig)
    : undefined;
}

export function conditionOf({ data }: HistoryFact): Condition | undefined {
  const condition = parsed(data);
  return isRecord(condition) && typeof condition['status'] === 'string'
    ? (condition as unknown as Condition)
    : undefined;
}

export function completeOf({ data }: HistoryFact): CompleteFact | undefined {
  const fact = parsed(data);
  const isGood = isRecord(fact) && Number.isFinite(fact['journal']) && Number.isFinite(fact['atMs']);
  return isGood ? (fact as unknown as CompleteFact) : undefined;
}

export function modelOf({ data }: HistoryFact): Model | undefined {
  return compileModelDocument(parsed(data)).model;
}

function lasting(
  kind: string,
  { twin, timeMs }: { readonly twin: string; readonly timeMs: number },
  data: object,
): HistoryFact {
  return { kind, twin, subject: '', timeMs, holds: true, data: JSON.stringify(data) };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
