/**
 * The shape of a model document (format 1), as a JSON Schema. One source for three uses: the checks of
 * `readDocument`, the schema that `gemel schema` gives to editors, and the TypeScript type of `defineModel`.
 * What a schema cannot say (units agree, every state has an equation) is checked in `compile.ts`.
 */

import { type Static, Type } from '../document/index.ts';
import { VERSION_PATTERN } from './version.ts';

const Quantity = (description: string) =>
  Type.Union([Type.Number(), Type.String({ minLength: 1 })], {
    description: `${description} A bare number is in the signal's own unit; or a quantity such as "35 degC".`,
  });

const Unit = Type.Union([Type.String(), Type.Literal(1)], {
  description: 'Unit, such as degC, bar, rpm, l/min, kJ/K, %, or 1 for a pure number.',
});

const Title = Type.Optional(Type.String({ description: 'What people read beside the value.' }));
const Min = Type.Optional(Quantity('Smallest value that is physically possible.'));
const Max = Type.Optional(Quantity('Largest value that is physically possible.'));
const Equation = Type.Union([Type.String({ minLength: 1 }), Type.Number()], {
  description: 'An expression over states, inputs, parameters and other equations.',
});

/** A name in an equation. */
export const NAME_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';

const Input = Type.Object({
  unit: Unit,
  title: Title,
  min: Min,
  max: Max,
  default: Type.Optional(Quantity('Value until a sample comes.')),
});

const Parameter = Type.Object({
  unit: Unit,
  title: Title,
  value: Quantity('Its value; a twin may have its own.'),
  min: Min,
  max: Max,
  calibrate: Type.Optional(Type.Boolean({ description: 'Whether calibration may fit it. Default false.' })),
  uncertainty: Type.Optional(
    Quantity(
      'Standard deviation of `value` before calibration has seen data. Default: any value within bounds.',
    ),
  ),
});

const State = Type.Object({
  unit: Unit,
  title: Title,
  start: Quantity('Value at the start.'),
  min: Min,
  max: Max,
  noise: Type.Optional(
    Type.String({
      description: 'Process noise, such as "0.02 K/s^0.5" (continuous) or "0.1 K" (discrete).',
    }),
  ),
  uncertainty: Type.Optional(
    Quantity(
      'Standard deviation of `start`, 0 if it is known. Default: what `noise` makes in 10 minutes (continuous), 10 times `noise` (discrete).',
    ),
  ),
  every: Type.Optional(
    Type.String({
      description: 'Update period of a discrete state, such as "0.5 s". Default: once a tick.',
    }),
  ),
});

const Output = Type.Object({ unit: Unit, title: Title });

const Measurement = Type.Object({
  equals: Equation,
  unit: Unit,
  title: Title,
  noise: Type.Optional(Quantity("Standard deviation of the sensor's noise.")),
  valid: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Samples correct the states only while this condition holds. Default: always.',
    }),
  ),
  min: Min,
  max: Max,
});

const When = Type.Object({
  condition: Type.String({ minLength: 1, description: 'Acts each time it becomes true.' }),
  reset: Type.Optional(Type.Record(Equation, { description: 'New values of states.' })),
  raise: Type.Optional(Type.String({ minLength: 1, description: 'Text of the event to raise.' })),
  severity: Type.Optional(
    Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')], {
      description: 'Severity of the event. Default warning.',
    }),
  ),
});

const Health = Type.Object({
  of: Type.String({ description: 'The state or equation that wears.' }),
  nominal: Quantity('Its value when new.'),
  fails: Type.String({ description: 'The limit, such as "below 50 W/K" or "above 8 mm/s".' }),
});

const Solver = Type.Object({
  method: Type.Optional(
    Type.Union(
      [
        Type.Literal('rk4'),
        Type.Literal('euler'),
        Type.Literal('tsit5'),
        Type.Literal('rodas5p'),
        Type.Literal('auto'),
      ],
      {
        description:
          'With a fixed step: rk4 (the default), euler. With steps of its own: tsit5, rodas5p for stiff equations, ' +
          'auto for one of these two as the equations need it.',
      },
    ),
  ),
  step: Type.Optional(
    Type.String({
      description:
        'Largest step, such as "20 ms". Default "100 ms"; with steps of its own as the tolerance allows.',
    }),
  ),
  tolerance: Type.Optional(
    Type.Number({
      minimum: 1e-12,
      maximum: 0.01,
      description: 'Relative error that tsit5, rodas5p and auto allow in a step. Default 1e-6.',
    }),
  ),
});

const Filter = Type.Object({
  method: Type.Optional(
    Type.Union(
      [Type.Literal('unscented'), Type.Literal('extended'), Type.Literal('ensemble'), Type.Literal('none')],
      {
        description:
          'How samples of measurements with noise correct the states. Default unscented; none: they are only compared.',
      },
    ),
  ),
  members: Type.Optional(
    Type.Integer({ minimum: 2, maximum: 1000, description: 'Size of the ensemble. Default 64.' }),
  ),
  gate: Type.Optional(
    Type.Number({
      minimum: 1,
      description:
        'A sample further than so many standard deviations from what is expected is left out. Default 5.',
    }),
  ),
  patience: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description:
        'So many samples of a sensor may be left out in a row; the next one is believed, and the states with it. Default 3.',
    }),
  ),
});

const Detect = Type.Object({
  mean_time_between_false_alarms: Type.Optional(
    Type.String({
      description:
        'How rarely a twin may be suspected of a drift or fault that is none, such as "1 year", or off. Default 1 year.',
    }),
  ),
  learn: Type.Optional(
    Type.Integer({
      minimum: 50,
      maximum: 100_000,
      description: 'Samples of each sensor that teach what is usual. Default 300.',
    }),
  ),
});

const Migrates = Type.Object({
  from: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Earlier versions it is written for, such as ">=1.0.0 <2.0.0". Default: all of them.',
    }),
  ),
  states: Type.Optional(
    Type.Record(Equation, {
      description:
        "How states come from the earlier version's states, parameters and inputs. Default: the state of the same name.",
    }),
  ),
  parameters: Type.Optional(
    Type.Record(Equation, {
      description:
        "How a twin's own parameters come from those of the earlier version. Default: the parameter of the same name.",
    }),
  ),
});

export const ModelDocumentSchema = Type.Object({
  gemel: Type.Literal(1, { description: 'Format of this document.' }),
  model: Type.String({
    pattern: '^[a-z][a-z0-9-]*$',
    maxLength: 100,
    description: 'A name of small letters, digits and dashes.',
  }),
  version: Type.String({
    pattern: VERSION_PATTERN,
    maxLength: 100,
    description: 'A semantic version, such as 1.0.0 or 1.1.0-rc.1.',
  }),
  title: Title,
  description: Type.Optional(Type.String()),
  units: Type.Optional(
    Type.Literal('unchecked', {
      description: 'Compute with the numbers as they stand; units are only shown.',
    }),
  ),
  solver: Type.Optional(Solver),
  filter: Type.Optional(Filter),
  detect: Type.Optional(Detect),
  inputs: Type.Optional(Type.Record(Input)),
  parameters: Type.Optional(Type.Record(Parameter)),
  states: Type.Optional(Type.Record(State)),
  equations: Type.Optional(
    Type.Record(Equation, {
      description: 'der(x) and next(x) for states, name for an intermediate value; in any order.',
    }),
  ),
  outputs: Type.Optional(
    Type.Record(Output, {
      description: 'Unit and title of intermediate equations, for readers.',
    }),
  ),
  measurements: Type.Optional(Type.Record(Measurement)),
  when: Type.Optional(Type.Record(When)),
  health: Type.Optional(Type.Record(Health)),
  migrates: Type.Optional(Migrates),
});

/** A model document as data. */
export type ModelDocument = Static<typeof ModelDocumentSchema>;
