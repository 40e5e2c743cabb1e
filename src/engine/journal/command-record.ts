/**
 * What people and programs told a fleet to do, as records of the journal (kind 2: JSON).
 *
 * A command is written ahead: its record is appended in the same synchronous turn in which the shard is told, so that the
 * journal's order is the order in which the shard hears; whoever gave it is answered after the record is on the disk. It
 * says all that its effect depends on, so that a restart has the same effect again.
 */

import { type Alarm, isSavedAlarm } from '../alarms/index.ts';
import { decodeJson, encodeJson } from './json-record.ts';
import { isRecordedTwin, type RecordedTwin } from './twin-record.ts';

export type Command = StepCommand | AddCommand | RemoveCommand | AlarmCommand | TrialCommand;

interface Given {
  /** When it was given, Unix milliseconds. */
  readonly receivedMs: number;
}

/** A step by hand. */
export interface StepCommand extends Given {
  readonly kind: 'step';
  readonly twin: string;
  /** The tick after which it counts, by when that was due: see moment.ts. */
  readonly atMs: number;
  readonly seconds: number;
  /** SI, by name; they hold for the step only. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** A twin more. */
interface AddCommand extends Given {
  readonly kind: 'add';
  readonly twin: RecordedTwin;
  /** Where it begins: its first tick is the one after this. */
  readonly atMs: number;
}

/** A twin's end. */
export interface RemoveCommand extends Given {
  readonly kind: 'remove';
  readonly twin: string;
}

/** What somebody did about an alarm, and the alarm as it is since. */
interface AlarmCommand extends Given {
  readonly kind: 'acknowledge' | 'shelve' | 'unshelve';
  readonly by: string;
  readonly alarm: Alarm;
}

/** Another version beside the one that a twin runs, with the belief that this had at `atMs`. */
export interface ShadowCommand extends Given {
  readonly kind: 'shadow';
  readonly twin: string;
  /** `Model.id` */
  readonly model: string;
  readonly atMs: number;
}

/** The two exchange their roles: ticks up to `atMs` are those of the one, later ones those of the other. */
interface SwapCommand extends Given {
  readonly kind: 'swap';
  readonly twin: string;
  readonly atMs: number;
}

interface EndShadowCommand extends Given {
  readonly kind: 'end-shadow';
  readonly twin: string;
}

export type TrialCommand = ShadowCommand | SwapCommand | EndShadowCommand;

const recordKind = 2;

export function encodeCommand(command: Command): Uint8Array {
  return encodeJson(recordKind, command);
}

/** The command of a record; undefined if it is of another kind, or not of the form that this version knows. */
export function decodeCommand(bytes: Uint8Array): Command | undefined {
  const fields = decodeJson(recordKind, bytes);
  const isGood =
    fields !== undefined && Number.isFinite(fields['receivedMs']) && forms[String(fields['kind'])]?.(fields);
  return isGood === true ? (fields as unknown as Command) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isAlarmCommand = ({ by, alarm }: Fields): boolean => typeof by === 'string' && isSavedAlarm(alarm);

/** By kind: whether the fields are there. Their values were checked before they were written. */
const forms: Readonly<Record<string, (fields: Fields) => boolean>> = {
  step: ({ twin, atMs, seconds, inputs }) =>
    typeof twin === 'string' && [atMs, seconds].every(Number.isFinite) && typeof inputs === 'object',
  add: ({ twin, atMs }) => isRecordedTwin(twin) && Number.isFinite(atMs),
  remove: ({ twin }) => typeof twin === 'string',
  shadow: ({ twin, model, atMs }) =>
    typeof twin === 'string' && typeof model === 'string' && Number.isFinite(atMs),
  swap: ({ twin, atMs }) => typeof twin === 'string' && Number.isFinite(atMs),
  'end-shadow': ({ twin }) => typeof twin === 'string',
  acknowledge: isAlarmCommand,
  shelve: isAlarmCommand,
  unshelve: isAlarmCommand,
};
