/**
 * The shapes of requests and replies: validation, TypeScript types and the OpenAPI document all come from here.
 * A schema with a `title` is named in the OpenAPI document.
 */

import Type from 'typebox';
import { Past } from './past/index.ts';

const strict = { additionalProperties: false } as const;

export const Status = Type.Union(
  [Type.Literal('running'), Type.Literal('waiting'), Type.Literal('quarantined')],
  {
    description:
      'waiting: an input without default has had no sample yet; quarantined: it left the finite numbers.',
  },
);

const Time = (description: string) => Type.String({ format: 'date-time', description });

export const TwinSummary = Type.Object(
  {
    id: Type.String(),
    model: Type.String({ description: 'name@version' }),
    title: Type.String(),
    group: Type.Optional(Type.String({ description: 'Group of twins that it belongs to.' })),
    periodMs: Type.Number({ description: 'Period of its loop in milliseconds.' }),
    status: Status,
    tick: Type.Optional(Type.Integer({ description: 'How many ticks it has made.' })),
    time: Type.Optional(Time('Time of the newest snapshot.')),
  },
  { ...strict, title: 'TwinSummary' },
);
export type TwinSummary = Type.Static<typeof TwinSummary>;

export const Signal = Type.Object(
  {
    name: Type.String(),
    role: Type.Union([
      Type.Literal('input'),
      Type.Literal('parameter'),
      Type.Literal('state'),
      Type.Literal('output'),
      Type.Literal('measurement'),
    ]),
    unit: Type.String({ description: 'Unit of every number here: degC, bar, rpm, 1 …' }),
    title: Type.Optional(Type.String()),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    value: Type.Optional(
      Type.Number({ description: 'An input until its first sample, a parameter, a state at the start.' }),
    ),
    noise: Type.Optional(Type.Number({ description: "Standard deviation of a measurement's noise." })),
  },
  { ...strict, title: 'Signal' },
);
export type Signal = Type.Static<typeof Signal>;

const Health = Type.Object(
  {
    name: Type.String(),
    of: Type.String({ description: 'The state or output that wears.' }),
    unit: Type.String(),
    nominal: Type.Number({ description: 'Its value when new: 100 % of its life.' }),
    limit: Type.Number({ description: 'The value at which it has failed: 0 %.' }),
    failsWhen: Type.Union([Type.Literal('below'), Type.Literal('above')]),
  },
  { ...strict, title: 'HealthLimit' },
);

export const TwinDetail = Type.Object(
  {
    ...TwinSummary.properties,
    latenessMs: Type.Number({ description: 'Samples older than this are refused.' }),
    futureMs: Type.Number({ description: 'Samples further ahead than this are refused.' }),
    queueLimit: Type.Integer({ description: 'Samples that may wait for a tick.' }),
    signals: Type.Array(Signal),
    health: Type.Array(Health),
    topics: Type.Array(Type.String(), { description: 'MQTT topics it listens to.' }),
    bindings: Type.Array(
      Type.Object(
        {
          signal: Type.String(),
          topic: Type.String(),
          unit: Type.String(),
          field: Type.Optional(Type.String({ description: 'Absent: the payload is the number.' })),
          time: Type.Optional(Type.String({ description: 'Field of the event time.' })),
          timeFormat: Type.String(),
        },
        strict,
      ),
    ),
    past: Past,
  },
  { ...strict, title: 'Twin' },
);
export type TwinDetail = Type.Static<typeof TwinDetail>;

/** JSON has no infinity and no NaN: a value that is none is null. */
const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

const Numbers = (description: string) => Type.Record(Type.String(), NumberOrNull, { description });

export const State = Type.Object(
  {
    twin: Type.String(),
    model: Type.String(),
    time: Time('Time of the tick.'),
    tick: Type.Integer(),
    status: Status,
    states: Numbers("In the model document's units, as everything here."),
    uncertainty: Type.Optional(
      Numbers(
        'Standard deviation of each state, a difference in its unit; only where samples correct the model.',
      ),
    ),
    outputs: Numbers('Intermediate equations.'),
    inputs: Numbers('What drove the tick; null for an input that waits for its first sample.'),
    measurements: Type.Record(
      Type.String(),
      Type.Object(
        {
          measured: Type.Optional(Type.Number()),
          expected: NumberOrNull,
          innovation: Type.Optional(NumberOrNull),
          deviation: Type.Optional(
            Type.Number({
              description: 'Standard deviation of the innovation, where the sample could correct.',
            }),
          ),
          rejected: Type.Optional(
            Type.Literal(true, { description: 'The sample was too far off to be true, and was left out.' }),
          ),
          time: Type.Optional(Time('Event time of the sample.')),
        },
        strict,
      ),
    ),
    times: Type.Record(Type.String(), Time('Event time of the newest sample of an input.')),
    health: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            value: NumberOrNull,
            percent: NumberOrNull,
            low: Type.Optional(NumberOrNull),
            high: Type.Optional(NumberOrNull),
          },
          strict,
        ),
        {
          description:
            'How much of its life is left: 100 % when new, 0 % at the limit; low and high are a 95 % interval.',
        },
      ),
    ),
    held: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.Literal('min'), Type.Literal('max')]), {
        description: 'States that a bound held in this tick.',
      }),
    ),
    waitingFor: Type.Optional(Type.Array(Type.String())),
    silent: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Measurements that have not come for much longer than usual.',
      }),
    ),
    units: Type.Record(Type.String(), Type.String(), { description: 'Unit of each signal.' }),
    past: Past,
  },
  { ...strict, title: 'State' },
);

/** A number in the signal's own unit, or a value with its unit. */
const Value = Type.Union([Type.Number(), Type.Object({ value: Type.Number(), unit: Type.String() }, strict)]);

/** The same object as a telemetry message over MQTT. */
export const InputsBody = Type.Record(Type.String(), Type.Unknown(), {
  title: 'Inputs',
  description:
    'By input or measurement: a number in its own unit, or { "value": 1.2, "unit": "kW" }. ' +
    '`time` is the event time: ISO 8601, or milliseconds since 1970; default: now.',
  examples: [{ ambient: 22, motor_power: { value: 1.2, unit: 'kW' } }],
});

export const InputsAccepted = Type.Object(
  { twin: Type.String(), accepted: Type.Array(Type.String()) },
  { ...strict, title: 'InputsAccepted' },
);

/** A request holds the twin's worker for as long as it computes, so there is a limit. */
const longestStepSeconds = 86_400;

export const StepBody = Type.Object(
  {
    seconds: Type.Number({ exclusiveMinimum: 0, maximum: longestStepSeconds }),
    inputs: Type.Optional(Type.Record(Type.String(), Value, { description: 'Inputs of this step only.' })),
  },
  { ...strict, title: 'Step' },
);

export const ModelSummary = Type.Object(
  {
    id: Type.String({ description: 'name@version' }),
    name: Type.String(),
    version: Type.String(),
    title: Type.String(),
    description: Type.Optional(Type.String()),
    unitsChecked: Type.Boolean(),
    twins: Type.Integer({ description: 'How many twins are of it now.' }),
  },
  { ...strict, title: 'ModelSummary' },
);
export type ModelSummary = Type.Static<typeof ModelSummary>;

export const ModelDetail = Type.Object(
  {
    ...ModelSummary.properties,
    versions: Type.Array(Type.String(), { description: 'All that there are, the oldest first.' }),
    signals: Type.Array(Signal),
    equations: Type.String({ description: 'Line by line, as text.' }),
    document: Type.Record(Type.String(), Type.Unknown(), { description: 'The model document as data.' }),
    past: Past,
  },
  { ...strict, title: 'Model' },
);

export const Event = Type.Object(
  {
    time: Time('When it happened.'),
    twin: Type.String({ description: '* for what concerns several twins.' }),
    kind: Type.String({ description: 'quarantined, recovered, bound-held, raised, missed-deadline …' }),
    severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]),
    message: Type.String(),
    subject: Type.Optional(Type.String({ description: 'The state, input or `when` that it is about.' })),
  },
  { ...strict, title: 'Event' },
);
export type EventView = Type.Static<typeof Event>;

export const Refusal = Type.Object(
  {
    time: Time('When the sample came.'),
    reason: Type.String({ description: 'not-a-number, unknown-signal, too-late …' }),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    got: Type.Optional(Type.String({ description: 'What was found, shortened.' })),
    twin: Type.Optional(Type.String()),
    signal: Type.Optional(Type.String()),
    topic: Type.Optional(Type.String()),
  },
  { ...strict, title: 'Refusal' },
);
export type RefusalView = Type.Static<typeof Refusal>;

export const Check = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('degraded'), Type.Literal('failing')]),
    detail: Type.Optional(Type.String()),
  },
  strict,
);

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:gemel:error:CODE' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    hint: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            at: Type.String({
              description:
                'JSON pointer into the body (#/inputs/ambient), ?parameter, or line:column of a document',
            }),
            detail: Type.String(),
            reason: Type.Optional(Type.String()),
            hint: Type.Optional(Type.String()),
          },
          strict,
        ),
      ),
    ),
  },
  { additionalProperties: true, title: 'Problem', description: 'Problem details, RFC 9457.' },
);
