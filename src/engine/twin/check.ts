/** Checks that what a fleet is told of its twins fits their models, so that a shard can rely on it. */

import { didYouMean, GemelError } from '../../core/diagnose/index.ts';
import type { Model, Signal } from '../../core/model/index.ts';
import { convertible } from '../../core/units/index.ts';
import { defaultTelemetryTopic, type TwinConfig } from './config.ts';
import { needModel } from './need-model.ts';
import { signalsOf } from './signals.ts';
import { checkTopic } from './topic.ts';

/**
 * The model of each twin, in order.
 *
 * @throws GemelError `TWIN_DUPLICATE`, `TWIN_NAME`, `MODEL_UNKNOWN`, `SIGNAL_UNKNOWN`, `VALUE_OUT_OF_BOUNDS`, `UNIT_MISMATCH`,
 * `TOPIC_INVALID`, or `TWIN_INVALID` for a period, lateness or limit out of range.
 */
export function checkTwins(
  twins: readonly TwinConfig[],
  models: ReadonlyMap<string, Model>,
): readonly Model[] {
  const ids = new Set<string>();
  return twins.map((twin) => {
    if (ids.has(twin.id)) throw new GemelError('TWIN_DUPLICATE', `two twins are called \`${twin.id}\``);
    ids.add(twin.id);
    const model = needModel(twin.model, models, `twin \`${twin.id}\`: `);
    checkTwin(twin, model);
    return model;
  });
}

/**
 * The number of an input and its value for a step by hand.
 *
 * @throws GemelError `SIGNAL_UNKNOWN`, or `STEP_INVALID` for a value that the input cannot take.
 */
export function checkStepInput(model: Model, name: string, value: number): readonly [number, number] {
  const index = model.inputs.findIndex((input) => input.name === name);
  const input = model.inputs[index];
  if (input === undefined) {
    const names = model.inputs.map((one) => one.name);
    throw new GemelError('SIGNAL_UNKNOWN', `${model.id} has no input \`${name}\``, {
      hint: didYouMean(name, names),
    });
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = input;
  if (Number.isFinite(value) && value >= min && value <= max) return [index, value];
  const bounds = Number.isFinite(value) ? `from ${min} to ${max} in SI` : 'a finite number';
  throw new GemelError('STEP_INVALID', `input \`${name}\` must be ${bounds}, got ${value}`);
}

/** What stands in topics and addresses, as ids and groups of twins do. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text);
}

function checkTwin(twin: TwinConfig, model: Model): void {
  const { id, periodMs, latenessMs, futureMs, queueLimit } = twin;
  if (!isName(id)) throw new GemelError('TWIN_NAME', `\`${id}\` cannot be the name of a twin`);
  if (twin.group !== undefined && !isName(twin.group))
    throw new GemelError('TWIN_NAME', `\`${twin.group}\` cannot be the name of a group of twins`);
  checkRange(id, 'the period', periodMs, { least: 1, most: 86_400_000, unit: 'ms' });
  checkRange(id, 'the lateness', latenessMs, { least: 0, most: 86_400_000, unit: 'ms' });
  checkRange(id, 'the look into the future', futureMs, { least: 0, most: 86_400_000, unit: 'ms' });
  checkRange(id, 'the queue limit', queueLimit, { least: 1, most: 1_000_000, unit: 'samples' });
  checkValues(id, 'parameter', twin.parameters, model.parameters);
  checkValues(id, 'input', twin.inputs, model.inputs);
  checkValues(id, 'state', twin.start, model.states);
  checkTopic(twin.telemetryTopic ?? defaultTelemetryTopic(id));
  for (const { signal, topic, unit } of twin.bindings) {
    const bound = findSignal(id, 'input or measurement', signal, signalsOf(model));
    checkTopic(topic);
    const fits = model.unitsChecked ? convertible(unit, bound.unit) : true;
    if (fits !== true) {
      const message = `twin \`${id}\`, binding of \`${signal}\`: ${fits.message}`;
      throw new GemelError('UNIT_MISMATCH', message, { hint: fits.hint });
    }
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

function checkRange(id: string, what: string, value: number, { least, most, unit }: Range): void {
  if (value >= least && value <= most) return;
  throw new GemelError(
    'TWIN_INVALID',
    `twin \`${id}\`: ${what} must be ${least} to ${most} ${unit}, got ${value}`,
  );
}

function checkValues(
  id: string,
  kind: string,
  values: Readonly<Record<string, number>>,
  signals: readonly Signal[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const {
      min = Number.NEGATIVE_INFINITY,
      max = Number.POSITIVE_INFINITY,
      unit,
    } = findSignal(id, kind, name, signals);
    if (value >= min && value <= max && Number.isFinite(value)) continue;
    const message = `twin \`${id}\`: ${kind} \`${name}\` is ${value} in SI (${unit.symbol}), outside ${min} to ${max}`;
    throw new GemelError('VALUE_OUT_OF_BOUNDS', message);
  }
}

function findSignal(id: string, kind: string, name: string, signals: readonly Signal[]): Signal {
  const found = signals.find((signal) => signal.name === name);
  if (found !== undefined) return found;
  const names = signals.map((signal) => signal.name);
  const hint = didYouMean(name, names) ?? `it has ${names.join(', ') || 'none'}`;
  throw new GemelError('SIGNAL_UNKNOWN', `twin \`${id}\`: its model has no ${kind} \`${name}\``, { hint });
}
