/**
 * The shape of a project file, gemel.yaml (format 1), as a JSON Schema. One source for the checks of `loadProject`,
 * for `gemel schema project`, which editors complete from, and for the tables of docs/project.md. What a schema
 * cannot say (a model has that signal, a unit fits, a duration is in range) is checked in `load.ts` and beside it.
 */

import { type Static, Type } from '../core/document/index.ts';
import { type DurationRange, defaults, durationMark, durations } from './options.ts';

/**
 * A duration is text with a unit. The reader lets a bare number through this gate, so that `duration.ts` can say why it
 * is refused; the schema that editors get (`published.ts`) does not.
 */
const Duration = (option: keyof typeof durations, description: string) => {
  const { atLeast, atMost, otherwise }: DurationRange = durations[option];
  return Type.Optional(
    Type.Union([Type.String(), Type.Number()], {
      description: `${description} A number with its unit, from ${atLeast} to ${atMost}.${otherwise ? ` Default ${otherwise}.` : ''}`,
      examples: [otherwise ?? '1 s'],
      [durationMark]: true,
    }),
  );
};

const Port = (description: string, otherwise: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description: `${description} 0 takes any free one. Default ${otherwise}.`,
    }),
  );

const Values = (description: string) =>
  Type.Optional(
    Type.Record(Type.Union([Type.Number(), Type.String({ minLength: 1 })]), {
      description: `${description} A bare number is in the signal's own unit; or a quantity such as "35 degC".`,
    }),
  );

const Reply = Type.Union([Type.Literal('full'), Type.Literal('plain')], {
  description: 'full: the whole snapshot; plain: only the states, in document order. Default full.',
});

const Route = Type.Object({
  twin: Type.String({ description: 'The twin that answers.' }),
  reply: Type.Optional(Reply),
  step: Duration('step', 'Advance the twin by this much before the answer (POST only).'),
  inputs: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Inputs that the query must give, as numbers in their own units; they hold for this step.',
    }),
  ),
});

const Http = Type.Object({
  port: Port('Port of the page, REST, WebSocket and metrics.', defaults.httpPort),
  allow_hosts: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: 'Further names under which browsers may reach this server, such as that of a proxy.',
    }),
  ),
  allow_origins: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: 'Origins of other pages that may write and stream, such as https://plant.example.',
    }),
  ),
  routes: Type.Optional(
    Type.Record(Route, {
      description: 'Further routes, such as "GET /state", each answered by one twin.',
    }),
  ),
});

const Mqtt = Type.Object({
  port: Port('Port of the embedded broker.', defaults.mqttPort),
  clients: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Connections to the embedded broker at a time. Default 1000.',
    }),
  ),
  clients_per_address: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description:
        'Connections of one address at a time, so that one does not take them all. Default nine tenths of clients.',
    }),
  ),
  url: Type.Optional(
    Type.String({
      description: 'Use this broker instead of the embedded one: mqtt://, mqtts://, ws:// or wss://.',
      examples: ['mqtts://broker:8883'],
    }),
  ),
  client: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'Client id; the broker keeps our session under it while we are away. Default: made from the computer and the directory.',
    }),
  ),
  user: Type.Optional(Type.String({ description: 'User name; ${NAME} is taken from the environment.' })),
  password: Type.Optional(
    Type.String({ description: 'Password; ${NAME} is taken from the environment. Better: password_file.' }),
  ),
  password_file: Type.Optional(Type.String({ description: 'File whose first line is the password.' })),
  ca: Type.Optional(
    Type.String({ description: "File with the certificate of the broker's authority (PEM)." }),
  ),
  certificate: Type.Optional(Type.String({ description: 'File with our own certificate (PEM).' })),
  key: Type.Optional(Type.String({ description: "File with our certificate's key (PEM)." })),
});

const Checkpoint = Type.Object({
  directory: Type.Optional(
    Type.String({
      minLength: 1,
      description: `Where checkpoints are kept. Default ${defaults.checkpointDirectory}.`,
    }),
  ),
  every: Duration('checkpoint', 'Time between two checkpoints.'),
  archive: Duration(
    'archive',
    'Time between two checkpoints that are kept as long as the journal, for `gemel replay`.',
  ),
});

const Alarms = Type.Object({
  on_delay: Duration('onDelay', 'A condition must hold for so long before it is an alarm.'),
  off_delay: Duration('offDelay', 'It must be over for so long before its alarm has ended.'),
  shelve_at_most: Duration('shelving', 'How long an alarm may be put aside.'),
  health_warning: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 100,
      description: `Percent of life left below which a health raises a warning. Default ${defaults.healthWarning}.`,
    }),
  ),
});

const Journal = Type.Object({
  enabled: Type.Optional(
    Type.Boolean({
      description:
        'Whether samples are kept on the disk before they are acknowledged. Without it, a crash loses those since the last checkpoint. Default true.',
    }),
  ),
  keep: Duration('keep', 'How long samples are kept, beyond those that a restart needs.'),
});

const History = Type.Object({
  enabled: Type.Optional(
    Type.Boolean({
      description:
        'Whether what the twins measure and compute is recorded, for charts and questions. Default true.',
    }),
  ),
  url: Type.Optional(
    Type.String({
      description:
        'PostgreSQL database to keep it in, such as postgres://host:5432/plant. Default: a file beside the checkpoints.',
    }),
  ),
  user: Type.Optional(
    Type.String({ description: 'User of the database; ${NAME} is taken from the environment.' }),
  ),
  password: Type.Optional(
    Type.String({ description: 'Password; ${NAME} is taken from the environment. Better: password_file.' }),
  ),
  password_file: Type.Optional(Type.String({ description: 'File whose first line is the password.' })),
  schema: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 63,
      description: `Schema of the database that has the tables, one for each engine. Default ${defaults.historySchema}.`,
    }),
  ),
  every: Duration(
    'historyEvery',
    'At most one value of what is computed in this time; samples of sensors are all kept.',
  ),
  keep: Duration('history', 'How long every sample is kept.'),
  summaries: Duration(
    'summaries',
    'How long least, most, mean and count of some hundred samples at a time are kept: as long as `keep` at least.',
  ),
});

const Field = (description: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(Type.Union([Type.String(), Type.Integer({ minimum: 0 })]), { minItems: 1 }),
      ],
      { description },
    ),
  );

const Binding = Type.Object({
  topic: Type.String({ minLength: 1, description: 'Topic of the samples; {twin} stands for the twin.' }),
  field: Field(
    'Where in the JSON payload, such as "value.kw" or "values[0]"; a list where a key has a dot. Without it the payload is the number.',
  ),
  unit: Type.Optional(
    Type.Union([Type.String(), Type.Literal(1)], {
      description: "Unit of the numbers that arrive. Default: the signal's own.",
    }),
  ),
  time: Field('Where in the JSON payload its event time is. Without it the moment of arrival counts.'),
  time_format: Type.Optional(
    Type.Union(
      [
        Type.Literal('auto'),
        Type.Literal('iso'),
        Type.Literal('s'),
        Type.Literal('ms'),
        Type.Literal('arrival'),
      ],
      { description: 'Form of the event time. Default auto with a time field, arrival without.' },
    ),
  ),
});

const Publish = Type.Object({
  state: Type.Optional(
    Type.String({ minLength: 1, description: `Topic of states. Default ${defaults.stateTopic}.` }),
  ),
  events: Type.Optional(
    Type.String({ minLength: 1, description: `Topic of events. Default ${defaults.eventsTopic}.` }),
  ),
  alarms: Type.Optional(
    Type.String({
      minLength: 1,
      description: `Topic under which each alarm has its own. Default ${defaults.alarmsTopic}.`,
    }),
  ),
  as: Type.Optional(Reply),
  every: Duration('publish', 'Least time between two states. Default: every tick.'),
  retain: Type.Optional(
    Type.Boolean({
      description: 'Whether the broker keeps the newest state for later subscribers. Default false.',
    }),
  ),
});

export const TwinSchema = Type.Object({
  model: Type.String({
    minLength: 1,
    description: 'The model: name@version, or its name for the newest version that is no pre-release.',
  }),
  period: Duration('period', 'Time between two ticks.'),
  parameters: Values('Values of parameters that differ from the model.'),
  inputs: Values('Values of inputs until a sample comes.'),
  start: Values('Values of states at the start.'),
  telemetry: Type.Optional(
    Type.String({
      minLength: 1,
      description: `Topic of JSON objects that name signals. {twin} stands for the twin. Default ${defaults.telemetryTopic}.`,
    }),
  ),
  publish: Type.Optional(Publish),
  bindings: Type.Optional(
    Type.Record(Binding, {
      description: 'Which topic and field feed an input or measurement, where the telemetry topic does not.',
    }),
  ),
  lateness: Duration(
    'lateness',
    'How late a sample may come: the twin goes back to its time and makes its ticks again.',
  ),
  future: Duration('future', 'How far ahead of our clock the time of a sample may be.'),
  group: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        'Name of a group of twins, formed as their own: a new version of a model can be tried on it.',
    }),
  ),
  out_of_service: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'Why the machine is out of service; its alarms are then suppressed.',
    }),
  ),
  queue: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: `Samples that may wait for a tick; more are refused and counted. Default ${defaults.queue}.`,
    }),
  ),
});

export const ProjectDocumentSchema = Type.Object({
  gemel: Type.Literal(1, { description: 'Format of this document.' }),
  listen: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description:
        'Address or addresses to listen on. Default localhost, which is both loopback addresses; anything else is reachable by others.',
    }),
  ),
  http: Type.Optional(Http),
  mqtt: Type.Optional(Mqtt),
  workers: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 64,
      description:
        'Threads that compute twins. Default: one for every 2,000 twins, at most one less than there are cores.',
    }),
  ),
  kernel: Type.Optional(
    Type.Union(
      [Type.Literal('wasm'), Type.Literal('wasm-fused'), Type.Literal('native'), Type.Literal('javascript')],
      {
        description: `What computes the twins: WebAssembly, the same bits on every machine; WebAssembly with fused operations; machine code that a C compiler of this computer makes at the start; or JavaScript. Default ${defaults.kernel}.`,
      },
    ),
  ),
  checkpoint: Type.Optional(Checkpoint),
  alarms: Type.Optional(Alarms),
  history: Type.Optional(History),
  journal: Type.Optional(Journal),
  models: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    description:
      'Model files, relative to this file; * stands for any part of a name, such as models/*.yaml.',
  }),
  twins: Type.Record(TwinSchema, {
    description: 'The twins by name; pump-{1..500} names many, pump-{001..500} with zeros.',
  }),
});

/** A project file as data. */
export type ProjectDocument = Static<typeof ProjectDocumentSchema>;
export type TwinDocument = Static<typeof TwinSchema>;
export type BindingDocument = Static<typeof Binding>;
export type HistoryDocument = Static<typeof History>;
export type MqttDocument = Static<typeof Mqtt>;
export type RouteDocument = Static<typeof Route>;
