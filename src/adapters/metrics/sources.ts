/** What other parts of the program tell about themselves. Each is asked when somebody asks for the metrics. */

export interface MetricsSources {
  readonly http?: () => HttpSource;
  readonly mqtt?: () => MqttSource;
  readonly history?: () => HistorySource;
  readonly journal?: () => JournalSource;
}

export interface HttpSource {
  readonly requests: readonly {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly count: number;
  }[];
  readonly stream: {
    readonly readers: number;
    readonly missed: number;
    readonly sent: number;
    readonly stuck: number;
  };
}

export interface MqttSource {
  /** `up` while messages flow. */
  readonly state: string;
  readonly clients: number;
  readonly queued: number;
  /** By name in the program, such as `droppedStates`; shown as `gemel_mqtt_dropped_states_total`. */
  readonly counters: Readonly<object>;
}

export interface HistorySource {
  readonly written: number;
  readonly dropped: number;
  readonly late: number;
  readonly waiting: number;
  readonly bytes: number;
}

export interface JournalSource {
  /** What the disk said, while it refuses. */
  readonly failure: string | undefined;
  readonly waitingBytes: number;
  /** Number of the newest record that is on the disk. */
  readonly durable: number;
}
