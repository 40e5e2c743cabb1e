/** The HTTP interface: REST, the stream over WebSocket, the page, and what a project adds. */

export type {
  HttpOptions,
  HttpServer,
  ModelPublishing,
  Readiness,
  RouteDefinition,
  TwinChanges,
} from './options.ts';
export { createHttpServer } from './server.ts';
