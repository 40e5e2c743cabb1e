/**
 * Every error code of the product. A code is permanent: once published it keeps its meaning, and one that is
 * no longer raised is not given to something else. Keep the list alphabetical; each text is one sentence.
 */
/* oxlint-disable max-lines -- one list is what this file is for */

export interface CatalogueEntry {
  /** A few words, shown beside the place. */
  readonly title: string;
  /** What it means that this error is reported. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type ErrorCode = keyof typeof catalogue;

export const catalogue = {
  BROKER_UNREACHABLE: {
    title: 'broker unreachable',
    cause: 'The MQTT broker named in the project could not be reached, or it refused the connection.',
    remedy: 'Check that the broker runs, and that its address, user and password are right.',
  },
  BROKER_URL: {
    title: 'broker address',
    cause: 'The address of the MQTT broker is not a URL that Gemel can connect to.',
    remedy: 'Write `mqtt://host:1883`, or begin with mqtts, ws or wss.',
  },
  CHECKPOINT_CORRUPT: {
    title: 'corrupt checkpoint',
    cause:
      'A checkpoint file does not match its checksum, or was written by a version that is not understood.',
    remedy:
      'Gemel falls back to the checkpoint before it; delete the directory only to start the twins afresh.',
  },
  CHECKPOINT_LOCKED: {
    title: 'checkpoints in use',
    cause: 'Another process keeps its checkpoints in this directory.',
    remedy: 'Stop the other process, or give each project a directory of its own.',
  },
  CHECKPOINT_UNWRITABLE: {
    title: 'checkpoint not written',
    cause:
      'A checkpoint could not be written: the disk is full or read-only, or the right to write is missing.',
    remedy: 'Free some space or give the right; the twins run on, and the next checkpoint is tried again.',
  },
  DOCUMENT_DUPLICATE_KEY: {
    title: 'key given twice',
    cause: 'The same key stands twice in one mapping, so one of its two values would be lost.',
    remedy: 'Remove or rename one of the two.',
  },
  DOCUMENT_MISSING_KEY: {
    title: 'missing key',
    cause: 'A key that this part of the document must have is not there.',
    remedy: 'Add the key.',
  },
  DOCUMENT_SYNTAX: {
    title: 'syntax error',
    cause: 'The text is not well-formed YAML or JSON.',
    remedy: 'Correct the text at the place shown; indentation, colons and quotes are the usual suspects.',
  },
  DOCUMENT_TOO_LARGE: {
    title: 'document too large',
    cause: 'The document is longer or more deeply nested than a document may be.',
    remedy: 'Split it, or remove what does not belong in it.',
  },
  DOCUMENT_TYPE: {
    title: 'wrong type',
    cause: 'A value is not of the kind that is expected at its place.',
    remedy: 'Give a value of the kind shown as expected.',
  },
  DOCUMENT_UNKNOWN_KEY: {
    title: 'unknown key',
    cause: 'A key is not one that this part of the document may have; it is refused rather than ignored.',
    remedy: 'Correct the spelling, or remove the key.',
  },
  DOCUMENT_VERSION: {
    title: 'unknown document version',
    cause: 'The number after `gemel:` is not a version of the document format that this program reads.',
    remedy: 'Write `gemel: 1`, or use a program that reads this version.',
  },
  DURATION_RANGE: {
    title: 'time span out of range',
    cause:
      'A time span is not positive, is too long for what it is used for, or is not a whole multiple of another.',
    remedy: 'Give a positive time span that fits the others; the message says which.',
  },
  DURATION_SYNTAX: {
    title: 'not a duration',
    cause:
      'A time span is not a number with a unit of time; a bare number could mean seconds or milliseconds.',
    remedy: 'Write the unit, as in `500 ms`, `10 s` or `2 h`.',
  },
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
  FIELD_SYNTAX: {
    title: 'not a field',
    cause: 'The place of a value in a payload does not follow the grammar of fields.',
    remedy: 'Write names with dots and positions in brackets, as in `value.kw` or `values[0]`.',
  },
  FILE_UNREADABLE: {
    title: 'unreadable file',
    cause: 'A file that is named does not exist, or may not be read.',
    remedy: 'Correct the name, or give the user who runs Gemel the right to read it.',
  },
  FLEET_STOPPED: {
    title: 'engine stopped',
    cause: 'A call came after the engine was stopped.',
    remedy: 'Start it again, or do not call it after `stop()`.',
  },
  HTTP_BODY_TOO_LARGE: {
    title: 'body too large',
    cause: 'The body of a request is longer than the limit of 1 MiB.',
    remedy: 'Send less at a time.',
  },
  HTTP_CONTENT_TYPE: {
    title: 'unsupported content type',
    cause: 'The body of a request is not declared as JSON.',
    remedy: 'Send JSON with `Content-Type: application/json`.',
  },
  HTTP_CROSS_ORIGIN: {
    title: 'cross-origin request',
    cause: 'A page of another origin tried to change something or to open a stream.',
    remedy: 'Serve the page from here, or allow its origin in the project.',
  },
  HTTP_FOREIGN_HOST: {
    title: 'unknown host',
    cause: 'A request asks for a host that is not this one; pages of others do that to reach local servers.',
    remedy: 'Use `localhost` or 127.0.0.1, or allow the name in the project.',
  },
  HTTP_HEADERS_TOO_LARGE: {
    title: 'headers too large',
    cause: 'The headers of a request are longer than the limit of 16 KiB.',
    remedy: 'Send fewer or shorter headers and cookies.',
  },
  HTTP_INTERNAL: {
    title: 'internal error',
    cause: 'Gemel has a fault; the log tells more.',
    remedy: 'Report it with the lines of the log.',
  },
  HTTP_INVALID: {
    title: 'invalid request',
    cause: 'A request has fields that are missing, unknown or of the wrong kind.',
    remedy: 'Correct what `errors` lists; the page at `/docs` shows what each route takes.',
  },
  HTTP_MALFORMED: {
    title: 'malformed request',
    cause: 'A request cannot be read: not HTTP, not UTF-8, not JSON, or nested too deeply.',
    remedy: 'Correct the request.',
  },
  HTTP_METHOD: {
    title: 'method not allowed',
    cause: 'The route exists, but not with this method.',
    remedy: 'Use one of the methods that `Allow` lists.',
  },
  HTTP_NOT_FOUND: {
    title: 'not found',
    cause: 'There is no such route or file.',
    remedy: 'Correct the path; the page at `/docs` lists the routes.',
  },
  HTTP_NOT_READY: {
    title: 'not ready',
    cause: 'The twins, or something they depend on, are not ready.',
    remedy: 'Wait a moment and try again; the log says what is amiss.',
  },
  HTTP_TIMEOUT: {
    title: 'request timeout',
    cause: 'A request was not complete within the limit of 30 s.',
    remedy: 'Send the request without pauses.',
  },
  HTTP_UPGRADE: {
    title: 'WebSocket only',
    cause: 'The route speaks only WebSocket.',
    remedy: 'Open it with a WebSocket client.',
  },
  INPUTS_REFUSED: {
    title: 'inputs refused',
    cause: 'Some of the inputs or measurements that were given cannot be used.',
    remedy: 'Correct what `errors` lists.',
  },
  INPUT_MISSING: {
    title: 'input without value',
    cause: 'An input has neither a value nor a default, so nothing that needs it can be computed.',
    remedy: 'Give the input a value, or a default in the model.',
  },
  LISTEN_ADDRESS: {
    title: 'not an address',
    cause: 'What to listen on is neither an address nor a name of this computer, or may not be used.',
    remedy: 'Write `localhost`, or an IP address of this computer.',
  },
  LISTEN_DENIED: {
    title: 'port not permitted',
    cause: 'The operating system does not let this user listen on the port.',
    remedy: 'Choose a port from 1024 on, or give the program the permission.',
  },
  MODEL_DUPLICATE: {
    title: 'model given twice',
    cause: 'Two files hold the same name and version of a model.',
    remedy: 'Remove one of the files, or give one of them another version.',
  },
  MODEL_INVALID: {
    title: 'invalid model',
    cause: 'A model document has problems and was not compiled.',
    remedy: 'Correct the problems listed with it.',
  },
  MODEL_TOO_LARGE: {
    title: 'model too large',
    cause: 'A model has more states, equations or operations than a model may have.',
    remedy: 'Split the machine into several models, or simplify its equations.',
  },
  MODEL_UNKNOWN: {
    title: 'unknown model',
    cause: 'No model of this name and version is loaded.',
    remedy: 'Correct the name or the version, or add the file to `models:`.',
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
  OPTION_CONFLICT: {
    title: 'options that exclude each other',
    cause: 'Two options are given of which only one can hold, or one without another that it needs.',
    remedy: 'Remove one of them, or add the one that is missing.',
  },
  PORT_IN_USE: {
    title: 'port in use',
    cause: 'Another program already listens on this port.',
    remedy: 'Stop the other program, or choose another port in the project.',
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
  QUANTITY_SYNTAX: {
    title: 'not a quantity',
    cause: 'A text is not a number with an optional unit.',
    remedy: 'Write a number, a space and a unit, as in `0.5 mm/s`.',
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
  SHAPE_MISMATCH: {
    title: 'wrong size',
    cause: 'An array does not have the length that the call needs.',
    remedy: 'Pass an array of the length shown as expected.',
  },
  SIGNAL_UNKNOWN: {
    title: 'unknown signal',
    cause: 'The model of the twin has no input, measurement, state or output of this name.',
    remedy: 'Correct the spelling, or add the signal to the model.',
  },
  SIMULATION_TOO_LARGE: {
    title: 'simulation too large',
    cause: 'A simulation would record more values than fit into memory.',
    remedy: 'Record less often, or simulate a shorter time.',
  },
  STEP_INVALID: {
    title: 'step not possible',
    cause:
      'A step by hand is not a positive time, takes too many substeps, or has a value that its input cannot take.',
    remedy: 'Give a time within the limits shown, and finite values within the bounds of the inputs.',
  },
  STEP_NOT_FINITE: {
    title: 'step left the finite numbers',
    cause: 'A step by hand would make a state infinite or not a number; the twin was left as it was.',
    remedy: 'Check the inputs, or take a shorter step.',
  },
  STREAM_FULL: {
    title: 'too many readers',
    cause: 'As many readers as are allowed follow the stream already.',
    remedy: 'Close some, or raise the limit in the project.',
  },
  STREAM_MESSAGE: {
    title: 'unknown stream message',
    cause: 'A message to the stream is not one that it understands.',
    remedy: 'Send `subscribe`, `unsubscribe` or `ping` as described in the documentation.',
  },
  STREAM_TOO_FAST: {
    title: 'too many stream messages',
    cause: 'A reader of the stream sends more messages than it may.',
    remedy: 'Send at most 20 messages a second.',
  },
  TABLE_INVALID: {
    title: 'invalid table',
    cause: 'A recorded table cannot be replayed: it is damaged, or lacks a column that is needed.',
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
  TWIN_UNKNOWN: {
    title: 'unknown twin',
    cause: 'No twin of this name runs here.',
    remedy: 'Correct the name, or add the twin to `twins:`.',
  },
  TWIN_WAITING: {
    title: 'twin waits for an input',
    cause: 'A twin cannot be computed, since an input has no default, no configured value and no sample yet.',
    remedy: 'Send a sample, or give the input a value under `inputs:`.',
  },
  UNIT_ANGLE_AMBIGUOUS: {
    title: 'ambiguous angle',
    cause: 'Turns and radians cannot be told apart here: Hz and rpm or rad/s differ by a factor of 2π.',
    remedy: 'Use one of the two throughout, or write the factor `2*pi` in the equation.',
  },
  UNIT_MISMATCH: {
    title: 'unit does not fit',
    cause: 'A value is given in a unit that cannot be converted to the unit it needs.',
    remedy: 'Give the value in a unit of the expected dimension.',
  },
  UNIT_SYNTAX: {
    title: 'unit syntax',
    cause: 'The text of a unit does not follow the grammar of units.',
    remedy: 'Write units as in `W`, `kJ/K`, `m/s^2` or `N*m`, and `1` for a number without unit.',
  },
  UNIT_TEMPERATURE: {
    title: 'temperature reading or difference',
    cause:
      'A temperature reading (degC, degF) stands where only a difference makes sense, or the other way round.',
    remedy: 'Use K for differences and inside compound units, and degC or degF for readings.',
  },
  UNIT_UNKNOWN: {
    title: 'unknown unit',
    cause: 'A symbol is not a unit that Gemel knows.',
    remedy: 'Correct the spelling; capitals matter, as in kW and mW.',
  },
  USAGE: {
    title: 'wrong usage',
    cause: 'The command line has an argument that the command does not understand.',
    remedy: 'See the command with `--help`.',
  },
  VALUE_OUT_OF_BOUNDS: {
    title: 'out of bounds',
    cause: 'A value lies outside the bounds that are given for it.',
    remedy: 'Correct the value or the bounds.',
  },
  WORKER_FAILED: {
    title: 'worker failed',
    cause: 'A worker thread that computes twins has ended unexpectedly; its twins stand still.',
    remedy: 'Restart Gemel; the twins go on from their checkpoint. Report what the message says.',
  },
} satisfies Record<string, CatalogueEntry>;
