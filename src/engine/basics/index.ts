/** What the language lacks and no subject owns: text and bytes, a hash, a signal that stops, a ring, listeners, spans of time in words. */

export { hashBytes } from './hash-bytes.ts';
export { isRecord } from './is-record.ts';
export { listen } from './listeners.ts';
export {
  createStopController,
  decodeUtf8,
  encodeUtf8,
  type StopController,
  type StopSignal,
} from './platform.ts';
export { afterRealMs } from './real-time.ts';
export { Ring } from './ring.ts';
export { formatSpan } from './span.ts';
