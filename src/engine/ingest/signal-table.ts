/**
 * The signals that samples of a model's twins may have, and how a raw value becomes a number in SI.
 */

import { didYouMean } from '../../core/diagnose/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { convertible, parseUnit, toSi, type Unit } from '../../core/units/index.ts';
import { isRecord } from '../basics/index.ts';
import { signalsOf } from '../twin/index.ts';
import { describe } from './payload.ts';
import type { RefusalReason } from './refusal.ts';

export interface SignalTable {
  readonly model: Model;
  readonly signals: readonly Signal[];
  readonly index: ReadonlyMap<string, number>;
  /** Units that came with values, by signal and text, so that each is read once. */
  readonly units: Map<string, Unit | UnitProblem>;
  /** Names that came and are no signals, with a hint if one is near. */
  readonly strangers: Map<string, string | undefined>;
}

interface UnitProblem {
  readonly message: string;
  readonly hint?: string;
}

/** Why a value is not taken. */
export interface ValueProblem extends UnitProblem {
  readonly reason: RefusalReason;
  readonly got: string;
}

/** Senders may invent units and names; memory of them is bounded. */
const memoryLimit = 256;

export function createSignalTable(model: Model): SignalTable {
  const signals = signalsOf(model);
  return {
    model,
    signals,
    index: new Map(signals.map(({ name }, i) => [name, i])),
    units: new Map(),
    strangers: new Map(),
  };
}

/** The value in SI, or why there is none. `raw` is a number in `unit`, or `{ value, unit }`. */
export function readValue(
  table: SignalTable,
  signal: Signal,
  raw: unknown,
  unit: Unit = signal.unit,
): number | ValueProblem {
  if (typeof raw === 'number') return inBounds(signal, raw, toSi(raw, unit), unit);
  if (!isRecord(raw) || !Object.hasOwn(raw, 'value')) return notANumber(signal, raw);
  const { value, unit: text } = raw;
  if (typeof value !== 'number') return notANumber(signal, value);
  if (text === undefined) return inBounds(signal, value, toSi(value, unit), unit);
  const own = readUnit(table, signal, text);
  if ('message' in own) return { reason: 'bad-unit', got: describe(text), ...own };
  return inBounds(signal, value, toSi(value, own), own);
}

/** For a name that is no signal: what to say. */
export function explainStranger(table: SignalTable, name: string): UnitProblem {
  const { strangers, index, model } = table;
  let hint = strangers.get(name);
  if (hint === undefined && !strangers.has(name)) {
    hint = didYouMean(name, index.keys());
    if (strangers.size < memoryLimit && name.length <= 64) strangers.set(name, hint);
  }
  const message = `${model.id} has no input and no measurement of this name`;
  if (hint !== undefined) return { message, hint };
  return index.size === 0 ? { message } : { message, hint: `it has ${listed([...index.keys()])}` };
}

function readUnit(table: SignalTable, signal: Signal, text: unknown): Unit | UnitProblem {
  if (typeof text !== 'string') return { message: 'the unit is not a text' };
  const key = `${signal.name} ${text}`;
  const known = table.units.get(key);
  if (known !== undefined) return known;
  const read = table.model.unitsChecked ? convertibleUnit(signal, text) : sameSymbol(signal, text);
  if (table.units.size < memoryLimit && text.length <= 64) table.units.set(key, read);
  return read;
}

function convertibleUnit(signal: Signal, text: string): Unit | UnitProblem {
  const parsed = parseUnit(text);
  if ('problem' in parsed) {
    const { message, hint } = parsed.problem;
    return hint === undefined ? { message } : { message, hint };
  }
  const fits = convertible(parsed.unit, signal.unit);
  return fits === true ? parsed.unit : fits;
}

/** Where units are not checked nothing is converted either. */
function sameSymbol(signal: Signal, text: string): Unit | UnitProblem {
  if (text === signal.unit.symbol) return signal.unit;
  return { message: `the model does not check units, so the value must come in \`${signal.unit.symbol}\`` };
}

function inBounds(signal: Signal, raw: number, si: number, unit: Unit): number | ValueProblem {
  if (!Number.isFinite(si)) {
    return { reason: 'not-finite', got: String(raw), message: `\`${signal.name}\` must be a finite number` };
  }
  return isInBounds(signal, si) ? si : outOfBounds(signal, raw, unit);
}

/** Whether a signal takes a value in SI. */
export function isInBounds({ min, max }: Signal, si: number): boolean {
  // A bound given in another unit may differ in its last bits.
  if (min !== undefined && si < min - Math.abs(min) * 1e-9) return false;
  return max === undefined || si <= max + Math.abs(max) * 1e-9;
}

function outOfBounds(signal: Signal, raw: number, unit: Unit): ValueProblem {
  const message = `${raw} ${unit.symbol} is outside the bounds that the model gives \`${signal.name}\``;
  return { reason: 'out-of-bounds', got: String(raw), message };
}

function notANumber(signal: Signal, raw: unknown): ValueProblem {
  const got = describe(raw);
  const message = `\`${signal.name}\` must be a number, got ${got}`;
  const numeric = typeof raw === 'string' && raw.trim() !== '' && Number.isFinite(Number(raw));
  return numeric
    ? { reason: 'not-a-number', got, message, hint: 'send it without quotes' }
    : { reason: 'not-a-number', got, message };
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 12).map((name) => `\`${name}\``);
  return names.length > 12 ? `${first.join(', ')}, …` : first.join(', ');
}
