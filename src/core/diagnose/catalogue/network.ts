/** Codes about sockets, HTTP, the stream and brokers. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const networkCodes = {
  BROKER_UNREACHABLE: {
    title: 'broker unreachable',
    cause: 'The MQTT broker named in the project could not be reached, or it refused the connection.',
    remedy: 'Check that the broker runs, and that its address, user and password are right.',
  },
  ENGINE_UNREACHABLE: {
    title: 'no engine there',
    cause: 'A command asked an engine that does not run, or is somewhere else.',
    remedy: 'Start it with `gemel up`, or say where it is with `--url`.',
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
  PORT_IN_USE: {
    title: 'port in use',
    cause: 'Another program already listens on this port.',
    remedy: 'Stop the other program, or choose another port in the project.',
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
  TWIN_REFUSED: {
    title: 'twin refused',
    cause: 'What describes a new twin does not fit its model or the rules of a project.',
    remedy: 'Correct what `errors` lists; docs/project.md says what a twin takes.',
  },
} satisfies Record<string, CatalogueEntry>;
