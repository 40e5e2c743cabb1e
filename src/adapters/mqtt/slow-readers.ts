/**
 * Clients that read slower than they are sent to.
 *
 * aedes waits until a full connection has drained before it goes on, and with it waits whoever sent the message:
 * one stuck reader of the telemetry would hold up every machine. Here the broker never waits. What a reader has not
 * taken is kept in its connection up to a limit, beyond which messages to it are dropped; a reader that takes
 * nothing at all for a while is closed.
 */

import type net from 'node:net';

/** Makes every write seem to have room. How much really waits is in `writableLength`. */
export function neverWait(socket: net.Socket): void {
  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  socket.write = (...parameters: unknown[]) => {
    write(...parameters);
    return true;
  };
}

/** Calls `onFrozen` for each socket that has had bytes to take and took none for `frozenMs`. @returns what ends it. */
export function watchFrozen(
  sockets: ReadonlySet<net.Socket>,
  frozenMs: number,
  onFrozen: (socket: net.Socket) => void,
): () => void {
  const progress = new WeakMap<net.Socket, { readonly takenBytes: number; readonly atMs: number }>();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const socket of sockets) {
      const takenBytes = socket.bytesWritten - socket.writableLength;
      const before = progress.get(socket);
      if (socket.writableLength === 0 || before === undefined || before.takenBytes !== takenBytes) {
        progress.set(socket, { takenBytes, atMs: nowMs });
      } else if (nowMs - before.atMs >= frozenMs) onFrozen(socket);
    }
  }, frozenMs / 4);
  timer.unref();
  return () => clearInterval(timer);
}
