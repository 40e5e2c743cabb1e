/** Inputs of a step as a client writes them → SI, each refused with its reason. */

import { didYouMean } from '../../core/diagnose/index.ts';
import type { Input, Model } from '../../core/model/index.ts';
import { convertible, fromSi, parseUnit, toSi, type Unit } from '../../core/units/index.ts';
import { ProblemError, type ProblemItem } from './problem.ts';
import { parseNumber, show } from './validation.ts';

export interface GivenInput {
  readonly name: string;
  /** A number, a text that should be one, or `{ value, unit }`. */
  readonly value: unknown;
  /** Where it stood in the request. */
  readonly at: string;
}

/**
 * @returns values by name in SI.
 * @throws ProblemError `INPUTS_REFUSED` that lists every input that cannot be taken.
 */
export function readInputs(model: Model, given: readonly GivenInput[]): Record<string, number> {
  const inputs = new Map(model.inputs.map((input) => [input.name, input]));
  const values: Record<string, number> = {};
  const errors: ProblemItem[] = [];
  for (const item of given) {
    const input = inputs.get(item.name);
    const read = input === undefined ? unknownInput(item, inputs.keys()) : readInput(input, item);
    if (typeof read === 'number') values[item.name] = read;
    else errors.push(read);
  }
  if (errors.length > 0) throw inputsRefused(errors);
  return values;
}

export function inputsRefused(
  errors: readonly ProblemItem[],
  extensions: Record<string, unknown> = {},
): ProblemError {
  const [first] = errors;
  const detail =
    errors.length === 1 && first ? first.detail : `${errors.length} inputs were refused, listed in errors`;
  const hint = errors.length === 1 ? first?.hint : undefined;
  return new ProblemError('INPUTS_REFUSED', detail, { hint, errors, extensions });
}

function unknownInput(item: GivenInput, names: Iterable<string>): ProblemItem {
  const known = [...names];
  const hint = didYouMean(item.name, known) ?? `inputs: ${known.join(', ') || 'none'}`;
  return { at: item.at, reason: 'unknown-signal', detail: `there is no input ${show(item.name)}`, hint };
}

function readInput(input: Input, item: GivenInput): number | ProblemItem {
  const { at } = item;
  if (item.value === undefined) {
    return {
      at,
      reason: 'missing-field',
      detail: `input ${show(input.name)} is missing`,
      hint: example(input),
    };
  }
  const { value: given, unit } = withUnit(item.value);
  const value = typeof given === 'string' ? parseNumber(given.trim()) : given;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    const detail = `input ${show(input.name)} must be a finite number, not ${show(given)}`;
    return { at, reason: 'not-a-number', detail, hint: example(input) };
  }
  const from = unit === undefined ? input.unit : unitFor(unit, input);
  if ('problem' in from) return { at, reason: 'bad-unit', detail: from.problem, ...from.hint };
  const si = toSi(value, from);
  const low = input.min ?? Number.NEGATIVE_INFINITY;
  const high = input.max ?? Number.POSITIVE_INFINITY;
  if (!(si >= low && si <= high)) {
    const bounds = [low, high].map((bound) => fromSi(bound, input.unit)).join(' to ');
    const detail = `input ${show(input.name)} is ${value} ${from.symbol}, outside its bounds`;
    return { at, reason: 'out-of-bounds', detail, hint: `give ${bounds} ${input.unit.symbol}` };
  }
  return si;
}

function withUnit(value: unknown): { value: unknown; unit?: string } {
  if (typeof value === 'object' && value !== null && 'value' in value && 'unit' in value) {
    return typeof value.unit === 'string' ? { value: value.value, unit: value.unit } : { value };
  }
  return { value };
}

function unitFor(text: string, input: Input): Unit | { problem: string; hint: { hint?: string } } {
  const parsed = parseUnit(text);
  if ('problem' in parsed) {
    const { message, hint } = parsed.problem;
    return { problem: `input ${show(input.name)}: ${message}`, hint: hint === undefined ? {} : { hint } };
  }
  const fits = convertible(parsed.unit, input.unit);
  if (fits === true) return parsed.unit;
  const hint = fits.hint === undefined ? {} : { hint: fits.hint };
  return { problem: `input ${show(input.name)}: ${fits.message}`, hint };
}

function example(input: Input): string {
  return `give it as a number in ${input.unit.symbol}, such as ${input.name}=${fromSi(input.default ?? input.min ?? 20, input.unit)}`;
}
