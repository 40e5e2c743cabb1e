/**
 * The machines: they send over several MQTT connections with QoS 1 and over HTTP, and go on trying while nobody answers.
 *
 * Every sample has a time of its own, some of them of seconds ago, and some messages are sent twice: what networks do.
 */

import mqtt, { type MqttClient } from 'mqtt';
import { Rng } from '../../src/core/statistics/index.ts';
import type { Ledger, SentSample } from './ledger.ts';
import { twinCount } from './project.ts';

export interface SenderOptions {
  readonly mqttPort: number;
  readonly httpPort: number;
  readonly seed: number;
  readonly ledger: Ledger;
  /** The machines' clock. */
  readonly nowMs: () => number;
}

interface Message {
  readonly twin: string;
  readonly body: string;
  readonly samples: readonly SentSample[];
}

const connections = 4;
const everyMs = 10;
/** Unanswered messages of a connection; beyond that it sends nothing new. */
const window = 200;
const httpSenders = 4;
const lateAtMostMs = 4000;
/** A message is not tried for longer: it would be too late for its twin. */
const patienceMs = 10_000;

export class Senders {
  readonly #options: SenderOptions;
  readonly #rng: Rng;
  readonly #clients: MqttClient[];
  readonly #unanswered: number[] = [];
  readonly #http: Promise<void>[] = [];
  readonly #timer: NodeJS.Timeout;
  #isSending = true;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#rng = new Rng(options.seed);
    this.#clients = Array.from({ length: connections }, (_, i) => {
      const client = mqtt.connect(`mqtt://127.0.0.1:${options.mqttPort}`, {
        clientId: `machines-${i}`,
        reconnectPeriod: 100,
        connectTimeout: 2000,
        // A line that is half open is noticed after some seconds.
        keepalive: 2,
      });
      // Lost connections are what this is about; the client makes a new one by itself.
      client.on('error', () => undefined);
      this.#unanswered.push(0);
      return client;
    });
    for (let i = 0; i < httpSenders; i++) this.#http.push(this.#sendByHttp());
    this.#timer = setInterval(() => this.#sendByMqtt(), everyMs);
  }

  /** Nothing new is sent. Resolves once all is answered, or given up. */
  async settle(): Promise<void> {
    this.#isSending = false;
    clearInterval(this.#timer);
    await Promise.all(this.#http);
    const deadline = performance.now() + patienceMs;
    while (this.#unanswered.some((count) => count > 0) && performance.now() < deadline) await wait(20);
  }

  async end(): Promise<void> {
    this.#isSending = false;
    clearInterval(this.#timer);
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
    await Promise.all(this.#http);
  }

  #sendByMqtt(): void {
    const index = this.#rng.below(connections);
    const client = this.#clients[index];
    const open = this.#unanswered[index] ?? 0;
    if (client === undefined || open >= window) return;
    const message = this.#draw();
    const publish = () => {
      this.#unanswered[index] = (this.#unanswered[index] ?? 0) + 1;
      client.publish(`gemel/${message.twin}/telemetry`, message.body, { qos: 1 }, (error) => {
        this.#unanswered[index] = (this.#unanswered[index] ?? 0) - 1;
        if (!error) this.#options.ledger.acknowledge(message.samples, 'mqtt');
      });
    };
    publish();
    if (this.#rng.uniform() < 0.1) publish();
  }

  async #sendByHttp(): Promise<void> {
    while (this.#isSending) {
      const message = this.#draw();
      const untilMs = performance.now() + patienceMs;
      let isAnswered = false;
      while (!isAnswered && this.#isSending && performance.now() < untilMs) {
        isAnswered = await this.#post(message);
        if (!isAnswered) await wait(50);
      }
      await wait(20 + 60 * this.#rng.uniform());
    }
  }

  async #post({ twin, body, samples }: Message): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#options.httpPort}/api/v1/twins/${twin}/inputs`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(3000),
      });
      await answer.arrayBuffer();
      if (answer.status !== 202) return false;
      this.#options.ledger.acknowledge(samples, 'http');
      return true;
    } catch {
      return false;
    }
  }

  #draw(): Message {
    const rng = this.#rng;
    const twin = `block-${1 + rng.below(twinCount)}`;
    const late = rng.uniform() < 0.25 ? lateAtMostMs * rng.uniform() : 0;
    // A fraction of a millisecond makes it unlike any other.
    const timeMs = this.#options.nowMs() - late - rng.uniform();
    const values: Record<string, number> = { thermometer: 305 + 2 * rng.normal() };
    if (rng.uniform() < 0.3) values['heater'] = 400 + 50 * rng.normal();
    const samples = Object.entries(values).map(([signal, value]) => ({ twin, signal, timeMs, value }));
    return { twin, body: JSON.stringify({ ...values, time: timeMs }), samples };
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
