/** How a column and its signal are written: `column=name[unit]`. */

import { GemelError } from '../diagnose/index.ts';
import type { ColumnMapping } from './recording.ts';

/** @throws GemelError `RECORD_INVALID` */
export function readMapping(text: string): ColumnMapping {
  // The last `=`, since a column may have one in its name and a signal may not.
  const [, column = '', name = '', unit] =
    /^(.+)=\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\[(.*)\])?\s*$/.exec(text) ?? [];
  if (column.trim() === '' || name === '') {
    throw new GemelError('RECORD_INVALID', `\`${text}\` does not say which column is which signal`, {
      hint: 'write column=signal or column=signal[unit], such as T1=oil_temperature[degC]',
    });
  }
  return { column: column.trim(), name, ...(unit === undefined ? {} : { unit: unit.trim() }) };
}
