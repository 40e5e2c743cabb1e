/** Codes about units, quantities and time spans. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const unitsCodes = {
  DURATION_RANGE: {
    title: 'time span out of range',
    cause:
      'A time span is not positive, is too long for what it is used for, or is not a whole multiple of another.',
    remedy: 'Give a positive time span that fits the others; the message says which.',
  },
  DURATION_SYNTAX: {
    title: 'not a duration',
    cause:
      'A time span is not a number with a unit of time; a bare number could mean seconds or milliseconds.',
    remedy: 'Write the unit, as in `500 ms`, `10 s` or `2 h`.',
  },
  QUANTITY_SYNTAX: {
    title: 'not a quantity',
    cause: 'A text is not a number with an optional unit.',
    remedy: 'Write a number, a space and a unit, as in `0.5 mm/s`.',
  },
  UNIT_ANGLE_AMBIGUOUS: {
    title: 'ambiguous angle',
    cause: 'Turns and radians cannot be told apart here: Hz and rpm or rad/s differ by a factor of 2π.',
    remedy: 'Use one of the two throughout, or write the factor `2*pi` in the equation.',
  },
  UNIT_MISMATCH: {
    title: 'unit does not fit',
    cause: 'A value is given in a unit that cannot be converted to the unit it needs.',
    remedy: 'Give the value in a unit of the expected dimension.',
  },
  UNIT_SYNTAX: {
    title: 'unit syntax',
    cause: 'The text of a unit does not follow the grammar of units.',
    remedy: 'Write units as in `W`, `kJ/K`, `m/s^2` or `N*m`, and `1` for a number without unit.',
  },
  UNIT_TEMPERATURE: {
    title: 'temperature reading or difference',
    cause:
      'A temperature reading (degC, degF) stands where only a difference makes sense, or the other way round.',
    remedy: 'Use K for differences and inside compound units, and degC or degF for readings.',
  },
  UNIT_UNKNOWN: {
    title: 'unknown unit',
    cause: 'A symbol is not a unit that Gemel knows.',
    remedy: 'Correct the spelling; capitals matter, as in kW and mW.',
  },
  VALUE_OUT_OF_BOUNDS: {
    title: 'out of bounds',
    cause: 'A value lies outside the bounds that are given for it.',
    remedy: 'Correct the value or the bounds.',
  },
} satisfies Record<string, CatalogueEntry>;
