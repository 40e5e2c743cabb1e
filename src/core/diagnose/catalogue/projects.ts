/** Codes about a project file and the command line. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const projectsCodes = {
  BROKER_URL: {
    title: 'broker address',
    cause: 'The address of the MQTT broker is not a URL that Gemel can connect to.',
    remedy: 'Write `mqtt://host:1883`, or begin with mqtts, ws or wss.',
  },
  DATABASE_URL: {
    title: 'database address',
    cause: 'The address of the history is not a URL of a PostgreSQL database.',
    remedy: 'Write `postgres://host:5432/database`, or leave it out for a history in a file.',
  },
  FIELD_SYNTAX: {
    title: 'not a field',
    cause: 'The place of a value in a payload does not follow the grammar of fields.',
    remedy: 'Write names with dots and positions in brackets, as in `value.kw` or `values[0]`.',
  },
  OPTION_CONFLICT: {
    title: 'options that exclude each other',
    cause: 'Two options are given of which only one can hold, or one without another that it needs.',
    remedy: 'Remove one of them, or add the one that is missing.',
  },
  PROJECT_INVALID: {
    title: 'invalid project',
    cause: 'The project file has problems and was not started.',
    remedy: 'Correct the problems listed with it.',
  },
  PROJECT_MISSING: {
    title: 'no project',
    cause: 'The directory has no `gemel.yaml`, or a file that it names does not exist.',
    remedy: 'Go to the directory of a project, or make one with `gemel init`.',
  },
  ROUTE_INVALID: {
    title: 'invalid route',
    cause: 'A route of the project is not a method and a path, or its options do not fit its method.',
    remedy:
      'Write the route as `GET /state` or `POST /update`, below none of the paths that Gemel serves itself.',
  },
  SECRET_MISSING: {
    title: 'missing secret',
    cause: 'A user or password should come from the environment or from a file, and is not there.',
    remedy: 'Set the variable, or create the file.',
  },
  TABLE_INVALID: {
    title: 'invalid table',
    cause: 'A recorded table cannot be played: it is damaged, or lacks a column that is needed.',
    remedy: 'Correct the file at the line shown, or name the columns that it has.',
  },
  TOPIC_INVALID: {
    title: 'invalid topic',
    cause: 'A text cannot be the topic of MQTT messages.',
    remedy: 'Write names with slashes between them, without `+`, `#` and empty levels at the start.',
  },
  TWIN_DUPLICATE: {
    title: 'twin given twice',
    cause: 'Two entries of the project name the same twin.',
    remedy: 'Remove one of them, or change one of the ranges.',
  },
  TWIN_INVALID: {
    title: 'invalid twin',
    cause: 'The configuration of a twin does not fit its model, or a number in it is out of its range.',
    remedy: 'Correct the value shown.',
  },
  TWIN_LIMIT: {
    title: 'too many twins',
    cause: 'A project names more twins than one process may run.',
    remedy: 'Run several projects, each with a part of the twins.',
  },
  TWIN_NAME: {
    title: 'not a twin name',
    cause: 'A name or template cannot be the name of twins.',
    remedy: 'Use letters, digits, dots, dashes and underscores, and ranges such as `{1..500}`.',
  },
  USAGE: {
    title: 'wrong usage',
    cause: 'The command line has an argument that the command does not understand.',
    remedy: 'See the command with `--help`.',
  },
} satisfies Record<string, CatalogueEntry>;
