/** Defaults and ranges of a project's options: the one place for schema, checks and documentation. */

/**
 * What computes the twins: WebAssembly with every operation rounded for itself, or fused where the processor fuses;
 * machine code from the C compiler; JavaScript.
 */
export const kernels = ['wasm', 'wasm-fused', 'native', 'javascript'] as const;
export type KernelName = (typeof kernels)[number];

export const defaults = {
  kernel: 'wasm',
  httpPort: 8080,
  mqttPort: 1883,
  checkpointDirectory: '.gemel',
  telemetryTopic: 'gemel/{twin}/telemetry',
  stateTopic: 'gemel/{twin}/state',
  eventsTopic: 'gemel/{twin}/events',
  alarmsTopic: 'gemel/{twin}/alarms',
  /** Of the process, beside those of the twins. */
  fleetAlarmsTopic: 'gemel/alarms',
  acknowledgeTopic: 'gemel/alarms/acknowledge',
  historySchema: 'gemel',
  healthWarning: 20,
  queue: 1024,
} as const;

/** A duration's range and default as people write them. */
export interface DurationRange {
  readonly atLeast: string;
  readonly atMost: string;
  /** The default; absent where leaving the option out means something else. */
  readonly otherwise?: string;
}

export const durations = {
  period: { atLeast: '10 ms', atMost: '1 h', otherwise: '1 s' },
  publish: { atLeast: '10 ms', atMost: '1 d' },
  lateness: { atLeast: '0 s', atMost: '1 d', otherwise: '10 s' },
  future: { atLeast: '0 s', atMost: '1 d', otherwise: '5 s' },
  checkpoint: { atLeast: '100 ms', atMost: '1 h', otherwise: '5 s' },
  archive: { atLeast: '1 min', atMost: '7 d', otherwise: '1 h' },
  keep: { atLeast: '0 s', atMost: '3650 d', otherwise: '1 d' },
  historyEvery: { atLeast: '0 s', atMost: '1 h', otherwise: '5 s' },
  history: { atLeast: '1 h', atMost: '3650 d', otherwise: '30 d' },
  summaries: { atLeast: '1 h', atMost: '3650 d', otherwise: '365 d' },
  step: { atLeast: '1 ms', atMost: '1 d' },
  onDelay: { atLeast: '0 s', atMost: '1 h', otherwise: '0 s' },
  offDelay: { atLeast: '0 s', atMost: '1 h', otherwise: '0 s' },
  shelving: { atLeast: '1 min', atMost: '30 d', otherwise: '24 h' },
} as const satisfies Record<string, DurationRange>;

/** Marks a duration in the schema; a symbol, since it is no keyword of JSON Schema. */
export const durationMark = Symbol('duration');
