/** What the processes of `fleet.1000` tell each other. */

/** To a process: `begin` forgets what it has counted, `report` asks for it. */
export type Order = 'begin' | 'report';

export interface MachinesReport {
  readonly sent: number;
  /** Of all that were ever sent. */
  readonly unacknowledged: number;
  /** Processor time, seconds. */
  readonly cpuSeconds: number;
}

export interface ReaderReport {
  readonly states: number;
  /** Of the twin that sent the fewest. */
  readonly fewestStates: number;
  readonly twins: number;
  /** From the time a tick was due to the arrival of a state of it. */
  readonly beyondTickMs: Quantiles;
  /** From the sending of the newest sample in a state to the arrival of that state. */
  readonly sampleToStateMs: Quantiles;
  /** The part of the states whose newest sample was sent more than a period before the tick. */
  readonly withoutFreshSample: number;
  readonly cpuSeconds: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}
