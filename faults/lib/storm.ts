/** Many clients in a process of their own: connected with sessions, subscribed, and back at once whenever they are cut off. */

import { fileURLToPath } from 'node:url';
import { type Scope, until } from '../../bench/lib/scope.ts';

const program = fileURLToPath(new URL('../storm-clients.ts', import.meta.url));

export interface Storm {
  /** @throws Error if not all are connected in time. */
  allConnected(withinMs: number): Promise<void>;
  /** All are cut off, and come back at once. */
  reconnect(): void;
  end(): Promise<void>;
}

export function stormOf(
  scope: Scope,
  { port, count }: { readonly port: number; readonly count: number },
): Storm {
  const child = scope.start(process.execPath, [program, String(port), String(count)], { messages: true });
  let connected = 0;
  child.process.on('message', (message: { readonly connected: number }) => {
    connected = message.connected;
  });
  return {
    async allConnected(withinMs) {
      await until(`${count} clients`, () => (connected === count ? true : undefined), { child, withinMs });
    },
    reconnect() {
      connected = 0;
      child.process.send('reconnect');
    },
    end: () => scope.stop(child),
  };
}
