/**
 * What stands between a connection and aedes, which reads with `read()`: the limit on the size of packets, and the short way of
 * telemetry.
 */

import type net from 'node:net';
import { type Express, ExpressLane } from './express.ts';
import { createFrameLimit } from './frame-limit.ts';
import type { Turns } from './turns.ts';

export interface GateOptions {
  /** A connection whose next packet is larger is closed. */
  readonly packetBytes: number;
  /** Told once, with the size of the packet in bytes. */
  readonly onOversized: (bytes: number) => void;
  readonly express: Express;
  /** Of all connections. */
  readonly turns: Turns;
}

export interface Gate {
  /** The client's CONNECT was answered: its telemetry may go the short way, from the next whole packet on. */
  open(): void;
}

export function guard(socket: net.Socket, { packetBytes, onOversized, express, turns }: GateOptions): Gate {
  const limit = createFrameLimit(packetBytes);
  const read = socket.read.bind(socket);
  let lane: ExpressLane | undefined;
  let isOpen = false;
  // aedes reads when there is something to read, and now there is.
  const goOn = (): void => void socket.emit('readable');
  socket.read = (size?: number) => {
    // What is taken here is nothing to aedes, which then waits for news; and there is none while something is left to read.
    for (;;) {
      // The stream itself asks for nothing, so that more is fetched.
      if (size !== 0 && lane !== undefined && (lane.isFull() || turns.isOver(goOn))) return null;
      const chunk: unknown = read(size);
      if (chunk instanceof Buffer) turns.count(chunk.length);
      const rest = chunk instanceof Buffer ? pass(chunk) : chunk;
      if (rest !== undefined) return rest;
    }
  };
  return {
    open() {
      isOpen = true;
    },
  };

  /** What aedes is given of a chunk: undefined for nothing, null at the end of the connection. */
  function pass(chunk: Buffer): Buffer | undefined | null {
    if (isOpen && lane === undefined && limit.isBetween) lane = new ExpressLane(express, socket, goOn);
    const bytes = limit.look(chunk);
    if (bytes !== undefined) {
      socket.destroy();
      onOversized(bytes);
      return null;
    }
    return lane === undefined ? chunk : lane.take(chunk);
  }
}
