/**
 * A project under load that faults are done to, and in the end the account: what was acknowledged, is it in the journal; does a
 * twin have a sample twice; are the twins, to the last bit, what they would be if nothing had happened.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, freePorts, type Scope, until, wait } from '../../bench/lib/scope.ts';
import { createFileCheckpoints } from '../../src/adapters/checkpoint/index.ts';
import { readPages } from '../../src/adapters/journal/index.ts';
import { decodeCheckpoint, lookUp, type RecordedSample } from '../../src/engine/index.ts';
import { sampleColumns } from '../../src/engine/protocol/index.ts';
import { keyOf, Ledger } from './ledger.ts';
import type { Order } from './points.ts';
import { periodMs, type ProjectOptions, twinIds, writeProject } from './project.ts';
import type { Proxy } from './proxy.ts';
import { recordedSamples, referenceStates } from './reference.ts';
import { Senders } from './senders.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const clockSetter = fileURLToPath(new URL('set-clock.ts', import.meta.url));
const breakable = fileURLToPath(new URL('../engine.ts', import.meta.url));

export interface Account {
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly diverged: number;
  readonly worstRecoverySeconds: number;
}

interface Made {
  readonly directory: string;
  readonly http: number;
  readonly mqtt: number;
  readonly seed: number;
  readonly proxy: Proxy | undefined;
  readonly options: TrialOptions;
}

/** One state for each twin, all of the same time. */
interface Common {
  readonly timeMs: number;
  /** When each twin was born: workers start a moment apart. */
  readonly bornMs: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, string>;
}

export interface TrialOptions extends ProjectOptions {
  /** Runs an engine that takes orders, instead of `gemel up`. */
  readonly isBreakable?: boolean;
  /** Runs with a clock that `setClock` sets. */
  readonly setsClock?: boolean;
  /** What the machines reach the broker through; given the broker's port. */
  readonly machinesThrough?: (port: number) => Promise<Proxy>;
  /** The port of another broker that the machines send to. */
  readonly machinesTo?: number;
  /** Where it is seen that the engine serves again. Default: the machines' own. */
  readonly served?: Ledger;
}

export class Trial {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly proxy: Proxy | undefined;
  readonly #scope: Scope;
  readonly #ports: { readonly http: number; readonly mqtt: number };
  readonly #senders: Senders;
  readonly #isBreakable: boolean;
  readonly #setsClock: boolean;
  readonly #listeners: ((message: object) => void)[] = [];
  readonly #served: Ledger;
  #offsetMs = 0;
  #child: Child | undefined;
  #duplicated = 0;
  #worstSeconds = 0;

  private constructor(scope: Scope, { directory, http, mqtt, seed, proxy, options }: Made) {
    this.#scope = scope;
    this.directory = directory;
    this.proxy = proxy;
    this.#setsClock = options.setsClock ?? false;
    const nowMs = () => Date.now() + this.#offsetMs;
    this.ledger = new Ledger(options.latenessSeconds, nowMs);
    this.#ports = { http, mqtt };
    this.#isBreakable = options.isBreakable ?? false;
    this.#served = options.served ?? this.ledger;
    const mqttPort = options.machinesTo ?? proxy?.port ?? mqtt;
    this.#senders = new Senders({ httpPort: http, mqttPort, seed, ledger: this.ledger, nowMs });
  }

  /** A project of its own, with machines that send; nothing runs yet. */
  static async make(scope: Scope, seed: number, options: TrialOptions = {}): Promise<Trial> {
    const directory = scope.directory();
    writeProject(directory, options);
    const [http = 0, mqtt = 0] = await freePorts(2);
    const proxy = await options.machinesThrough?.(mqtt);
    return new Trial(scope, { directory, http, mqtt, seed, proxy, options });
  }

  get journal(): string {
    return join(this.directory, '.gemel', 'journal');
  }

  get httpPort(): number {
    return this.#ports.http;
  }

  get mqttPort(): number {
    return this.#ports.mqtt;
  }

  get pid(): number {
    return this.#child?.process.pid ?? 0;
  }

  /** Starts the engine; it need not be ready. */
  launch(): void {
    const { http, mqtt } = this.#ports;
    const ports = ['--port', String(http), '--mqtt-port', String(mqtt)];
    const args = this.#isBreakable
      ? [breakable, this.directory, String(http), String(mqtt)]
      : [main, 'up', this.directory, ...ports, '--json'];
    const before = this.#setsClock ? ['--import', clockSetter] : [];
    this.#child = this.#scope.start(process.execPath, [...before, ...args], {
      messages: this.#isBreakable,
      env: { FAULTS_CLOCK: this.#clockFile },
    });
    this.#child.process.on('message', (message: object) => {
      for (const listener of this.#listeners) listener(message);
    });
  }

  get #clockFile(): string {
    return join(this.directory, 'clock-offset');
  }

  /** Sets the clock of the engine, and then that of the machines, against the true one. */
  async setClock(offsetMs: number): Promise<void> {
    writeFileSync(this.#clockFile, String(offsetMs));
    // Every thread has seen it by then: a sample from the future would be refused.
    await wait(200);
    this.#offsetMs = offsetMs;
  }

  /** What breakable engines have to say. */
  onMessage(listener: (message: object) => void): void {
    this.#listeners.push(listener);
  }

  /** What the engine has printed. */
  output(): string {
    return this.#child?.stderr() ?? '';
  }

  /** Tells a breakable engine what to do. */
  order(order: Order): void {
    this.#child?.process.send(order);
  }

  /** Waits until samples are acknowledged again, and counts how long it took. */
  async recovered(withinMs = 60_000): Promise<void> {
    const sinceMs = performance.now();
    const child = this.#child;
    const ask = () => (this.#served.newestMs > sinceMs ? true : undefined);
    await until('an acknowledgement', ask, { withinMs, ...(child && { child }) });
    this.#worstSeconds = Math.max(this.#worstSeconds, (this.#served.newestMs - sinceMs) / 1000);
  }

  /** Without a warning. What it had in its memory is gone. */
  async kill(): Promise<void> {
    this.#child?.process.kill('SIGKILL');
    await this.#ended();
  }

  /** Waits until the engine has ended by itself, as it was told to. @throws Error if it does not, or otherwise than by SIGKILL. */
  async died(where: string, withinMs: number): Promise<void> {
    const child = this.#child;
    const timer = setTimeout(() => child?.process.kill('SIGTERM'), withinMs);
    const how = await child?.exited;
    clearTimeout(timer);
    if (how !== 'SIGKILL')
      throw new Error(`${where} was not reached; the engine ended with ${how}\n${child?.stderr()}`);
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    await child.exited;
    // What it has acknowledged with its last breath is still on the wire.
    await wait(100);
    this.#duplicated += await this.#doubles();
  }

  /** The machines send nothing new. Resolves once all is answered, or given up. */
  settle(): Promise<void> {
    return this.#senders.settle();
  }

  /** Ends the senders, waits until everything has come, and compares. The engine must run; it is stopped. */
  async account(): Promise<Account> {
    await this.settle();
    await wait(3 * periodMs);
    const common = await this.#common();
    const counts = await this.countSamples();
    const samples = await recordedSamples(this.journal);
    const reference = { project: this.directory, bornMs: common.bornMs, untilMs: common.timeMs };
    const differing = async (those: readonly RecordedSample[]) => {
      const expected = await referenceStates({ ...reference, samples: those });
      return twinIds.filter((id) => withoutUnits(common.texts.get(id)) !== expected.get(id));
    };
    // A comparison that sees nothing would pass, too.
    const [deaf] = await differing(samples.filter(({ twin }) => twin !== twinIds[0]));
    if (deaf !== twinIds[0]) throw new Error('the comparison does not see that a twin has no samples');
    return { ...counts, diverged: (await differing(samples)).length };
  }

  /** Ends engine and senders, and counts without a look at the twins' states. */
  async countSamples(): Promise<Omit<Account, 'diverged'>> {
    const child = this.#child;
    if (child !== undefined) await this.#scope.stop(child);
    await this.#senders.end();
    this.proxy?.close();
    this.#duplicated += await this.#doubles();
    const samples = await recordedSamples(this.journal);
    return {
      acknowledged: this.ledger.acknowledged.size,
      lost: this.ledger.missingIn(new Set(samples.map(keyOf))),
      duplicated: this.#duplicated,
      worstRecoverySeconds: this.#worstSeconds,
    };
  }

  /** Samples that a fault has taken are nobody's fault. @returns how many. */
  forgetAllBut(present: ReadonlySet<string>): number {
    const gone = [...this.ledger.acknowledged.keys()].filter((key) => !present.has(key));
    for (const key of gone) this.ledger.acknowledged.delete(key);
    return gone.length;
  }

  /** Ends what runs without an account. */
  async end(): Promise<void> {
    await this.#senders.end();
    this.proxy?.close();
    await this.kill();
  }

  async #common(): Promise<Common> {
    return until('one tick of all twins', async () => {
      const texts = new Map<string, string>();
      const bornMs = new Map<string, number>();
      const times = new Set<number>();
      const ask = async (id: string) => {
        const text = await this.get(`/api/v1/twins/${id}/state`);
        const [, time = '', tick = ''] = /"time":"([^"]+)","tick":(\d+)/.exec(text) ?? [];
        times.add(Date.parse(time));
        texts.set(id, text);
        bornMs.set(id, Date.parse(time) - Number(tick) * periodMs);
      };
      await Promise.all(twinIds.map(ask));
      const [timeMs = 0] = times;
      return times.size === 1 ? { timeMs, bornMs, texts } : undefined;
    });
  }

  async get(path: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.http}${path}`);
    return answer.text();
  }

  /** Samples that stand twice in the newest checkpoint, which has those of the last seconds. */
  async #doubles(): Promise<number> {
    const store = createFileCheckpoints(join(this.directory, '.gemel'));
    try {
      const saved = await store.load();
      if (saved === undefined) return 0;
      let doubles = 0;
      const pages = (from: number) => readPages(this.journal, from);
      const { parts } = await lookUp(decodeCheckpoint(saved).parts, { pages });
      for (const { queued } of parts) {
        const seen = new Set<string>();
        for (let at = 0; at < queued.length; at += sampleColumns.count) {
          const [twin, signal, timeMs] = queued.subarray(at, at + 3);
          const key = `${twin} ${signal} ${timeMs}`;
          if (seen.has(key)) doubles++;
          seen.add(key);
        }
      }
      return doubles;
    } finally {
      await store.close();
    }
  }
}

/** The page adds units to what the engine says. */
function withoutUnits(text: string | undefined): string | undefined {
  return text?.replace(/,"units":\{.*\}\}$/, '}');
}
