/** What is asked of a calibration, and what is told of one. */

import Type from 'typebox';

const strict = { additionalProperties: false } as const;
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

export const CalibrationRequest = Type.Object(
  {
    csv: Type.Optional(Type.String({ description: 'The record as CSV with a header. Either this or rows.' })),
    rows: Type.Optional(
      Type.Array(Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Null()])), {
        description: 'The record as objects by column. Either this or csv.',
        minItems: 2,
        maxItems: 1_000_000,
      }),
    ),
    map: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Signals by column, such as { "T1": "oil_temperature[degC]", "t": "time[s]" }; columns of the same name need none.',
      }),
    ),
    everySeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Time between two rows, without a column of times.' }),
    ),
    train: Type.Optional(Type.String({ description: 'What is fitted, such as 0:60%. Default: all.' })),
    test: Type.Optional(Type.String({ description: 'What the result is tested on, such as 60%:100%.' })),
    starts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 8.' })),
    seed: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Of the starts after the first. Default 1.' }),
    ),
    pieces: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 200,
        description: 'Pieces of the record for multiple shooting. Default 1: none.',
      }),
    ),
    estimateStart: Type.Optional(
      Type.Union([Type.Boolean(), Type.Array(Type.String(), { maxItems: 200 })], {
        description: 'Fit where all states start too, or these.',
      }),
    ),
    method: Type.Optional(
      Type.Union([Type.Literal('output-error'), Type.Literal('maximum-likelihood')], {
        description: "What is made small: the error of an open loop, or the surprise of the model's filter.",
      }),
    ),
    tickSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Period of next(). Default: from row to row.' }),
    ),
  },
  { ...strict, title: 'CalibrationRequest' },
);

const Errors = Type.Object(
  {
    samples: Type.Integer(),
    rmse: MaybeNumber,
    fitPercent: MaybeNumber,
    bias: MaybeNumber,
    largest: Type.Number(),
  },
  strict,
);

const Estimate = Type.Object(
  {
    name: Type.String(),
    of: Type.Union([Type.Literal('parameter'), Type.Literal('start')]),
    unit: Type.String(),
    before: Type.Number(),
    value: Type.Number(),
    standardError: MaybeNumber,
    low: MaybeNumber,
    high: MaybeNumber,
    bound: Type.Optional(Type.Union([Type.Literal('min'), Type.Literal('max')])),
  },
  { ...strict, title: 'CalibrationEstimate' },
);

const Measurement = Type.Object(
  {
    name: Type.String(),
    unit: Type.String(),
    train: Errors,
    test: Type.Optional(Errors),
    whiteness: Type.Optional(
      Type.Object(
        {
          isWhite: Type.Boolean(),
          lags: Type.Integer(),
          statistic: Type.Number(),
          probability: Type.Number(),
          autocorrelation: Type.Array(Type.Number()),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'CalibrationMeasurement' },
);

const Result = Type.Object(
  {
    model: Type.String(),
    method: Type.Union([Type.Literal('output-error'), Type.Literal('maximum-likelihood')]),
    interrupted: Type.Boolean(),
    estimates: Type.Array(Estimate),
    widened: Type.Boolean({
      description: 'Whether intervals were widened because residuals follow each other.',
    }),
    correlations: Type.Array(Type.Array(MaybeNumber)),
    measurements: Type.Array(Measurement),
    findings: Type.Array(
      Type.Object({ kind: Type.String(), unknowns: Type.Array(Type.String()), text: Type.String() }, strict),
    ),
    gaps: Type.Array(
      Type.Object(
        { signal: Type.Optional(Type.String()), missing: Type.Integer(), longestSeconds: Type.Number() },
        strict,
      ),
    ),
    constantInputs: Type.Array(Type.String()),
    starts: Type.Array(
      Type.Object(
        {
          start: Type.Integer(),
          steps: Type.Integer(),
          state: Type.String(),
          errors: Type.Array(MaybeNumber),
        },
        strict,
      ),
    ),
    document: Type.Object(
      {},
      { description: 'The model document with the values, as its next minor version.' },
    ),
  },
  { ...strict, title: 'CalibrationResult' },
);

export const Calibration = Type.Object(
  {
    id: Type.String(),
    model: Type.String(),
    state: Type.Union(
      [
        Type.Literal('waiting'),
        Type.Literal('running'),
        Type.Literal('done'),
        Type.Literal('stopped'),
        Type.Literal('failed'),
      ],
      { description: 'stopped: ended before it had converged, with the best so far if there was one.' },
    ),
    created: Type.String({ format: 'date-time' }),
    ended: Type.Optional(Type.String({ format: 'date-time' })),
    progress: Type.Object(
      {
        fraction: Type.Number({ minimum: 0, maximum: 1 }),
        round: Type.Integer(),
        errors: Type.Record(Type.String(), Type.Number(), {
          description: 'Typical errors of the best so far, by measurement.',
        }),
      },
      strict,
    ),
    result: Type.Optional(Result),
    problem: Type.Optional(
      Type.Object(
        {
          code: Type.String(),
          message: Type.String(),
          hint: Type.Optional(Type.String()),
          diagnostics: Type.Array(Type.Object({}, { additionalProperties: true })),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'Calibration' },
);
export type CalibrationReply = Type.Static<typeof Calibration>;
