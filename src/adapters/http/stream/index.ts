/** Live states and events over WebSocket. */

export { STREAM_PATH } from './protocol.ts';
export type { Stream } from './stream.ts';
export { createStream } from './stream.ts';
