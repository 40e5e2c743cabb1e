/** What the routes of models answer with, beside the model itself. */

import Type from 'typebox';

const strict = { additionalProperties: false } as const;
const text = (description: string) => Type.Optional(Type.String({ description }));
const Shown = (description: string) =>
  Type.Optional(Type.Union([Type.Number(), Type.String()], { description }));
const Kind = Type.Union(
  [Type.Literal('added'), Type.Literal('removed'), Type.Literal('renamed'), Type.Literal('changed')],
  { description: 'What has become of it.' },
);

const ValueDifference = Type.Object(
  {
    what: Type.String({ description: 'unit, value, start, default, min, max, noise, uncertainty …' }),
    before: Shown('Absent: it had none.'),
    after: Shown('Absent: it has none.'),
    unitBefore: text('Unit of `before`.'),
    unit: text('Unit of `after`.'),
    percent: Type.Optional(Type.Number({ description: 'Change relative to `before`.' })),
    difference: Type.Optional(
      Type.Number({ description: '`after` less `before`, where there is no percentage.' }),
    ),
  },
  strict,
);

export const Difference = Type.Object(
  {
    before: Type.String({ description: 'name@version' }),
    after: Type.String({ description: 'name@version' }),
    same: Type.Boolean({ description: 'Whether both are the same machine.' }),
    words: Type.Boolean({ description: 'Whether titles and descriptions differ.' }),
    signals: Type.Array(
      Type.Object(
        {
          group: Type.String({ description: 'input, parameter, state, measurement or output' }),
          name: Type.String(),
          kind: Kind,
          was: text('Its name before.'),
          from: text('What `migrates` makes it of.'),
          unit: Type.String(),
          changes: Type.Array(ValueDifference),
        },
        strict,
      ),
    ),
    equations: Type.Array(
      Type.Object(
        {
          of: Type.String({ description: 'der(level), outflow, level_sensor, when full …' }),
          kind: Kind,
          was: text('Its name before.'),
          before: text('The formula as the document has it.'),
          after: text('The formula as the document has it.'),
          meaning: Type.Array(Type.String(), { description: 'What the change means; numbers in SI.' }),
          through: Type.Optional(
            Type.Array(Type.String(), { description: 'Set where only these that it reads have changed.' }),
          ),
        },
        strict,
      ),
    ),
    settings: Type.Array(
      Type.Object(
        { what: Type.String(), before: text('Absent: none.'), after: text('Absent: none.') },
        strict,
      ),
    ),
    migration: Type.Array(Type.String(), {
      description: 'Why a twin cannot go over from the one to the other; empty if it can.',
    }),
  },
  { ...strict, title: 'ModelDifference' },
);
