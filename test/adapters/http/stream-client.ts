/** A client of the stream that waits for messages instead of for time. */

import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';

export type Message = Record<string, unknown> & { readonly type: string };

export interface StreamClient {
  readonly socket: WebSocket;
  readonly received: Message[];
  say(message: unknown): void;
  /** The next message of this type that was not taken yet. */
  next(type: string): Promise<Message>;
  /** Resolves with the code of the closing. */
  readonly closed: Promise<number>;
}

export async function connect(
  t: TestContext,
  port: number,
  options: ClientOptions = {},
): Promise<StreamClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream`, options);
  t.after(() => socket.terminate());
  const received: Message[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code);
      for (const wake of waiting) wake();
    });
  });
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) received.push(JSON.parse(data.toString()) as Message);
    for (const wake of waiting) wake();
  });
  await once(socket, 'open');

  const taken = new Set<Message>();
  return {
    socket,
    received,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(type) {
      for (;;) {
        const found = received.find((message) => message.type === type && !taken.has(message));
        if (found !== undefined) {
          taken.add(found);
          return found;
        }
        if (socket.readyState === WebSocket.CLOSED) throw new Error(`closed before a message ${type} came`);
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
  };
}

export function statesOf(message: Message): { twin: string; tick: number; states: Record<string, number> }[] {
  return message.states as { twin: string; tick: number; states: Record<string, number> }[];
}
