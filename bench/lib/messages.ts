/** What the processes of the benchmarks tell each other. */

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

/** What the machines of `ingest` are to do. */
export interface IngestOrder {
  readonly url: string;
  readonly connections: number;
  readonly twins: number;
  /** Messages of a connection that may be unacknowledged. */
  readonly window: number;
  /** Whether the messages that a connection may send leave in one write; else each in one of its own. */
  readonly together: boolean;
  /** Absent: as fast as they are acknowledged. */
  readonly messagesPerSecond?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface IngestReport {
  /** Acknowledged. */
  readonly messagesPerSecond: number;
  /** In the end. */
  readonly unacknowledged: number;
  /** From the moment at which a message was due to its acknowledgement. */
  readonly delayMs: Quantiles;
  /** Processor time of the machines. */
  readonly cores: number;
}

/** What a thread of an engine has in memory, bytes. */
export interface ThreadMemory {
  /** Of several threads of one kind the same. */
  readonly name: 'main' | 'shards' | 'history' | 'other';
  /** Objects that are in use. */
  readonly heap: number;
  /** Arrays of numbers that are in use, and the memory of kernels. */
  readonly buffers: number;
  /** Kept for objects that have just been made. */
  readonly young: number;
  /** What was no more in use, or free, before the garbage was collected. */
  readonly garbage: number;
}

export interface MemoryReport {
  /** Of the whole process, before the garbage was collected. */
  readonly resident: number;
  readonly threads: readonly ThreadMemory[];
}
