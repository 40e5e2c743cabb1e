/** The shapes of alarms, and of what people may do with them. */

import Type from 'typebox';
import { Past } from './past/index.ts';

const strict = { additionalProperties: false } as const;
const Time = (description: string) => Type.String({ format: 'date-time', description });

export const AlarmSeverity = Type.Union([Type.Literal('warning'), Type.Literal('critical')]);

export const AlarmState = Type.Union(
  [
    Type.Literal('unacknowledged'),
    Type.Literal('acknowledged'),
    Type.Literal('returned'),
    Type.Literal('normal'),
    Type.Literal('shelved'),
    Type.Literal('suppressed'),
    Type.Literal('dropped'),
  ],
  {
    description:
      'unacknowledged, acknowledged: the condition holds; returned: it is over, and nobody has seen it; normal: over ' +
      'and seen; shelved: put aside; suppressed: its twin stands still or is out of service; dropped: gave way.',
  },
);

export const Alarm = Type.Object(
  {
    id: Type.String({ description: 'twin~kind~subject; * as twin stands for the process.' }),
    twin: Type.String(),
    kind: Type.String({ description: 'when, health, quarantined, sensor-silent, diverged, worker-failed …' }),
    subject: Type.Optional(Type.String({ description: 'The `when`, health or measurement it is about.' })),
    severity: AlarmSeverity,
    state: AlarmState,
    active: Type.Boolean({ description: 'Whether the condition holds, whatever the state.' }),
    message: Type.String({ description: 'What is wrong.' }),
    cause: Type.Optional(Type.String({ description: 'Why that is thought.' })),
    occurrences: Type.Integer({ description: 'How often it came up.' }),
    first: Time('When it came up first.'),
    raised: Time('When it came up last.'),
    cleared: Type.Optional(Time('When its condition ended.')),
    changed: Time('When anything about it changed last.'),
    chattering: Type.Optional(Type.Literal(true, { description: 'Held until it was quiet for a minute.' })),
    acknowledged: Type.Optional(
      Type.Object({ by: Type.String(), time: Time('When.'), note: Type.Optional(Type.String()) }, strict),
    ),
    shelved: Type.Optional(
      Type.Object(
        { by: Type.String(), time: Time('When.'), until: Time('When it ends.'), why: Type.String() },
        strict,
      ),
    ),
    suppressed: Type.Optional(Type.String({ description: 'Why.' })),
  },
  { ...strict, title: 'Alarm' },
);

const Count = Type.Object(
  {
    unacknowledged: Type.Integer(),
    acknowledged: Type.Integer(),
    returned: Type.Integer(),
    shelved: Type.Integer(),
    suppressed: Type.Integer(),
  },
  strict,
);

const AlarmCounts = Type.Object(
  { warning: Count, critical: Count },
  {
    ...strict,
    title: 'AlarmCounts',
    description: 'Of all alarms that are not normal, whatever was asked for.',
  },
);

export const AlarmsPage = Type.Object(
  {
    alarms: Type.Array(Alarm),
    counts: AlarmCounts,
    total: Type.Integer({ description: 'How many there are in all pages.' }),
    limit: Type.Integer(),
    offset: Type.Integer(),
    next: Type.Optional(Type.String({ description: 'Path of the next page, unless this is the last.' })),
    past: Past,
  },
  { ...strict, title: 'AlarmsPage' },
);

export const TwinAlarms = Type.Object(
  { alarms: Type.Array(Alarm), past: Past },
  { ...strict, title: 'TwinAlarms' },
);

const By = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Who does it. There are no users yet, so this is what the sender says.',
});

export const AcknowledgeBody = Type.Object(
  { by: By, note: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) },
  { ...strict, title: 'Acknowledge', examples: [{ by: 'Ann', note: 'on my way' }] },
);

export const ShelveBody = Type.Object(
  {
    by: By,
    why: Type.String({ minLength: 1, maxLength: 500 }),
    seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'For how long.' })),
    until: Type.Optional(
      Type.Unknown({ description: 'Instead of `seconds`: ISO 8601, or milliseconds since 1970.' }),
    ),
  },
  { ...strict, title: 'Shelve', examples: [{ by: 'Ann', why: 'sensor is being replaced', seconds: 3600 }] },
);

export const UnshelveBody = Type.Object({ by: By }, { ...strict, title: 'Unshelve' });
