/** A twin's configuration as plain JSON, for records of the journal: units by their symbols. */

import { dimensionless, parseUnit } from '../../core/units/index.ts';
import { isRecord } from '../basics/index.ts';
import type { Binding, TwinConfig } from '../twin/index.ts';

export interface RecordedTwin extends Omit<TwinConfig, 'bindings'> {
  readonly bindings: readonly RecordedBinding[];
}

interface RecordedBinding extends Omit<Binding, 'unit'> {
  readonly unit: string;
}

export function recordTwin({ bindings, ...config }: TwinConfig): RecordedTwin {
  return { ...config, bindings: bindings.map(({ unit, ...binding }) => ({ ...binding, unit: unit.symbol })) };
}

export function configOf({ bindings, ...config }: RecordedTwin): TwinConfig {
  return {
    ...config,
    bindings: bindings.map(({ unit, ...binding }) => ({ ...binding, unit: unitOf(unit) })),
  };
}

export function isRecordedTwin(value: unknown): value is RecordedTwin {
  if (!isRecord(value)) return false;
  const { id, model, periodMs, latenessMs, futureMs, queueLimit, parameters, inputs, start, bindings } =
    value;
  return (
    [id, model].every((text) => typeof text === 'string') &&
    [periodMs, latenessMs, futureMs, queueLimit].every(Number.isFinite) &&
    [parameters, inputs, start].every(isRecord) &&
    Array.isArray(bindings)
  );
}

/** Of a model with unchecked units a symbol may be anything; its numbers count as they stand. */
function unitOf(symbol: string): TwinConfig['bindings'][number]['unit'] {
  const read = parseUnit(symbol);
  return 'unit' in read ? read.unit : { ...dimensionless, symbol };
}
