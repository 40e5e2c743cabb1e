/** The HTTP interface: REST, the stream over WebSocket, the page, and what a project adds. */

export type {
  HttpLimits,
  HttpOptions,
  HttpServer,
  HttpStatistics,
  Log,
  Readiness,
  RequestCount,
  RouteDefinition,
  StreamLimits,
  StreamStatistics,
} from './options.ts';
export { defaultLimits } from './options.ts';
export { createHttpServer } from './server.ts';
