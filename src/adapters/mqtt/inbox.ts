/** Hands arriving messages to the listeners and tells when all of them are done: the moment to acknowledge. */

import type { Notes } from './notes.ts';
import type { MessageListener, MqttCounters, MqttMessage } from './transport.ts';

export interface Inbox {
  on(listener: MessageListener): () => void;
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
    deliver(message, done) {
      counters.received += 1;
      let pending: Promise<void>[] | undefined;
      try {
        for (const listener of listeners) {
          const outcome = listener(message);
          if (outcome !== undefined) pending = [...(pending ?? []), outcome];
        }
      } catch (error) {
        done(failed(message.topic, error));
        return;
      }
      if (pending === undefined) done();
      else {
        Promise.all(pending).then(
          () => done(),
          (error: unknown) => done(failed(message.topic, error)),
        );
      }
    },
  };

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
