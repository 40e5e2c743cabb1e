/** The shapes of rollouts, of what may be asked of them, and of comparisons. */

import Type from 'typebox';
import { State } from './schemas.ts';

const strict = { additionalProperties: false } as const;
const Time = (description: string) => Type.String({ format: 'date-time', description });
const Name = (description: string) => Type.String({ minLength: 1, maxLength: 128, description });

const RolloutState = Type.Union(
  [
    Type.Literal('shadow'),
    Type.Literal('live'),
    Type.Literal('rolled-back'),
    Type.Literal('done'),
    Type.Literal('ended'),
  ],
  {
    description:
      'shadow: the new version runs beside the old and is compared; live: readers see it, and the watch is on; rolled-back: it was ' +
      'taken back; done: it stays; ended: the rollout is only remembered.',
  },
);

const Part = Type.Union(
  [
    Type.Object({ twins: Type.Array(Type.String(), { minItems: 1, maxItems: 100_000 }) }, strict),
    Type.Object({ group: Name('All twins of this group.') }, strict),
    Type.Object(
      {
        percent: Type.Number({ description: 'Above 0, at most 100. 10 % are among the 50 %.' }),
        group: Type.Optional(Name('Of the twins of this group.')),
      },
      strict,
    ),
  ],
  { description: 'Which twins: by name, all of a group, or a percentage.' },
);

const Rule = {
  when: Type.Union([Type.Literal('worse'), Type.Literal('never')]),
  watchSeconds: Type.Number({ description: 'How long it is watched after it went live.' }),
  sharePercent: Type.Number({
    description: 'Taken back from more than so many percent of the twins, it is taken back from all.',
  }),
};

export const StartBody = Type.Object(
  {
    id: Name('Its name: letters, digits and . _ : -'),
    model: Name('The new version, name@version.'),
    of: Part,
    stage: Type.Optional(
      Type.Union([Type.Literal('shadow'), Type.Literal('live')], {
        description: 'How it begins. Default shadow.',
      }),
    ),
    rollback: Type.Optional(Type.Partial(Type.Object(Rule, strict))),
  },
  { ...strict, title: 'NewRollout' },
);
export type StartBody = Type.Static<typeof StartBody>;

export const WidenBody = Type.Object({ of: Part }, strict);
export const RollbackBody = Type.Object(
  { why: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) },
  strict,
);

const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

const Interval = Type.Object(
  { value: NumberOrNull, low: NumberOrNull, high: NumberOrNull },
  { ...strict, description: 'With what it may be, at every look; null as long as nothing can be said.' },
);

const Verdict = Type.Union([
  Type.Literal('better'),
  Type.Literal('worse'),
  Type.Literal('no difference'),
  Type.Literal('not enough yet'),
]);

const gain = {
  samples: Type.Integer(),
  gainNats: Interval,
  rmsePercent: Interval,
};
const Consistency = (Figure: Type.TSchema) =>
  Type.Object(
    { meanSquare: Figure, inside: Figure },
    {
      ...strict,
      description:
        'Of innovations in their deviations: the mean square, about 1 if the version knows its error, and the share within 95 %.',
    },
  );
const errors = {
  unit: Type.String(),
  oldRmse: NumberOrNull,
  newRmse: NumberOrNull,
};

export const Comparison = Type.Object(
  {
    verdict: Verdict,
    sentence: Type.String(),
    instants: Type.Integer({ description: 'Moments at which samples came.' }),
    leftOut: Type.Integer({ description: 'Samples that the gates of both versions left out.' }),
    together: Type.Object({ ...gain, old: Consistency(Interval), new: Consistency(Interval) }, strict),
    measurements: Type.Array(
      Type.Object(
        {
          measurement: Type.String(),
          leftOut: Type.Integer(),
          ...gain,
          ...errors,
          old: Consistency(NumberOrNull),
          new: Consistency(NumberOrNull),
        },
        strict,
      ),
    ),
    ahead: Type.Array(
      Type.Object(
        {
          measurement: Type.String(),
          horizonSeconds: Type.Number(),
          samples: Type.Integer(),
          ...errors,
          rmsePercent: Interval,
        },
        strict,
      ),
    ),
    aheadPercent: Interval,
    aheadLeftOut: Type.Integer({ description: 'Errors ahead of more kinds than are kept.' }),
  },
  {
    ...strict,
    title: 'Comparison',
    description:
      'Of the new version against the old. gainNats: how much more likely it held what was measured, nats a sample; rmsePercent: ' +
      'by how much its errors are larger, negative: smaller.',
  },
);
export type Comparison = Type.Static<typeof Comparison>;

const TwinState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('shadow'),
  Type.Literal('live'),
  Type.Literal('kept'),
  Type.Literal('returned'),
  Type.Literal('refused'),
  Type.Literal('gone'),
]);

/** Which twins of a rollout are listed. */
export const ListQuery = Type.Object(
  {
    state: Type.Optional(TwinState),
    twin: Type.Optional(Type.String({ description: 'Only this twin.' })),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 100 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  },
  strict,
);
export type ListQuery = Type.Static<typeof ListQuery>;

const RolloutTwin = Type.Object(
  {
    id: Type.String(),
    from: Type.String({ description: 'The version that it ran before.' }),
    state: TwinState,
    changed: Time('When that changed last.'),
    verdict: Type.Optional(Verdict),
    still: Type.Optional(Type.Literal(true, { description: 'The new version stands still on it.' })),
    problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() }, strict)),
    found: Type.Optional(Type.String({ description: 'Why the new version was taken back.' })),
  },
  strict,
);

const Act = Type.Object({ time: Time('When.'), act: Type.String(), message: Type.String() }, strict);

const summary = {
  id: Type.String(),
  model: Type.String({ description: 'The new version.' }),
  from: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many twins ran which version before.',
  }),
  of: Part,
  state: RolloutState,
  rollback: Type.Object(Rule, strict),
  created: Time('When it was begun.'),
  changed: Time('When it changed last.'),
  watchUntil: Type.Optional(Time('When the watch is over.')),
  twins: Type.Record(Type.String(), Type.Integer(), { description: 'How many twins are in each state.' }),
  still: Type.Integer({
    description: 'On how many twins the new version stands still, live or in the shadow.',
  }),
  verdict: Verdict,
  sentence: Type.String(),
  last: Type.Optional({ ...Act, description: 'What was done last.' }),
};

export const RolloutSummary = Type.Object(summary, { ...strict, title: 'RolloutSummary' });
export type RolloutSummary = Type.Static<typeof RolloutSummary>;

export const Rollout = Type.Object(
  {
    ...summary,
    list: Type.Array(RolloutTwin, {
      description:
        'The twins that were asked for, in the order of their turns; without a query the first hundred.',
    }),
    total: Type.Integer({ description: 'How many twins there are of those that were asked for.' }),
    acts: Type.Array(Act),
    comparison: Comparison,
  },
  { ...strict, title: 'Rollout' },
);
export type Rollout = Type.Static<typeof Rollout>;

export const Shadow = Type.Object(
  {
    twin: Type.String(),
    live: Type.String({ description: 'The version that readers see.' }),
    shadow: Type.String({ description: 'The one beside it.' }),
    state: Type.Optional(State),
    rollout: Type.Optional(Type.String({ description: 'The rollout that it is in.' })),
    comparison: Type.Optional(Comparison),
  },
  { ...strict, title: 'Shadow' },
);
