/** Live states and events over WebSocket. */

export { STREAM_PATH } from './protocol.ts';
export { createStream } from './stream.ts';
