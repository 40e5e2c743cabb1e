/** Codes about records of machines and about fitting models to them. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const calibrationCodes = {
  CALIBRATION_BUSY: {
    title: 'too many calibrations',
    cause: 'As many calibrations wait as may; one runs at a time.',
    remedy: 'Wait until one is over, or stop one.',
  },
  CALIBRATION_FAILED: {
    title: 'calibration failed',
    cause:
      'The model could not be simulated over the record from any start, or it was interrupted before the first was done.',
    remedy:
      'Simulate the model with the inputs of the record to see where it goes; narrow the bounds of the parameters, or shorten the step.',
  },
  CALIBRATION_NOTHING: {
    title: 'nothing to calibrate',
    cause: 'No parameter of the model is marked, and no start of a state was asked for.',
    remedy: 'Write `calibrate: true` beside the parameters that are to be fitted.',
  },
  CALIBRATION_UNKNOWN: {
    title: 'unknown calibration',
    cause: 'There is no calibration of this number, or it is over for so long that it is no longer kept.',
    remedy: 'List the calibrations of the model, or ask for a new one.',
  },
  FILTER_MISSING: {
    title: 'model without filter',
    cause:
      'What was asked for needs a filter, and no measurement of the model has `noise`, or its filter is switched off.',
    remedy:
      'Give measurements their `noise`, and the states that drift theirs; leave out `filter: { method: none }`.',
  },
  OPTION_RANGE: {
    title: 'option out of range',
    cause: 'An option has a value that it cannot take.',
    remedy: 'Give a value within the range shown.',
  },
  RECORD_CONSTANT: {
    title: 'record stands still',
    cause:
      'No measurement changes in the stretch that is to be fitted, so it says nothing about the parameters.',
    remedy: 'Choose a stretch, or make a record, in which the machine is moved over the range that matters.',
  },
  RECORD_INVALID: {
    title: 'record cannot be used',
    cause:
      'A column, a unit, a time or a value of a record is missing, cannot be read, or does not fit the model.',
    remedy:
      'Correct the rows or columns listed with it, or say with the mapping which column is which signal.',
  },
  RECORD_TOO_SHORT: {
    title: 'record too short',
    cause: 'There are no more measured values than unknowns, so anything would fit.',
    remedy: 'Give a longer record, or fit fewer parameters.',
  },
  RECORD_WINDOW: {
    title: 'no such stretch of the record',
    cause: 'The stretch to fit or to test cannot be read, or holds no rows of the record.',
    remedy: 'Write where it begins and ends, such as `0:60%` or `10min:2h`, counted from the first row.',
  },
} satisfies Record<string, CatalogueEntry>;
