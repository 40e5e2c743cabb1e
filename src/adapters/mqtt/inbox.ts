/** Hands arriving messages to the listeners and tells when all of them are done: the moment to acknowledge. */

import type { Notes } from './notes.ts';
import type { MessageListener, MqttCounters, MqttMessage } from './transport.ts';

export interface Inbox {
  on(listener: MessageListener): () => void;
  /**
   * Hands over a message. @returns what resolves once every listener is done; undefined if all are, the usual and quick case.
   * Whoever waits for it tells `failed` if it rejects.
   *
   * @throws Error if a listener has failed; it is counted and noted.
   */
  take(message: MqttMessage): Promise<void> | undefined;
  /** Counts and notes that a message was not taken. */
  failed(topic: string, error: unknown): Error;
  /**
   * Calls `done` once every listener is done: before this returns if none of them gave a promise, which is the
   * usual and quick case. A listener that fails is counted, noted, and given to `done`.
   */
  deliver(message: MqttMessage, done: (error?: Error) => void): void;
}

export function createInbox(counters: MqttCounters, notes: Notes): Inbox {
  const listeners = new Set<MessageListener>();

  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take,
    failed,
    deliver(message, done) {
      let pending: Promise<void> | undefined;
      try {
        pending = take(message);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (pending === undefined) done();
      else
        pending.then(
          () => done(),
          (error: unknown) => done(failed(message.topic, error)),
        );
    },
  };

  function take(message: MqttMessage): Promise<void> | undefined {
    counters.received += 1;
    let pending: Promise<void> | undefined;
    try {
      for (const listener of listeners) {
        const outcome = listener(message);
        if (outcome === undefined) continue;
        pending = pending === undefined ? outcome : Promise.all([pending, outcome]).then(() => undefined);
      }
    } catch (error) {
      throw failed(message.topic, error);
    }
    return pending;
  }

  function failed(topic: string, error: unknown): Error {
    counters.undelivered += 1;
    const reason = error instanceof Error ? error : new Error(String(error));
    notes.saySometimes('undelivered', {
      level: 'error',
      message: `a message on ${topic} could not be taken and is not acknowledged: ${reason.message}`,
    });
    return reason;
  }
}
