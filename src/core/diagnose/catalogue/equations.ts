/** Codes about equations and the names in them. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const equationsCodes = {
  EQUATION_ARGUMENTS: {
    title: 'wrong number of arguments',
    cause: 'A function is called with more or fewer arguments than it takes.',
    remedy: 'Give the function the number of arguments shown as expected.',
  },
  EQUATION_DUPLICATE: {
    title: 'equation given twice',
    cause: 'Two equations define the same thing.',
    remedy: 'Remove one of the two, or give it a name of its own.',
  },
  EQUATION_FUNCTION: {
    title: 'unknown function',
    cause: 'An equation calls a function that does not exist.',
    remedy: 'Use one of the functions listed in the reference of equations.',
  },
  EQUATION_LOOP: {
    title: 'equations in a loop',
    cause: 'Some equations need each other, so none of them can be computed first.',
    remedy: 'Break the loop, for example by making one of its members a state.',
  },
  EQUATION_MISSING: {
    title: 'missing equation',
    cause: 'A state has no equation that says how it changes.',
    remedy: 'Add `der(state): …` for a continuous state or `next(state): …` for a discrete one.',
  },
  EQUATION_NOT_FINITE: {
    title: 'not a finite number',
    cause: 'A number, or a part of an equation made of constants, is infinite or not a number.',
    remedy: 'Use numbers up to 1.7e308, and do not divide a constant by zero.',
  },
  EQUATION_SYNTAX: {
    title: 'equation syntax',
    cause: 'The text of an equation does not follow the grammar of equations.',
    remedy: 'Correct the equation at the place shown.',
  },
  EQUATION_TARGET: {
    title: 'left side of an equation',
    cause: 'What an equation defines is neither a name nor `der(state)` or `next(state)`.',
    remedy: 'Write a name, `der(state)` or `next(state)` before the colon.',
  },
  EQUATION_TOO_DEEP: {
    title: 'equation too deep',
    cause: 'An equation is nested more deeply than the limit of 200.',
    remedy: 'Give a part of it a name in an equation of its own.',
  },
  EQUATION_TOO_LONG: {
    title: 'equation too long',
    cause: 'An equation has more than 10,000 characters.',
    remedy: 'Give parts of it names in equations of their own.',
  },
  EQUATION_UNITS: {
    title: 'unit mismatch',
    cause: 'The units of the two sides of an equation, or of two operands, do not fit each other.',
    remedy:
      'Correct the equation or the unit of one of its signals; write a number with its unit as `0.5 [mm/s]`.',
  },
  NAME_RESERVED: {
    title: 'reserved name',
    cause: 'The name has a meaning of its own in equations, or is kept for one.',
    remedy: 'Choose another name.',
  },
  NAME_SYNTAX: {
    title: 'not a name',
    cause: 'A name has characters that names may not have.',
    remedy: 'Use letters, digits and underscores, and do not begin with a digit.',
  },
  NAME_TAKEN: {
    title: 'name already taken',
    cause: 'Two things of one model have the same name.',
    remedy: 'Rename one of the two.',
  },
  NAME_UNKNOWN: {
    title: 'unknown name',
    cause: 'A name is used that nothing defines.',
    remedy: 'Correct the spelling, or define the name.',
  },
} satisfies Record<string, CatalogueEntry>;
