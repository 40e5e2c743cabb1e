/**
 * A line between clients and their broker that can be cut, delayed, slowed down, silenced and made to say things twice. It sees
 * what passes, packet by packet.
 */

import { once } from 'node:events';
import net from 'node:net';
import { type Packet, packetsOf } from './packets.ts';

export interface Line {
  /** Each piece of data takes so long. */
  readonly delayMs?: number;
  /** In each direction of each connection. */
  readonly bytesPerSecond?: number;
  /** Every message with QoS 1 goes on once more, marked as sent again. */
  readonly repeats?: boolean;
}

/** Told of each packet that is passed on. */
export type Tap = (packet: Packet, towards: Side, connection: number) => void;

export type Side = 'broker' | 'client';

/** So much may wait in one direction before the sender is no longer read. */
const waitingBytes = 65_536;

export class Proxy {
  line: Line = {};
  readonly #to: number;
  readonly #tap: Tap | undefined;
  readonly #server = net.createServer({ noDelay: true });
  readonly #sockets = new Set<net.Socket>();
  #connections = 0;
  #silentUpTo = 0;

  private constructor(to: number, tap: Tap | undefined) {
    this.#to = to;
    this.#tap = tap;
    this.#server.on('connection', (client) => this.#join(client));
  }

  static async open(to: number, tap?: Tap): Promise<Proxy> {
    const proxy = new Proxy(to, tap);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Ends every connection at once, as when a cable is pulled and noticed. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Nothing passes any more on the connections that are there, and neither end is told: they are half open. New ones work. */
  silence(): void {
    this.#silentUpTo = this.#connections;
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(client: net.Socket): void {
    const connection = ++this.#connections;
    const broker = net.connect({ port: this.#to, host: '127.0.0.1', noDelay: true });
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (connection > this.#silentUpTo) other.destroy();
      });
    }
    this.#pipe(client, broker, (packet) => this.#tap?.(packet, 'broker', connection));
    this.#pipe(broker, client, (packet) => this.#tap?.(packet, 'client', connection));
  }

  #pipe(from: net.Socket, to: net.Socket, onPacket: (packet: Packet) => void): void {
    const connection = this.#connections;
    const split = packetsOf();
    let waiting = 0;
    let freeMs = 0;
    from.on('data', (chunk: Buffer) => {
      const { delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = this.line;
      const nowMs = performance.now();
      // One piece after the other, however the line changes.
      freeMs = Math.max(nowMs + delayMs, freeMs + (1000 * chunk.length) / bytesPerSecond);
      waiting += chunk.length;
      if (waiting > waitingBytes) from.pause();
      const pass = () => {
        waiting -= chunk.length;
        if (waiting <= waitingBytes) from.resume();
        if (connection <= this.#silentUpTo || to.destroyed) return;
        for (const packet of split(chunk)) {
          to.write(packet.bytes);
          onPacket(packet);
          if (this.line.repeats === true && packet.isRepeatable) to.write(packet.repeated());
        }
      };
      if (freeMs <= nowMs) pass();
      else setTimeout(pass, freeMs - nowMs);
    });
  }
}
